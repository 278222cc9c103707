"""What lies in folders: images of an OCI layout, and the images that files of a repository name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.audit.targets import Target, target_of
from imagelint.collect.registry.layout import read_index, root_entries
from imagelint.core.report import Problem, ProblemKind
from imagelint.run.rendering.deployed import deployed_images

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.sources.model import Found

LAYOUT = "oci:"


class LayoutSource:
    """All images of an OCI layout."""

    def __init__(self, name: str, folder: str) -> None:
        self.name = name
        self._folder = folder

    def targets(self) -> Iterator[Found]:
        """The images."""
        entries = read_index(self._folder, self.name)
        if isinstance(entries, Problem):
            yield entries
            return
        images = [entry for entry in entries if not entry.artifact]
        place = f"{LAYOUT}{self._folder}"
        for entry in root_entries(self._folder, images, self.name):
            named = f"{place}:{entry.tag}" if entry.tag else f"{place}@{entry.digest}"
            yield Target(named, place, entry.tag, entry.digest)


class FilesSource:
    """The images that the manifests, compose files, overlays and charts of a folder run."""

    def __init__(self, name: str, folder: str) -> None:
        self.name = name
        self._folder = folder

    def targets(self) -> Iterator[Found]:
        """The images, each once, and what cannot be told."""
        for found in deployed_images(self._folder):
            target = None if isinstance(found, Problem) else target_of(found)
            if target is not None:
                yield target
            elif isinstance(found, Problem):
                yield found
            else:
                detail = f"`{found}` is not an image reference"
                yield Problem(ProblemKind.UNPARSABLE, self.name, detail)
