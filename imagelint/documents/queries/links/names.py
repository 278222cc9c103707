"""Names that certainly stand for nothing, and what they must have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import is_open
from imagelint.documents.queries.links.scope import Scope, misspelt, near, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject


class Name(NamedTuple):
    """The name of an object, as another one says it.

    `made` tells that operators make such ones, `exact` that those of one kind are often called
    alike, so that only a misspelt name tells which is meant.
    """

    kind: str
    name: str
    namespace: str
    made: bool = False
    exact: bool = False


class Undefined(NamedTuple):
    """A name that stands for nothing: the `kind` and `name` that must have been meant, if any.

    `certain` is true where nothing else can be meant.
    """

    kind: str
    name: str
    certain: bool


def undefined(name: Name, scope: Scope, others: tuple[str, ...] = ()) -> Undefined | None:
    """Why a name stands for nothing; None where it stands for something, or may.

    That is certain where the run is closed. Elsewhere another object of the same file must tell
    that it is meant: of nearly that name, or of that name and one of the `others` of its kind.
    """
    meant = _meant(name, scope, others)
    if meant is None and not scope.closed:  # most are right, and need not be looked for
        return None
    if scope.is_defined(name.kind, name.name, name.namespace):
        return None
    if scope.closed and not (name.made and scope.is_open(name.namespace)):
        return Undefined(meant.kind, meant.name, certain=True) if meant else _NOTHING
    return meant


_NOTHING = Undefined("", "", certain=True)


def _meant(name: Name, scope: Scope, others: tuple[str, ...]) -> Undefined | None:
    manifest = scope.manifest
    if manifest is None or (name.made and any(map(is_open, manifest.objects))):
        return None
    around = [obj for obj in manifest.objects if same(obj.namespace, name.namespace)]
    alike = [obj for obj in around if obj.kind in (name.kind, *others) and obj.name]
    if any((obj.kind, obj.name) == (name.kind, name.name) for obj in alike):
        return None
    for obj in alike:
        if obj.name == name.name:
            return Undefined(obj.kind, obj.name, certain=True)
    likely = list(_near(name, alike))
    if len(likely) != 1:
        return None
    return Undefined(name.kind, likely[0].name, certain=len(alike) == 1 and not name.exact)


def _near(name: Name, objects: list[KubernetesObject]) -> Iterator[KubernetesObject]:
    alike = misspelt if name.exact else near
    return (obj for obj in objects if obj.kind == name.kind and alike(name.name, obj.name))
