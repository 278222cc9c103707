"""What compiled code is built for: CUDA, ROCm, Intel's GPUs, or none; of images and wheels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.knowledge.cuda import Cuda, cuda_in_image, cuda_of_image, cuda_of_torch
from imagelint.knowledge.site.mirrors import original

if TYPE_CHECKING:
    from imagelint.knowledge.recognition import Image

__all__ = ["Platform", "platform_of_image", "platform_of_index", "platform_of_wheel"]
__all__ += ["platform_of_default_wheel", "torch_in_image"]

_TITLES = {
    "nvidia": "CUDA",
    "amd": "ROCm",
    "intel": "Intel GPUs",
    "gaudi": "Gaudi",
    "cpu": "CPUs",
}
_BUILD = r"(?:cu(?P<major>\d{2})(?P<minor>\d)?|(?P<amd>rocm)[\d.]*|(?P<intel>xpu)|(?P<cpu>cpu))"
_PART = pattern(_BUILD, re.ASCII)
# `torch-2.7.0+cu128-cp312-…whl`, `torch-2.7.0%2Bcu128`, `flash_attn-2.8.3+cu12torch2.7…`
_LOCAL = pattern(rf"(?:\+|%2B){_BUILD}(?![0-9])", re.ASCII | re.IGNORECASE)
_NAMED = pattern(r"[a-z0-9-]+-cu(?:da)?(?P<major>1\d)x?", re.ASCII)
_RELEASE = pattern(r"(\d{1,2})(?:\.(\d{1,2}))?(?:\.\d+)*", re.ASCII)
# What holds the CUDA libraries in conda, its version being that of CUDA:
# https://conda-forge.org/docs/maintainer/knowledge_base/#cuda-builds
_CONDA_CUDA = ("cuda-version", "cudatoolkit", "pytorch-cuda")
_AMD = pattern(r"(?:^|[/.:_-])rocm(?:$|[/.:_-]|\d)")
_INTEL = pattern(r"(?:^|[/.:_-])(?:xpu|oneapi)(?:$|[/.:_-])")
_GAUDI = pattern(r"(?:^|[/.:_-])(?:hpu|gaudi|gaudi-docker|habanalabs)(?:$|[/.:_-])")
_TORCH_TAG = pattern(r"(\d+\.\d+\.\d+)-cuda", re.ASCII)


class Platform(NamedTuple):
    """What code runs on.

    `vendor` is `nvidia`, `amd`, `intel`, `gaudi` or `cpu`; `cuda` is the release as far as it is
    known.
    """

    vendor: str
    cuda: Cuda = ()

    @property
    def title(self) -> str:
        """As a reader knows it: `CUDA 12.8`, `ROCm`."""
        release = ".".join(str(part) for part in self.cuda)
        return f"{_TITLES[self.vendor]} {release}".rstrip()

    def runs_upon(self, base: Platform) -> bool:
        """Whether libraries for this can be loaded beside those for another.

        Gaudi's own come as a plug-in for what is built for CPUs.
        """
        if (self.vendor, base.vendor) == ("cpu", "gaudi"):
            return True
        if self.vendor != base.vendor:
            return False
        return not self.cuda or not base.cuda or self.cuda[0] == base.cuda[0]


def platform_of_image(reference: Image) -> Platform | None:
    """What an image's libraries are built for, None where its name does not tell."""
    name = f"{reference.repository}:{reference.tag}"
    if _AMD.search(name):
        return Platform("amd")
    if _GAUDI.search(name):
        return Platform("gaudi")
    if _INTEL.search(name):
        return Platform("intel")
    named = cuda_of_image(reference)
    cuda = named.value if isinstance(named, Known) else cuda_in_image(reference)
    return Platform("nvidia", cuda) if cuda else None


def torch_in_image(reference: Image) -> str:
    """Which torch a base image brings: its version, or the words for a build of its own.

    Empty where it brings none, or none that is known.
    """
    image = original(reference)
    name = f"{image.registry}/{image.repository}"
    if name == "docker.io/pytorch/pytorch":
        found = _TORCH_TAG.match(reference.tag)
        return found[1] if found else ""
    return "NVIDIA's own build" if name == "nvcr.io/nvidia/pytorch" else ""


def platform_of_index(url: str) -> Platform | None:
    """What the wheels of an index are for: `https://download.pytorch.org/whl/cu128`, `cu128`."""
    for part in reversed(url.rstrip("/").split("/")):
        found = _PART.fullmatch(part)
        if found is not None:
            return _platform(found)
    return _written(url)


def platform_of_wheel(
    name: str, version: str, url: str = "", *, conda: bool = False
) -> Platform | None:
    """What a package is built for by its name, its exact version and its address.

    `cupy-cuda11x`, `torch==2.7.0+cu128`, `https://…/torch-2.7.0%2Bcu128-….whl`; of conda's the
    packages whose version is that of CUDA.
    """
    if conda:
        release = _RELEASE.fullmatch(version) if name in _CONDA_CUDA else None
        return Platform("nvidia", _numbers(release[1], release[2])) if release else None
    found = _written(version) or _written(url)
    if found is None and url:
        found = platform_of_index(url)
    if found is None and (named := _NAMED.fullmatch(name)):
        found = Platform("nvidia", _numbers(named["major"]))
    return found


def platform_of_default_wheel(name: str, version: str) -> Platform | None:
    """What the wheel that PyPI has of an exact version is built for, where that is known."""
    cuda = cuda_of_torch(version) if name == "torch" and "+" not in version else None
    return Platform("nvidia", cuda) if cuda else None


def _written(text: str) -> Platform | None:
    found = _LOCAL.search(text)
    return _platform(found) if found else None


def _platform(found: re.Match[str]) -> Platform:
    if found["major"]:
        return Platform("nvidia", _numbers(found["major"], found["minor"]))
    return Platform("amd" if found["amd"] else "intel" if found["intel"] else "cpu")


def _numbers(*parts: str | None) -> Cuda:
    return tuple(int(part) for part in parts if part)
