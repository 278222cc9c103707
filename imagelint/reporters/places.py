"""Where GitHub should show a finding: always a file, also when the finding is about an image."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.subject import About

if TYPE_CHECKING:
    from imagelint.core.finding import Finding, Location
    from imagelint.core.report import Report

_DIGEST = pattern(r"@sha(?:256|512):[0-9a-f]+$")
_NOWHERE = {"": "unknown", "-": "stdin"}
_UNFIT = pattern(r"[^A-Za-z0-9._/-]+")


class Places(NamedTuple):
    """What is known of the run's origins: which are images, and the file that stands for them.

    `anchor` is the only Dockerfile that was examined, empty when there is none or there are
    several; `root` is the absolute path to which paths are made relative, `prefix` what leads to it
    from where a reader starts. `pinned`: there are many images, so that one without a tag is known
    by its digest.
    """

    images: frozenset[str]
    anchor: str
    root: str
    prefix: str = ""
    pinned: bool = False

    def is_image(self, location: Location) -> bool:
        """Whether a place is an image, not a place in a file."""
        return location.origin in self.images and not location.excerpt.lines

    def place(self, finding: Finding) -> Location:
        """Where a finding is shown: about an image, at the line that made what it is about."""
        if not self.is_image(finding.location):
            return finding.location
        lines = (note.location for note in finding.notes if note.location is not None)
        return next((each for each in lines if each.excerpt.lines), finding.location)

    def steady(self, finding: Finding) -> Finding:
        """A finding as it is known from build to build: about an image, not about a digest."""
        location = finding.location
        if not self.is_image(location):
            return finding
        return finding._replace(location=location._replace(origin=self._path(location.origin)))

    def file(self, location: Location) -> str:
        """The path for a place: its own, or that of the file that stands for its image."""
        if self.is_image(location):
            return self.anchor or self._path(location.origin)
        return prefixed(self.prefix, relative(location.origin, self.root))

    def _path(self, image: str) -> str:
        name = image.partition("@")[0]
        if self.pinned and name != image and ":" not in name.rpartition("/")[2]:
            return _UNFIT.sub("_", image).strip("/") or "image"
        return image_path(image)


def places(report: Report, root: str, prefix: str = "") -> Places:
    """What the report says about its origins."""
    # What is about an image has the image's name for its origin, not a path.
    images = {each.origin for each in report.examined if each.about is About.IMAGE}
    files = {each.origin for each in report.examined if each.about is not About.IMAGE}
    dockerfiles = {each.origin for each in report.examined if each.kind == "dockerfile"}
    one = relative(dockerfiles.pop(), root) if len(dockerfiles) == 1 else ""
    anchor = prefixed(prefix, one) if one else ""
    return Places(frozenset(images - files), anchor, root, prefix)


def image_path(image: str) -> str:
    """An image's name as a path that stays the same from build to build: without its digest."""
    name = _UNFIT.sub("_", _DIGEST.sub("", image)).strip("/")
    return name or "image"


def prefixed(prefix: str, path: str) -> str:
    """A path from where the prefix starts; what is absolute or has no place stays as it is."""
    if not prefix or path.startswith("/") or path in _NOWHERE.values():
        return path
    return posixpath.normpath(f"{prefix}/{path}")


def relative(origin: str, root: str) -> str:
    """A path without the root before it, and without `./`; a path elsewhere stays as it is."""
    base = root.rstrip("/")
    if base and origin.startswith(f"{base}/"):
        origin = origin.removeprefix(base).lstrip("/")
    while origin.startswith("./"):
        origin = origin.removeprefix("./").lstrip("/")
    return _NOWHERE.get(origin, origin)
