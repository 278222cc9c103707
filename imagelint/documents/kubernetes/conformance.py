"""What the definitions of the run refuse of a custom resource."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.conforming import Violation, violations
from imagelint.documents.kubernetes.definitions import (
    DefinedKind,
    Definition,
    defined_kind,
    definitions_of,
    mutations_of,
)
from imagelint.documents.kubernetes.kustomize.around import is_patch
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import KubernetesObject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.project import Project


_OF_TESTS = frozenset(("test", "tests", "testdata", "testing", "fixtures", "e2e"))
"""Folders whose definitions are put into the clusters of tests: of any release, or cut short."""


def refused_by_definition(
    obj: KubernetesObject, document: Document, project: Project
) -> tuple[Violation, ...]:
    """What every definition of its kind refuses of an object; nothing where there is none.

    A repository may hold one of each release: no further one is read than it takes to accept the
    object.
    """
    version = obj.api_version.rpartition("/")[2]
    of_kind = (one for one in _kinds(obj, document, project) if one.kind == obj.kind)
    first: DefinedKind | None = None
    found: tuple[Violation, ...] | None = None
    shared: set[Span] = set()
    for one in of_kind:
        first = first or one
        if version not in one.versions:
            continue
        schema = one.versions[version]
        refused = () if schema is None else tuple(violations(obj.body, schema, loose=one.loose))
        if found is None:
            # What is known of the definition without it is told already.
            found = refused
            shared = {each.span for each in found} - {each.span for each in document.complaints}
        shared.intersection_update([each.span for each in refused])
        if not shared:
            return ()
    if found is None:
        return () if first is None else (_not_served(obj, version, first),)
    told = tuple(one for one in found if one.span in shared)
    if any(one.lacking for one in told) and _is_completed(obj, document, project):
        return tuple(one for one in told if not one.lacking)
    return told


def _is_completed(obj: KubernetesObject, document: Document, project: Project) -> bool:
    """Whether an object need not be whole: a webhook fills it in, or it is a patch of another."""
    return _is_mutated(obj, project.outside or project) or is_patch(document.source.origin, project)


def _is_mutated(obj: KubernetesObject, project: Project) -> bool:
    """Whether a webhook of the run may fill in what an object lacks."""
    keys = (mutations_of(obj.group), mutations_of("*"))
    aside = project.aside()
    return any(aside.named(Manifest.kind, key, KubernetesObject) for key in keys)


def _kinds(obj: KubernetesObject, document: Document, project: Project) -> Iterator[DefinedKind]:
    # Schemas are large, and hold nothing that would have to be masked in what is said.
    outside = (project.outside or project).aside()
    key = definitions_of(obj.group, obj.kind)
    tested = _is_of_tests(document.source.origin)
    for origin, one in outside.named(Manifest.kind, key, Definition):
        if _is_of_tests(origin) and not tested:
            continue
        if origin == document.source.origin:
            known = _READ.get(one.digest)
            known = known or _READ.put(one.digest, defined_kind(document, one.name))
        else:
            # What is said rests upon that file, whether or not it was read before.
            outside.dependencies.add(origin)
            known = _READ.get(one.digest)
            known = known or _READ.put(one.digest, _of_file(origin, one, outside))
        if known is not None:
            yield known


def _is_of_tests(origin: str) -> bool:
    return not _OF_TESTS.isdisjoint(origin.split("/")[:-1])


def _of_file(origin: str, one: Definition, project: Project) -> DefinedKind | None:
    found = project.document(origin, Manifest)
    return defined_kind(found.value, one.name) if isinstance(found, Known) else None


class _KeptKinds:
    """The kinds that definitions define, by the digests of these.

    Objects of one kind stand in many files, and one definition in the folder of each release and
    in a chart. Few are held open, as a schema can take a hundred megabytes; of the others the
    packed form is, a hundredth of that, and those that were packed first make room.
    """

    def __init__(self) -> None:
        self._open: dict[str, DefinedKind] = {}
        self._packed: dict[str, bytes] = {}
        self._size = 0

    def get(self, digest: str) -> DefinedKind | None:
        """What a definition was found to define."""
        known = self._open.get(digest)
        if known is None and digest in self._packed:
            known = self._hold(digest, DefinedKind(*json.loads(self._packed[digest])))
        return known

    def put(self, digest: str, known: DefinedKind | None) -> DefinedKind | None:
        """Keep it, if it defines anything."""
        if known is None:
            return None
        parts = [known.kind, dict(known.versions), known.loose]
        with suppress(TypeError, ValueError, RecursionError):  # a day, or a circle of aliases
            data = json.dumps(parts).encode()
            # A key that is no string would be one.
            if json.loads(data) == parts:
                self._pack(digest, data)
        return self._hold(digest, known)

    def _hold(self, digest: str, known: DefinedKind) -> DefinedKind:
        self._open[digest] = known
        if len(self._open) > _FEW:
            del self._open[next(iter(self._open))]
        return known

    def _pack(self, digest: str, data: bytes) -> None:
        self._size += len(data) - len(self._packed.pop(digest, b""))
        self._packed[digest] = data
        while self._size > _MOST_PACKED:
            self._size -= len(self._packed.pop(next(iter(self._packed))))


_FEW = 4
_MOST_PACKED = 48_000_000
"""Bytes; the largest that are known, of KServe, take half a million each."""
_READ = _KeptKinds()


def _not_served(obj: KubernetesObject, version: str, known: DefinedKind) -> Violation:
    place = obj.body["apiVersion"]
    words = ", ".join(f"`{one}`" for one in known.versions)
    message = f"no definition of {obj.kind} serves `{version}`"
    return Violation(place.span, place.path, message, f"write one of {words}")
