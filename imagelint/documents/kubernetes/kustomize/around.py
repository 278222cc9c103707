"""The kustomizations of a run through which a file goes, from the innermost outwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.base import Document
from imagelint.documents.kubernetes.kustomize.model import (
    FILES,
    KIND,
    Transformation,
    folder_of,
    in_folder,
    patching,
    taken,
)
from imagelint.documents.project import beside, by_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.project import Project

_MOST = 200
"""More kustomizations take nothing that people write."""


class Applied:
    """The kustomizations that take a file, directly or by way of others, in order."""

    def __init__(self, origin: str, project: Project) -> None:
        self._project = project
        self._found: dict[tuple[str, int], tuple[str, Transformation]] = {}
        pending = [(origin, True)]
        while pending and len(self._found) < _MOST:
            path, is_file = pending.pop(0)
            for at, one in self._taking(path, is_file=is_file):
                if self._add(at, one):
                    pending.append((folder_of(at), False))

    def __iter__(self) -> Iterator[tuple[str, Transformation]]:
        """Each with its origin."""
        return iter(self._found.values())

    def _taking(self, path: str, *, is_file: bool) -> Iterator[tuple[str, Transformation]]:
        if is_file:
            yield from _beside(path, self._project)
        yield from self._project.named(KIND, taken(path), Transformation)

    def _add(self, origin: str, one: Transformation) -> bool:
        """Take a kustomization, then the components that it holds; false if it is known."""
        if (origin, one.span.start) in self._found:
            return False
        self._found[origin, one.span.start] = (origin, one)
        pending = [beside(origin, path) for path in one.components]
        while pending and len(self._found) < _MOST:
            folder = pending.pop(0)
            for at, component in self._project.named(KIND, in_folder(folder), Transformation):
                if (at, component.span.start) not in self._found:
                    self._found[at, component.span.start] = (at, component)
                    pending += [beside(at, path) for path in component.components]
        return True


def _beside(origin: str, project: Project) -> Iterator[tuple[str, Transformation]]:
    """Those in the folder of a file which take it, or do not say what they take."""
    for at, one in _in_same_folder(origin, project):
        takes = [beside(at, path) for path in one.resources]
        if origin in takes or not (takes or one.components):
            yield at, one


def is_patch(origin: str, project: Project) -> bool:
    """Whether a kustomization of the run, or the one beside, reads a file as a patch."""
    if project.named(KIND, patching(origin), Transformation):
        return True
    return any(
        patch.path and origin == beside(at, patch.path)
        for at, one in _in_same_folder(origin, project)
        for patch in one.patches
    )


def _in_same_folder(origin: str, project: Project) -> Iterator[tuple[str, Transformation]]:
    """What lies beside a file is known, be it a part of the run or not."""
    for name in FILES:
        at = beside(origin, name)
        found = project.document(at, Document)
        if isinstance(found, Known) and found.value.kind == KIND:
            nodes = found.value.derived(by_key).get(in_folder(folder_of(at)), ())
            yield from ((at, node) for node in nodes if isinstance(node, Transformation))
