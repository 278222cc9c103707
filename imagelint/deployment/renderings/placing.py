"""Where what is rendered is written: a tree without places, by the trees that it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, Union

from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.yaml.nodes import Entry, Mapping, Remaining, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.yaml.nodes import YamlNode

# What tells the items of a list apart, in this order.
# kubernetes/api:core/v1/types.go (patchMergeKey)
_NAMES = ("name", "mountPath", "containerPort", "devicePath", "topologyKey", "ip", "key", "path")
_IDENTITY = frozenset(("apiVersion", "kind", *_NAMES))


class Below(NamedTuple):
    """A tree that belongs at the end of some keys: the value of a JSON patch, a setting.

    An item of a list is meant by its number, by one of its fields (`[name=server]`), by `-` the
    last and by `*` each.
    """

    keys: tuple[str, ...]
    tree: YamlNode


class Removal(NamedTuple):
    """What a JSON patch takes away, and where it says so: the keys are as those of a tree below."""

    keys: tuple[str, ...]
    span: Span


Origin: TypeAlias = Union["YamlNode", Below, Removal]
"""A tree of which some was taken, with its places."""
_Path = (Below, Removal)


class Placer(NamedTuple):
    """Gives the nodes of a tree the places at which what they hold is written.

    `written` tells where a word is written that stands in none of the trees, if anywhere.
    """

    written: Callable[[str], Span | None] = lambda _text: None

    def placed(self, node: YamlNode, origins: tuple[Origin, ...], at: Span) -> YamlNode:
        """The tree with places of the origins: of a value the first that says it counts.

        Origins are in the order in which they count, the outermost first. `at` is the place of what
        holds the node: the best there is for what nobody says.
        """
        trees = tuple(one for one in origins if not isinstance(one, _Path))
        if isinstance(node, Mapping):
            return self._mapping(node, origins, _span(trees, Mapping, at))
        if isinstance(node, Sequence):
            span = None if node.items else _deletion(origins)
            return self._sequence(node, origins, span or _span(trees, Sequence, at))
        for tree in trees:
            if isinstance(tree, Scalar) and _says(tree, node):
                return tree
        scalars = [tree.span for tree in trees if isinstance(tree, Scalar)]
        place = self.written(node.text) or (scalars[0] if scalars else at)
        return _unwritten(node, place)

    def _mapping(self, node: Mapping, origins: tuple[Origin, ...], at: Span) -> Mapping:
        entries = []
        for entry in _as_written(node, origins):
            name = entry.key.text
            inner = tuple(_under(origins, name))
            if name in _IDENTITY:  # all have to say it: it is the object's, not the change's
                inner = inner[::-1]
            gone = _deletion(inner) if isinstance(entry.value, Sequence) else None
            key = _key(origins, name) if gone is None else None
            key = key or _unwritten(entry.key, gone or _start(inner) or at)
            entries.append(Entry(key, self.placed(entry.value, inner, key.span)))
        taken = dict(_taken(node, origins))
        return Mapping(at, Remaining.of(entries, taken) if taken else tuple(entries))

    def _sequence(self, node: Sequence, origins: tuple[Origin, ...], at: Span) -> Sequence:
        items = []
        for index, item in enumerate(node.items):
            inner = tuple(_items(origins, item, index, len(node.items)))
            items.append(self.placed(item, inner, _start(inner) or at))
        return Sequence(at, tuple(items))


def _as_written(node: Mapping, origins: tuple[Origin, ...]) -> list[Entry]:
    """The entries in the order in which the innermost tree has them: engines sort keys."""
    inside = next((one for one in reversed(origins) if isinstance(one, Mapping)), node)
    order = {entry.key.text: index for index, entry in enumerate(inside.entries)}
    return sorted(node.entries, key=lambda entry: order.get(entry.key.text, len(order)))


def _span(trees: tuple[YamlNode, ...], kind: type[YamlNode], at: Span) -> Span:
    """Where most of a mapping or list is written: in the innermost tree that has it."""
    return next((tree.span for tree in reversed(trees) if isinstance(tree, kind)), at)


def _deletion(trees: tuple[Origin, ...]) -> Span | None:
    """Where a patch takes an item out of a list: what the list lacks, it lacks for that."""
    for tree in trees:
        if isinstance(tree, Removal) and len(tree.keys) == 1:
            return tree.span
        for item in tree.items if isinstance(tree, Sequence) else ():
            said = _deleting(item)
            if said is not None:
                return said
    return None


def _deleting(node: YamlNode) -> Span | None:
    """Where a mapping of a patch says that what it stands for is to go."""
    said = node.get("$patch") if isinstance(node, Mapping) else None
    return said.span if isinstance(said, Scalar) and said.text == "delete" else None


def _taken(node: Mapping, origins: tuple[Origin, ...]) -> Iterator[tuple[str, Span]]:
    """What patches took out of a mapping, and where they say so; the outermost comes last."""
    for one in reversed(origins):
        if isinstance(one, Removal):
            if len(one.keys) == 1 and node.entry(one.keys[0]) is None:
                yield one.keys[0], one.span
        elif isinstance(one, Mapping):
            for entry in one.entries:
                gone = _deleting(entry.value)
                if isinstance(entry.value, Scalar) and entry.value.value is None:
                    gone = entry.span
                if gone is not None and node.entry(entry.key.text) is None:
                    yield entry.key.text, gone


def _says(tree: Scalar, node: Scalar) -> bool:
    return tree.value == node.value or (tree.value is not None and tree.text == node.text)


def _unwritten(node: Scalar, at: Span) -> Scalar:
    """A value at the place that decides about it, where it is not written as it is."""
    return Scalar(at, node.value, node.raw, node.plain)


def _start(origins: tuple[Origin, ...]) -> Span | None:
    """Where the first of some origins begins."""
    for one in origins:
        if not isinstance(one, _Path):
            return Span(one.span.start, one.span.start)
    return None


def _under(origins: tuple[Origin, ...], name: str) -> list[Origin]:
    """What stands under a key."""
    found: list[Origin] = []
    for one in origins:
        if isinstance(one, _Path):
            found += _descended(one) if one.keys[0] == name else ()
        elif isinstance(one, Mapping):
            value = one.get(name)
            if value is not None:
                found.append(value)
    return found


def _descended(one: Below | Removal) -> tuple[Origin, ...]:
    """What a path leads to behind its first key; nothing is left there that was taken away."""
    if len(one.keys) > 1:
        return (one._replace(keys=one.keys[1:]),)
    return (one.tree,) if isinstance(one, Below) else ()


def _key(origins: tuple[Origin, ...], name: str) -> Scalar | None:
    """The key as the innermost tree has it."""
    for one in reversed(origins):
        entry = one.entry(name) if isinstance(one, Mapping) else None
        if entry is not None:
            return entry.key
    return None


def _items(origins: tuple[Origin, ...], item: YamlNode, index: int, count: int) -> list[Origin]:
    """What an item of a list was made of."""
    found: list[Origin] = []
    for one in origins:
        if isinstance(one, _Path):
            if one.keys[0] in (str(index), "-", "*") or _is_named(one.keys[0], item):
                found += _descended(one)
        elif isinstance(one, Sequence):
            same = _same_item(one, item, index, count)
            if same is not None:
                found.append(same)
    return found


def _is_named(key: str, item: YamlNode) -> bool:
    """Whether an item is meant by a field of it: `[name=server]`."""
    name, equals, value = key.strip("[]").partition("=")
    said = item.get(name) if equals and isinstance(item, Mapping) else None
    return isinstance(said, Scalar) and said.text == value


def _same_item(tree: Sequence, item: YamlNode, index: int, count: int) -> YamlNode | None:
    at_index = tree.items[index] if index < len(tree.items) else None
    found = None
    if isinstance(item, Mapping):
        found = _named_alike(tree, item)
    elif isinstance(item, Scalar):
        others = (at_index, *tree.items)
        found = next((one for one in others if isinstance(one, Scalar) and _says(one, item)), None)
    return at_index if found is None and len(tree.items) == count else found


def _named_alike(tree: Sequence, item: Mapping) -> YamlNode | None:
    """The item of a list that has the same name."""
    name = next((name for name in _NAMES if isinstance(item.get(name), Scalar)), "")
    wanted = item.get(name)
    for other in tree.items if isinstance(wanted, Scalar) else ():
        value = other.get(name) if isinstance(other, Mapping) else None
        if isinstance(value, Scalar) and isinstance(wanted, Scalar) and _says(value, wanted):
            return other
    return None
