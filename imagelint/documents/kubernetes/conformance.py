"""What the definitions of the run refuse of a custom resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.conforming import Violation, violations
from imagelint.documents.kubernetes.definitions import (
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

    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.definitions import DefinedKind
    from imagelint.documents.project import Project


_OF_TESTS = frozenset(("test", "tests", "testdata", "testing", "fixtures", "e2e"))
"""Folders whose definitions are put into the clusters of tests: of any release, or cut short."""


def refused_by_definition(
    obj: KubernetesObject, document: Document, project: Project
) -> tuple[Violation, ...]:
    """What every definition of its kind refuses of an object; nothing where there is none."""
    kinds = [one for one in _kinds(obj, document, project) if one.kind == obj.kind]
    version = obj.api_version.rpartition("/")[2]
    if kinds and all(version not in one.versions for one in kinds):
        return (_not_served(obj, version, kinds[0]),)
    schemas = [(one.versions.get(version), one.loose) for one in kinds if version in one.versions]
    if not schemas or any(schema is None for schema, _ in schemas):
        return ()
    found = [
        violations(obj.body, schema, loose=loose) for schema, loose in schemas if schema is not None
    ]
    shared = {one.span for one in found[0]}.intersection(
        *({one.span for one in others} for others in found[1:])
    )
    # What is known of the definition without it is told already.
    shared -= {one.span for one in document.complaints}
    told = tuple(one for one in found[0] if one.span in shared)
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
            known = _READ.get(one) or _READ.put(one, defined_kind(document, one.name))
        else:
            # What is said rests upon that file, whether or not it was read before.
            outside.dependencies.add(origin)
            known = _READ.get(one) or _READ.put(one, _of_file(origin, one, outside))
        if known is not None:
            yield known


def _is_of_tests(origin: str) -> bool:
    return not _OF_TESTS.isdisjoint(origin.split("/")[:-1])


def _of_file(origin: str, one: Definition, project: Project) -> DefinedKind | None:
    found = project.document(origin, Manifest)
    return defined_kind(found.value, one.name) if isinstance(found, Known) else None


class _LastRead:
    """The kinds that were read last: objects of one kind come one after the other.

    A definition is known by its identity, as its file is parsed once a run. Few are held: a schema
    can take a hundred megabytes.
    """

    def __init__(self) -> None:
        self._held: dict[int, tuple[Definition, DefinedKind]] = {}

    def get(self, one: Definition) -> DefinedKind | None:
        """What a definition was found to define."""
        known = self._held.get(id(one))
        return known[1] if known is not None and known[0] is one else None

    def put(self, one: Definition, known: DefinedKind | None) -> DefinedKind | None:
        """Keep it, if it defines anything, instead of what was read longest ago."""
        if known is not None:
            self._held[id(one)] = (one, known)
            if len(self._held) > _FEW:
                del self._held[next(iter(self._held))]
        return known


_FEW = 8
_READ = _LastRead()


def _not_served(obj: KubernetesObject, version: str, known: DefinedKind) -> Violation:
    place = obj.body["apiVersion"]
    words = ", ".join(f"`{one}`" for one in known.versions)
    message = f"no definition of {obj.kind} serves `{version}`"
    return Violation(place.span, place.path, message, f"write one of {words}")
