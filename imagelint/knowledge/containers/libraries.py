"""What base images are built upon: which C library, which Python, and who manages it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.knowledge.globs import matches
from imagelint.knowledge.site.mirrors import original

if TYPE_CHECKING:
    from imagelint.knowledge.recognition import Image

__all__ = ["c_library", "is_externally_managed", "official_python", "python_release"]

_OFFICIAL = "docker.io/library/"
GLIBC, MUSL, NONE = "glibc", "musl", "none"
_GLIBC = ("debian", "ubuntu", "python", "node", "golang", "rust", "fedora", "rockylinux")
# https://peps.python.org/pep-0668/, as the distributions follow it: Debian since 12, Ubuntu since
# 23.04, Alpine since 3.19 (packages python3.11 and python3 of each).
_MANAGED = (
    (f"{_OFFICIAL}debian", ("12*", "13*", "bookworm*", "trixie*", "stable*", "sid*")),
    (f"{_OFFICIAL}ubuntu", ("23.*", "24.*", "25.*", "26.*", "noble*", "oracular*", "plucky*")),
    (f"{_OFFICIAL}alpine", ("3.19*", "3.2[0-9]*")),
    ("*/nvidia/cuda", ("*-ubuntu24.04", "*-ubuntu26.04")),
)
_RELEASE = pattern(r"3\.\d+")


def _name(image: Image) -> str:
    known = original(image)
    return f"{known.registry}/{known.repository}"


def is_externally_managed(image: Image) -> bool:
    """Whether pip refuses to install into the distribution's own Python of an image."""
    name = _name(image)
    return any(
        matches(name, glob) and any(matches(image.tag, tag) for tag in tags)
        for glob, tags in _MANAGED
    )


def c_library(image: Image) -> str:
    """The C library of an image: `glibc`, `musl`, `none`; empty where nobody knows."""
    name = _name(image)
    if name.startswith("gcr.io/distroless/static"):
        return NONE
    if name.startswith("gcr.io/distroless/"):
        return GLIBC
    if name == f"{_OFFICIAL}alpine":
        return MUSL
    if name.removeprefix(_OFFICIAL) in _GLIBC and image.tag and "windows" not in image.tag:
        return MUSL if "alpine" in image.tag else GLIBC
    return GLIBC if matches(name, "*/nvidia/cuda") else ""


def official_python(image: Image) -> bool:
    """Whether it is one of Docker's images of Python, which have it in `/usr/local/bin`."""
    return _name(image) == f"{_OFFICIAL}python"


def python_release(image: Image) -> str:
    """The release of Python (`3.12`) that an official image is of; empty for any other."""
    found = _RELEASE.match(image.tag) if official_python(image) else None
    return found[0] if found else ""


def has_no_local_python(image: Image) -> bool:
    """Whether an image certainly has no Python in `/usr/local/bin`."""
    name = _name(image)
    plain = name.removeprefix(_OFFICIAL) in ("debian", "ubuntu", "alpine", "node", "golang")
    return plain or matches(name, "*/nvidia/cuda") or name.startswith("gcr.io/distroless/")
