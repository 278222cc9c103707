"""CUDA releases: what an image's tag says, and which driver it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.knowledge.globs import matches
from imagelint.knowledge.site.mirrors import original
from imagelint.knowledge.tables import looked_up, table
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.knowledge.recognition import Image

Cuda: TypeAlias = tuple[int, ...]

_NVIDIA = pattern(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{1,2}))?(?=-|$)", re.ASCII)
_RELEASE = pattern(r"-(\d{1,2})-(\d{1,2})$", re.ASCII)
"""The release in the name of a package of apt: `cuda-cudart-12-8`."""
_WORD = pattern(
    r"(?:^|[-_.])cu(?:da)?[-_]?(?P<major>\d{2})(?:[._]?(?P<minor>\d))?(?:[._](?P<patch>\d))?"
    r"(?![0-9])",
    re.ASCII,
)


class CudaTag(NamedTuple):
    """A tag of `nvidia/cuda`, such as `12.4.1-cudnn-devel-ubuntu22.04`.

    `flavour` is `base`, `runtime` or `devel`, empty where none is named.
    """

    version: Cuda
    flavour: str
    cudnn: bool
    system: str


def is_cuda_repository(reference: Image) -> bool:
    """Whether an image is `nvidia/cuda` or a mirror of it under the same name."""
    return f"/{original(reference).repository}".endswith("/nvidia/cuda")


def is_cuda_upstream(reference: Image) -> bool:
    """Whether an image is `nvidia/cuda` on Docker Hub or NGC, where untagged pulls fail."""
    return reference.registry in ("docker.io", "nvcr.io") and reference.repository == "nvidia/cuda"


def parse_cuda_tag(tag: str) -> CudaTag | None:
    """A tag of `nvidia/cuda` taken apart, None when it has no version."""
    match = _NVIDIA.match(tag)
    if match is None:
        return None
    version = tuple(int(part) for part in match.groups() if part is not None)
    words = tag[match.end() :].strip("-").split("-")
    flavours = [word for word in words if word in ("base", "runtime", "devel")]
    cudnn = any(word.startswith("cudnn") for word in words)
    return CudaTag(version, flavours[0] if flavours else "", cudnn, words[-1])


def cuda_of_image(reference: Image) -> Fact[Cuda]:
    """The CUDA release that an image's tag names, as far as it does: `(12, 4, 1)`, `(12, 4)`.

    Unknown where the tag does not say it, and no policy.
    """
    told = _told(reference)
    if told is not None:
        return Known(told)
    if is_cuda_repository(reference):
        parsed = parse_cuda_tag(reference.tag)
        return Known(parsed.version) if parsed else UNKNOWN
    match = _WORD.search(reference.tag)
    if match is None:
        return UNKNOWN
    return Known(tuple(int(part) for part in match.groups() if part is not None))


def _told(reference: Image) -> Cuda | None:
    """What a policy says of an image: its release, or how its tag tells it."""
    image = original(reference)
    name = f"{image.registry}/{image.repository}"
    for row in table("cuda")["bundled"]:
        if "cuda" in row and matches(name, row["glob"]):
            found = re.fullmatch(row["release"], reference.tag, re.ASCII)
            if found is not None:
                return parse_cuda(row["cuda"] or found[1])
    return None


def parse_cuda(text: str) -> Cuda | None:
    """`12.4.1` as numbers, None when it is no version."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){0,2}", text, re.ASCII) is None:
        return None
    return tuple(int(part) for part in text.split("."))


def driver_floor(cuda: Cuda) -> str | None:
    """The lowest Linux driver with which a release runs at all, None when it is not known."""
    floors = table("cuda")["floors"]
    found = floors.get(_dotted(cuda[:2])) or floors.get(_dotted(cuda[:1]))
    return str(found) if found else None


def driver_match(cuda: Cuda) -> str | None:
    """The Linux driver that belongs to a release: below it, code compiled at run time fails.

    A release without its patch level takes the lowest. `610` stands for a whole branch. None when
    the release is not known.
    """
    matches: dict[str, str] = table("cuda")["matches"]
    for candidate in (cuda[:3], cuda[:2]):
        if len(candidate) > 1 and (found := matches.get(_dotted(candidate))):
            return found
    line = f"{_dotted(cuda[:2])}."
    patches = sorted(int(name.rpartition(".")[2]) for name in matches if name.startswith(line))
    if len(cuda) == 1 or not patches:
        return None
    wanted = cuda[2] if len(cuda) > len(("major", "minor")) else 0
    patch = max((patch for patch in patches if patch <= wanted), default=patches[0])
    return matches[f"{line}{patch}"]


def wheel_architectures(index: str) -> tuple[str, ...]:
    """The compute capabilities in PyTorch's wheels of an index (`cu128`), empty when not known."""
    return tuple(table("cuda")["wheels"].get(index, ())) if index != "source" else ()


def is_deleted(cuda: Cuda) -> bool:
    """Whether the `nvidia/cuda` images of that release were taken away."""
    return cuda[0] in table("cuda")["deleted"]["majors"]


def contained_in_image(reference: Image, package: str) -> bool:
    """Whether an image of `nvidia/cuda` holds a package of apt already, of the same release."""
    parsed = parse_cuda_tag(reference.tag) if is_cuda_repository(reference) else None
    if parsed is None or parsed.flavour not in ("base", "runtime", "devel"):
        return False
    release = _RELEASE.search(package)
    if release is not None and parsed.version[:2] != (int(release[1]), int(release[2])):
        return False
    rows = table("cuda")["contained"]
    held = {
        "base": rows["base"],
        "runtime": [*rows["base"], *rows["runtime"]],
        "devel": [*rows["base"], *rows["runtime"], *rows["devel"]],
    }[parsed.flavour]
    held = [*held, *rows["cudnn"]] if parsed.cudnn else held
    return any(matches(package, glob) for glob in held)


def is_distribution_cuda(reference: Image, package: str) -> bool:
    """Whether a package is the distribution's own CUDA, beside that of an `nvidia/cuda` image."""
    return is_cuda_repository(reference) and package in table("cuda")["contained"]["distribution"]


def lacks_compiler(reference: Image) -> bool:
    """Whether an image is known to come without `nvcc`."""
    image = original(reference)
    name = f"{image.registry}/{image.repository}"
    for row in table("cuda")["uncompiled"]:
        if matches(name, row["glob"]) and any(matches(reference.tag, one) for one in row["tags"]):
            return not row.get("compiled", False)
    return False


def _dotted(parts: Cuda) -> str:
    return ".".join(str(part) for part in parts)


def cuda_in_image(reference: Image) -> Cuda | None:
    """The CUDA release that an image of a known project is built for, by its own release.

    A release newer than what is known is built for that CUDA or a newer one. None where the
    project, the release or the build (for CPUs, another vendor's) is not known.
    """
    image = original(reference)
    name = f"{image.registry}/{image.repository}"
    for row in table("cuda")["bundled"]:
        if "cuda" in row or not matches(name, row["glob"]):
            continue
        found = re.fullmatch(row["release"], reference.tag, re.ASCII)
        if found is not None:
            return _in_force(found[1], row["since"])
    return None


@looked_up
def cuda_of_torch(version: str) -> Cuda | None:
    """The CUDA release of the wheel that PyPI has of an exact version of torch."""
    return _in_force(version, {k: v for k, v in table("cuda")["torch"].items() if k != "source"})


def _in_force(release: str, since: Mapping[str, str]) -> Cuda | None:
    cuda = [version for begin, version in since.items() if at_least(release, begin)]
    return parse_cuda(cuda[-1]) if cuda else None
