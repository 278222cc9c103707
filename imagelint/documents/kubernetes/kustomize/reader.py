"""From the objects of a kustomization to what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.kustomize.model import (
    ImageOverride,
    Operation,
    Patch,
    Target,
    Transformation,
)
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import YamlError, read_part
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.kubernetes.objects import KubernetesObject

# What changes objects in ways that stand in other files, or in programs.
_OPAQUE = ("transformers", "replacements", "vars", "configurations")
_MOST_PATCHES = 1_000


def read_transformation(obj: KubernetesObject, source: Source) -> Transformation:
    """What a kustomization does. Nothing that cannot be read is left out: it is opaque."""
    body = obj.body
    return Transformation(
        span=obj.span,
        resources=_words(body, "resources", "bases"),
        components=_words(body, "components"),
        images=tuple(map(_override, body["images"].items())),
        patches=tuple(_patches(body, source))[:_MOST_PATCHES],
        replicas=tuple(entry["name"].word() for entry in body["replicas"].items()),
        affixes=(body["namePrefix"].word(), body["nameSuffix"].word()),
        moves=body["namespace"].exists,
        opaque=any(body[field].items() for field in _OPAQUE),
    )


def _words(body: Cursor, *fields: str) -> tuple[str, ...]:
    found = (entry.word() for field in fields for entry in body[field].items())
    return tuple(word for word in found if word)


def _override(entry: Cursor) -> ImageOverride:
    return ImageOverride(
        entry.span,
        entry["name"].word(),
        entry["newName"].text(),
        entry["newTag"].text(),
        entry["digest"].text(),
        entry.path,
    )


def _patches(body: Cursor, source: Source) -> Iterator[Patch]:
    for entry in (*body["patches"].items(), *body["patchesJson6902"].items()):
        if isinstance(entry.node, Scalar):
            yield Patch(None, path=entry.word())
            continue
        target = _target(entry["target"]) if entry["target"].exists else None
        yield _patch(target, entry["path"].word(), entry["patch"], source)
    for entry in body["patchesStrategicMerge"].items():
        written = isinstance(entry.node, Scalar) and "\n" in entry.node.text
        yield _patch(None, "" if written else entry.word(), entry, source)


def _target(place: Cursor) -> Target:
    return Target(place["kind"].word(), place["name"].word(), place["labelSelector"].word())


def _patch(target: Target | None, path: str, written: Cursor, source: Source) -> Patch:
    if path:
        return Patch(target, path)
    documents = _documents(written, source)
    operations = tuple(one for body in documents for one in read_operations(body))
    bodies = () if operations else documents
    return Patch(target, bodies=bodies, operations=operations)


def _documents(written: Cursor, source: Source) -> tuple[Cursor, ...]:
    """The YAML within a scalar, each node at its own place; none where it cannot be read."""
    scalar = written.node
    if not isinstance(scalar, Scalar) or scalar.value is None:
        return ()
    raw = scalar.raw
    head = raw.find("\n") + 1 if scalar.block else int(raw != scalar.text)
    end = len(raw) if scalar.block else len(raw) - head
    if not scalar.block and raw[head:end] != scalar.text:
        return ()  # quotes or line breaks in it: its places would be wrong
    start = scalar.span.start
    try:
        stream = read_part(source.text, start + head, start + end)
    except YamlError:
        return ()
    return tuple(Cursor(node, f"{written.path}:") for node in stream.documents)


def read_operations(body: Cursor) -> Iterator[Operation]:
    """The operations of a JSON patch; none where it is something else."""
    for entry in body.items():
        path = entry["path"].word()
        if entry["op"].word() and path.startswith("/"):
            keys = (part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:])
            yield Operation(entry.span, entry["op"].word(), tuple(keys), entry["value"])
