"""What patches make of a tree: every place that one of them changes becomes unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.kubernetes.kustomize.model import Operation
    from imagelint.documents.yaml.nodes import YamlNode

UNKNOWN_TEXT = "{{kustomize}}"
"""What a reader takes for a value that something else will fill in."""
# By which key the items of a list are merged:
# kubernetes/api:core/v1/types.go (patchMergeKey)
_MERGED_BY = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "volumes": "name",
    "env": "name",
    "volumeMounts": "mountPath",
    "ports": "containerPort",
}
CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")
_APPEND = "-"


def overlaid(base: YamlNode, patch: YamlNode, key: str = "") -> YamlNode:
    """A tree under a strategic merge patch; `key` is the one under which both stand."""
    if isinstance(patch, Mapping) and isinstance(base, Mapping):
        if patch.get("$patch") is not None:
            return unknown(base)
        for entry in patch.entries:
            base = _with_entry(base, entry)
        return base
    if isinstance(patch, Sequence) and isinstance(base, Sequence) and key in _MERGED_BY:
        return _merged(base, patch, key)
    return unknown(base)


def operated(base: YamlNode, operation: Operation) -> YamlNode:
    """A tree under an operation of a JSON patch; itself where the path leads nowhere."""
    return _operated(base, operation, operation.keys)


def decided(text: str, at: Span) -> Scalar:
    """A value that is written elsewhere, at the place where it takes effect."""
    return Scalar(at, text, "", plain=False)


def unknown(node: YamlNode) -> YamlNode:
    """A value of which only is known that something else decides about it."""
    if isinstance(node, Mapping):
        entries = (Entry(entry.key, unknown(entry.value)) for entry in node.entries)
        return Mapping(node.span, tuple(entries))
    return decided(UNKNOWN_TEXT, node.span)


def with_images(node: YamlNode, replaced: Callable[[str], str]) -> YamlNode:
    """A tree with other images in all of its lists of containers; the same where none changes."""
    if isinstance(node, Sequence):
        items = tuple(with_images(item, replaced) for item in node.items)
        return node if _same(items, node.items) else Sequence(node.span, items)
    if not isinstance(node, Mapping):
        return node
    entries = tuple(_with_image(entry, replaced) for entry in node.entries)
    return node if _same(entries, node.entries) else Mapping(node.span, entries)


def _with_image(entry: Entry, replaced: Callable[[str], str]) -> Entry:
    value = with_images(entry.value, replaced)
    if entry.key.text in CONTAINER_LISTS and isinstance(value, Sequence):
        items = tuple(_with_other_image(item, replaced) for item in value.items)
        value = value if _same(items, value.items) else Sequence(value.span, items)
    return entry if value is entry.value else Entry(entry.key, value)


def _with_other_image(container: YamlNode, replaced: Callable[[str], str]) -> YamlNode:
    image = container.get("image") if isinstance(container, Mapping) else None
    if not isinstance(container, Mapping) or not isinstance(image, Scalar) or image.value is None:
        return container
    text = replaced(image.text)
    return container if text == image.text else _put(container, "image", decided(text, image.span))


def _same(new: tuple[object, ...], old: tuple[object, ...]) -> bool:
    return all(one is other for one, other in zip(new, old, strict=True))


def _put(node: Mapping, name: str, value: YamlNode) -> Mapping:
    """A mapping with another value under a key that it has."""
    return Mapping(
        node.span,
        tuple(
            Entry(entry.key, value) if entry.key.text == name else entry for entry in node.entries
        ),
    )


def _with_entry(base: Mapping, entry: Entry) -> Mapping:
    name = entry.key.text
    there = base.get(name)
    if there is not None:
        return _put(base, name, overlaid(there, entry.value, name))
    if name in CONTAINER_LISTS or name.startswith("$"):
        return base  # what a patch adds is read where it is written
    return Mapping(base.span, (*base.entries, _added(entry, base.span)))


def _added(entry: Entry, around: Span) -> Entry:
    """What a patch adds, placed where the mapping begins that it is added to."""
    at = Span(around.start, around.start)
    value = entry.value
    if isinstance(value, Mapping) and value.entries:
        inner = Mapping(at, tuple(_added(one, around) for one in value.entries))
        return Entry(Scalar(at, entry.key.text, "", plain=True), inner)
    return Entry(Scalar(at, entry.key.text, "", plain=True), decided(UNKNOWN_TEXT, at))


def _merged(base: Sequence, patch: Sequence, key: str) -> YamlNode:
    by = _MERGED_BY[key]
    items = list(base.items)
    for change in patch.items:
        name = _text_of(change, by)
        at = next((at for at, item in enumerate(items) if _text_of(item, by) == name), None)
        if name and at is not None:
            items[at] = overlaid(items[at], _without(change, by))
        elif key not in CONTAINER_LISTS:
            items.append(decided(UNKNOWN_TEXT, base.span))
    return Sequence(base.span, tuple(items))


def _without(node: YamlNode, name: str) -> YamlNode:
    """A patch without the key by which its item was found: that one stays."""
    entries = node.entries if isinstance(node, Mapping) else ()
    return Mapping(node.span, tuple(entry for entry in entries if entry.key.text != name))


def _text_of(node: YamlNode, name: str) -> str:
    value = node.get(name) if isinstance(node, Mapping) else None
    return value.text if isinstance(value, Scalar) else ""


def _operated(base: YamlNode, operation: Operation, keys: tuple[str, ...]) -> YamlNode:
    if not keys:
        return unknown(base)
    key, rest = keys[0], keys[1:]
    if isinstance(base, Sequence):
        return _operated_item(base, operation, keys)
    if not isinstance(base, Mapping):
        return base
    there = base.get(key)
    if there is not None:
        changed = _operated(there, operation, rest)
        if not rest and isinstance(changed, Mapping) and operation.value.node is not None:
            changed = overlaid(changed, operation.value.node)
        return _put(base, key, changed)
    if rest or operation.name == "remove" or operation.value.node is None:
        return base
    name = Scalar(operation.span, key, key, plain=True)
    return _with_entry(base, Entry(name, operation.value.node))


def _operated_item(base: Sequence, operation: Operation, keys: tuple[str, ...]) -> YamlNode:
    items = list(base.items)
    if keys == (_APPEND,):
        items.append(decided(UNKNOWN_TEXT, base.span))
    elif keys[0].isdecimal() and len(keys[0]) < 6 and int(keys[0]) < len(items):  # noqa: PLR2004 - no list is as long
        at = int(keys[0])
        if len(keys) == 1 and operation.name == "add":
            items.append(decided(UNKNOWN_TEXT, base.span))
        else:
            items[at] = _operated(items[at], operation, keys[1:])
    return Sequence(base.span, tuple(items))
