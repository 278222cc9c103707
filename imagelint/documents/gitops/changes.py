"""What Flux and Argo CD change of what a folder makes, as the kustomization that does the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.gitops.model import ValuesObject
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode

_TARGET_NAMESPACE = "targetNamespace"
_FLUX = (_TARGET_NAMESPACE, "namePrefix", "nameSuffix", "images", "patches", "components")
_ARGO = (
    *("namePrefix", "nameSuffix", "images", "replicas", "commonLabels", "commonAnnotations"),
    *("namespace", "patches", "components"),
)
# What is written otherwise than a kustomization has it.
_FORMER = ("patchesStrategicMerge", "patchesJson6902")
# An image of Argo CD: `name=other:tag`, `name:tag`, `name@sha256:…`.
# https://argo-cd.readthedocs.io/en/stable/user-guide/kustomize/
_IMAGE = pattern(r"(?:([^=\s]+)=)?([^=@\s]+?)(?::([\w][\w.-]{0,127}))?(?:@(\S+))?")


class Changes(NamedTuple):
    """What is changed of what a folder makes.

    `body` are the fields of a kustomization, each where it is written, and `components` those that
    it takes, by paths relative to the folder. `substituted` are variables that are filled in
    afterwards, where any are, `objects` hold others, which count less. `unread` are fields that
    cannot be followed. `listed` tells that a folder without a kustomization is taken as all
    manifests below it.
    """

    body: Mapping
    components: tuple[str, ...] = ()
    substituted: tuple[tuple[str, str], ...] | None = None
    objects: tuple[ValuesObject, ...] = ()
    unread: tuple[str, ...] = ()
    listed: bool = False

    @property
    def fields(self) -> tuple[str, ...]:
        """What is set, by the names of a kustomization's fields, and what cannot be followed."""
        names = (entry.key.text for entry in self.body.entries)
        more = ("components",) if self.components else ()
        substituted = ("postBuild",) if self.substituted is not None else ()
        return (*names, *more, *substituted, *self.unread)


def flux_changes(spec: Cursor) -> Changes:
    """What a Kustomization of Flux changes, but for its variables."""
    return _changes(spec, _FLUX)._replace(listed=True)


def argo_changes(place: Cursor) -> Changes:
    """What `kustomize` of a source of Argo CD changes."""
    return _changes(place, _ARGO)


def _changes(place: Cursor, fields: tuple[str, ...]) -> Changes:
    entries = []
    unread = [field for field in _FORMER if place[field].exists]
    for field in fields:
        written = place.node.entry(field) if isinstance(place.node, Mapping) else None
        if written is None or place[field].null:
            continue
        value = _images(written.value) if field == "images" else written.value
        if value is None or (field == "patches" and _names_files(place[field])):
            unread.append(field)
            continue
        name = "namespace" if field == _TARGET_NAMESPACE else field
        if field != "components":
            entries.append(Entry(written.key._replace(value=name, raw=name), value))
    components = tuple(item.word() for item in place["components"].items())
    return Changes(Mapping(place.span, tuple(entries)), components, unread=tuple(unread))


def _names_files(patches: Cursor) -> bool:
    return any(item["path"].exists for item in patches.items())


def _images(node: YamlNode) -> YamlNode | None:
    """The images as a kustomization names them; None where one cannot be read."""
    if not isinstance(node, Sequence):
        return None
    items = [_image(item) if isinstance(item, Scalar) else item for item in node.items]
    known = tuple(item for item in items if item is not None)
    return Sequence(node.span, known) if len(known) == len(items) else None


def _image(scalar: Scalar) -> YamlNode | None:
    match = _IMAGE.fullmatch(scalar.text)
    if match is None or (match[3] is None and match[4] is None and match[1] is None):
        return None
    said = {"name": match[1] or match[2], "newName": match[2], "newTag": match[3]}
    return Mapping(scalar.span, tuple(_entries({**said, "digest": match[4]}, scalar.span)))


def _entries(said: dict[str, str | None], at: Span) -> Iterator[Entry]:
    for name, value in said.items():
        if value is not None:
            yield Entry(Scalar(at, name, name, plain=True), Scalar(at, value, value, plain=False))
