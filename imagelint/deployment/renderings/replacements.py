"""What a kustomization copies from one object into others, by the places that it names.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import YamlError, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject

_PART = pattern(r"\[[^\]]*\]|[^.\[\]]+")
_WHOLE = "metadata.name"


class Replacement(NamedTuple):
    """Where a value is taken from, and into which field of an object it is put."""

    kind: str
    name: str
    source: tuple[str, ...]
    target: tuple[str, ...]


def replacements(
    kustomization: Cursor, obj: KubernetesObject, read: Callable[[str], str]
) -> Iterator[Replacement]:
    """What a kustomization puts into the fields of an object, in order.

    `read` gives the texts of the files of their own in which some of it may stand.
    """
    for one in _written(kustomization, read):
        source = one["source"]
        taken = _parts(source["fieldPath"].word() or _WHOLE)
        for target in one["targets"].items():
            if not _selects(target["select"], obj):
                continue
            if any(_selects(reject, obj) for reject in target["reject"].items()):
                continue
            for place in target["fieldPaths"].items():
                kind, name = source["kind"].word(), source["name"].word()
                yield Replacement(kind, name, taken, _parts(place.word()))


def _written(kustomization: Cursor, read: Callable[[str], str]) -> Iterator[Cursor]:
    """The replacements where they are written: a file holds one, or a list of them."""
    for one in kustomization["replacements"].items():
        path = one["path"].word()
        if not path:
            yield one
            continue
        try:
            stream = read_yaml(read(path))
        except YamlError:
            continue
        for body in map(Cursor, stream.documents):
            yield from body.items() or (body,)


def _selects(select: Cursor, obj: KubernetesObject) -> bool:
    kind, name = select["kind"].word(), select["name"].word()
    return select.exists and kind in ("", obj.kind) and name in ("", obj.name)


def _parts(path: str) -> tuple[str, ...]:
    """The keys of a path; an item of a list is given by its number, or as `[name=server]`."""
    return tuple(_PART.findall(path))
