"""Which object of the run a name in another one stands for."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.references import (
    RUNTIMES,
    NamedObject,
    object_named,
    serving_format,
)

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.project import Project

    Found = tuple[str, NamedObject]


class ObjectInRun(NamedTuple):
    """An object, and the manifest in which it stands."""

    manifest: Manifest
    object: KubernetesObject

    @property
    def origin(self) -> str:
        """The file in which it stands."""
        return self.manifest.source.origin


class Neighbourhood(NamedTuple):
    """Where a name is looked up: the objects of a run as a manifest of it sees them."""

    manifest: Manifest
    project: Project

    def is_beside(self, found: ObjectInRun) -> bool:
        """Whether an object stands in the same folder as the manifest, or was rendered with it."""
        own, other = self.manifest.source.origin, found.manifest.source.origin
        return dirname(own) == dirname(other)

    def object(
        self, kind: str, name: str, namespace: str, *, makers: bool = False
    ) -> ObjectInRun | None:
        """The object of that name; None where there is none, or where several may be meant.

        The nearest counts: in the same file, in the same folder, anywhere. Environments that lie
        beside each other hold objects of the same names. With `makers` it may be another one, of
        which an operator makes that: an ExternalSecret.
        """
        if not name:
            return None
        named = [
            (origin, one)
            for origin, one in self._named(kind, name)
            if namespace == one.namespace or not (namespace and one.namespace)
        ]
        own = self.manifest.source.origin
        same_file = [one for one in named if one[0] == own]
        same_folder = [one for one in named if dirname(one[0]) == dirname(own)]
        for found in (same_file, same_folder, named):
            if found:
                return self._only(found, makers=makers)
        return None

    def runtime(self, name: str, model_format: str, namespace: str) -> ObjectInRun | None:
        """The runtime of KServe that is meant by its name, or by the format of a model."""
        for kind in RUNTIMES:
            own = namespace if kind == RUNTIMES[0] else ""
            found = self.object(kind, name, own) if name else self._for_format(kind, model_format)
            if found is not None:
                return found
        return None

    def _for_format(self, kind: str, name: str) -> ObjectInRun | None:
        offered = (
            self.project.find(Manifest, serving_format(name), NamedObject, kind) if name else ()
        )
        return self._only(list(offered)) if offered else None

    def _named(self, kind: str, name: str) -> tuple[Found, ...]:
        return self.project.find(Manifest, object_named(kind, name), NamedObject, kind)

    def _only(self, found: list[Found], *, makers: bool = False) -> ObjectInRun | None:
        if len(found) > 1:
            return None
        origin, one = found[0]
        loaded = self.project.document(origin, Manifest)
        if not isinstance(loaded, Known):
            return None
        # A template may make several objects in one place.
        said = (one.span, one.kind, one.name)
        objects = loaded.value.objects
        at = next((obj for obj in objects if (obj.span, obj.kind, obj.name) == said), None)
        if at is None and makers:
            there = [obj for obj in objects if obj.span == one.span]
            at = there[0] if len(there) == 1 else None
        return at and ObjectInRun(loaded.value, at)
