"""The CUDA release that images and wheels bring without naming it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from imagelint.knowledge.cuda import Cuda, parse_cuda
from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import table
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.knowledge.recognition import Image

__all__ = ["cuda_in_image", "cuda_of_torch"]


def cuda_in_image(reference: Image) -> Cuda | None:
    """The CUDA release that an image of a known project is built for, by its own release.

    A release newer than what is known is built for that CUDA or a newer one. None where the
    project, the release or the build (for CPUs, another vendor's) is not known.
    """
    name = f"{reference.registry}/{reference.repository}"
    for row in table("cuda")["bundled"]:
        if not matches(name, row["glob"]):
            continue
        found = re.fullmatch(row["release"], reference.tag, re.ASCII)
        if found is not None:
            return _in_force(found[1], row["since"])
    return None


@cache
def cuda_of_torch(version: str) -> Cuda | None:
    """The CUDA release of the wheel that PyPI has of an exact version of torch."""
    return _in_force(version, {k: v for k, v in table("cuda")["torch"].items() if k != "source"})


def _in_force(release: str, since: Mapping[str, str]) -> Cuda | None:
    cuda = [version for begin, version in since.items() if at_least(release, begin)]
    return parse_cuda(cuda[-1]) if cuda else None
