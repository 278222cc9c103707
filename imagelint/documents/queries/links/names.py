"""Names that certainly stand for nothing, and what they must have meant."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import SERVICES_MADE, takes_pods_of
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.references import NamedObject, object_named
from imagelint.documents.kubernetes.wiring.nodes import SERVICE, Service
from imagelint.documents.project import RENDERED, by_key
from imagelint.documents.queries.links.scope import (
    MANY,
    Scope,
    goes_on,
    holds_open,
    makes_unknown_services,
    misspelt,
    near,
    same,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import KubernetesObject


class Name(NamedTuple):
    """The name of an object, as another one says it.

    `made` tells that operators make such ones, `exact` that those of one kind are often called
    alike, so that only a misspelt name tells which is meant. `by` is the name of who says it, where
    what is meant often has the same.
    """

    kind: str
    name: str
    namespace: str
    made: bool = False
    exact: bool = False
    by: str = ""


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
    meant = renamed(name, scope) or _meant(name, scope, others) or _beside(name, scope)
    if meant is None and not scope.closed:  # most are right, and need not be looked for
        return None
    if _is_defined(name, scope):
        return None
    if name.kind == SERVICE and scope.may_begin(name.name, name.namespace):
        return None
    if scope.closed and not (name.made and _may_be_made(name, scope)):
        return Undefined(meant.kind, meant.name, certain=True) if meant else _NOTHING
    return meant


def renamed(name: Name, scope: Scope) -> Undefined | None:
    """What an object of the same rendering is called that was written under a name.

    Kustomize gives prefixes, suffixes and hashes to the names of objects, and changes those
    references alone that it knows: not those in routes of the gateway API, in addresses, and in
    objects of others. None where another part of the run has an object of the name as it is.
    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/nameprefix/
    """
    manifest = scope.manifest
    actual = manifest.renamed.get((name.kind, name.name)) if manifest is not None else None
    if actual is None or _is_defined(name, scope):
        return None
    return Undefined(name.kind, actual, certain=True)


def _is_defined(name: Name, scope: Scope) -> bool:
    """Whether anything of the run is called so, but for what its own rendering is made of."""
    manifest = scope.manifest
    if manifest is None or not manifest.renamed:
        return scope.is_defined(name.kind, name.name, name.namespace)
    within = manifest.derived(_origins)
    kinds, key = (Manifest.kind, RENDERED), object_named(name.kind, name.name)
    return any(
        same(one.namespace, name.namespace)
        for origin, one in scope.listed(kinds, key, NamedObject)
        if origin == scope.origin or origin not in within
    )


def _origins(document: Document) -> frozenset[str]:
    """The files that a rendering is made of."""
    return frozenset(part.source.origin for part in document.parts)


def _written(document: Document) -> dict[tuple[str, str], str]:
    """How the objects that a rendering renames are written, by their kinds and names."""
    renamed = document.renamed if isinstance(document, Manifest) else {}
    return {(kind, actual): word for (kind, word), actual in renamed.items()}


_NOTHING = Undefined("", "", certain=True)


def _meant(name: Name, scope: Scope, others: tuple[str, ...]) -> Undefined | None:
    manifest = scope.manifest
    if manifest is None or (name.made and manifest.derived(_made_by(name))):
        return None
    objects = manifest.derived(_objects)
    kinds = (name.kind, *others)
    called = [
        one
        for one in objects.by_name.get(name.name, ())
        if _is_meant(one, kinds, name) and not takes_pods_of(one, name.name)
    ]
    if any(obj.kind == name.kind for obj in called):
        return None
    for obj in called:
        return Undefined(obj.kind, obj.name, certain=True)
    alike = [
        obj
        for kind in dict.fromkeys(kinds)
        for obj in objects.by_kind.get(kind, ())
        if _is_meant(obj, kinds, name)
    ]
    said = manifest.derived(_written)
    likely = list(_near(name, alike, said))
    if not likely and name.kind == SERVICE:
        return _meant_made(name, objects)
    if len(likely) != 1:
        return None
    meant = said.get((likely[0].kind, likely[0].name), likely[0].name)
    return Undefined(name.kind, meant, certain=len(alike) == 1 and not name.exact)


def _beside(name: Name, scope: Scope) -> Undefined | None:
    """An object in another file of the same folder that has the name of who names another."""
    manifest = scope.manifest
    if not name.by or name.by == name.name or manifest is None or manifest.rendered:
        return None
    if scope.is_open(name.namespace):
        return None
    found = scope.nearest(
        object_named(name.kind, name.by),
        NamedObject,
        lambda one: same(one.namespace, name.namespace),
    )
    there = [origin for origin, _ in found.nodes if dirname(origin) == scope.folder]
    return Undefined(name.kind, name.by, certain=False) if len(there) == 1 else None


def _may_be_made(name: Name, scope: Scope) -> bool:
    """Whether an operator may make an object of the name."""
    asked = scope.makes_services if name.kind == SERVICE else scope.is_open
    return asked(name.namespace)


def _made_by(name: Name) -> Callable[[Document], bool]:
    return makes_unknown_services if name.kind == SERVICE else holds_open


def _meant_made(name: Name, objects: _Objects) -> Undefined | None:
    """The one Service that an operator makes whose name is nearly that: never certain."""
    made = objects.made if len(objects.made) <= MANY else []
    likely = {
        one.name
        for one in made
        if same(one.namespace, name.namespace)
        and misspelt(name.name, one.name)
        and not goes_on(name.name, one.name)
    }
    return Undefined(name.kind, likely.pop(), certain=False) if len(likely) == 1 else None


class _Objects(NamedTuple):
    """The objects of a file that have names, in order, and the Services that are made of them."""

    by_name: dict[str, list[KubernetesObject]]
    by_kind: dict[str, list[KubernetesObject]]
    made: list[KubernetesObject]


def _objects(document: Document) -> _Objects:
    found = _Objects({}, {}, [])
    for obj in document.objects if isinstance(document, Manifest) else ():
        if obj.name:
            found.by_name.setdefault(obj.name, []).append(obj)
            found.by_kind.setdefault(obj.kind, []).append(obj)
    made = document.derived(by_key).get(SERVICES_MADE, ())
    found.made.extend(one.object for one in made if isinstance(one, Service))
    return found


def _is_meant(obj: KubernetesObject, kinds: tuple[str, ...], name: Name) -> bool:
    return obj.kind in kinds and same(obj.namespace, name.namespace)


def _near(
    name: Name, objects: list[KubernetesObject], said: dict[tuple[str, str], str]
) -> Iterator[KubernetesObject]:
    alike = misspelt if name.exact else near
    # Among many, which is meant would be a guess, and each would be compared with each.
    objects = objects if len(objects) <= MANY else []
    return (
        obj
        for obj in objects
        if obj.kind == name.kind and alike(name.name, said.get((obj.kind, obj.name), obj.name))
    )
