"""Whether what stands in an object are fields that the API server knows, each of its type."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.booleans import GO_YAML
from imagelint.documents.complaints import MalformedObject, UnknownField
from imagelint.documents.kubernetes.constraints.rules import Held, constraints, quantity
from imagelint.documents.kubernetes.constraints.unions import article
from imagelint.documents.yaml.cursor import is_template
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.knowledge.kubernetes.fields import (
    ANYTHING,
    MAPPING,
    NUMBER,
    NUMBER_OR_STRING,
    QUANTITY,
    STRING,
    TRUTH,
    WHOLE,
    ListOf,
    MapOf,
    ObjectType,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode
    from imagelint.knowledge.kubernetes.fields import FieldForm

_WANTED = {
    STRING: "a string: put quotes around it",
    WHOLE: "a whole number, without quotes",
    NUMBER: "a number, without quotes",
    TRUTH: "`true` or `false`, without quotes",
    QUANTITY: "a quantity, such as `500m` or `8Gi`",
    NUMBER_OR_STRING: "a number, or a name",
}
# What something will be put in the place of: `$PORT`, `<port>`, `PORT_NUMBER`.
_PLACEHOLDER = pattern(r".*[$<>{}@%#].*|[A-Z0-9]*_[A-Z0-9_]*|[A-Z]+")
_FILLED_KEY = pattern(r".*[$<>{}@%#].*")
# Of a field that is not written, the server takes the default; these have none.
_NEVER_EMPTY = frozenset(
    ("Container", "EphemeralContainer", "EnvVar", "ContainerPort", "VolumeMount", "Volume")
)


class Strictness(Enum):
    """To how much an object is held."""

    TYPES = "types"  # of what is known: other releases may have had other fields
    FIELDS = "fields"  # and to what fields there are, and what they hold
    WHOLE = "whole"  # and to what must be there: nothing else completes it


def misfits(root: Cursor, form: FieldForm, strictness: Strictness) -> Iterator[Complaint]:
    """What below a place is not as its form says."""
    pending: list[tuple[Cursor, FieldForm]] = [(root, form)]
    while pending:
        place, wanted = pending.pop()
        node = place.node
        if wanted is ANYTHING or node is None or place.null or place.templated:
            continue
        if isinstance(wanted, str):
            yield from _of_scalar(place, node, wanted)
            if wanted == QUANTITY and strictness is not Strictness.TYPES:
                yield from quantity(place)
        elif isinstance(wanted, ListOf):
            yield from _items(place, wanted.of, pending)
        elif not isinstance(node, Mapping):
            yield malformed(place, "is not a mapping", "write `<key>: <value>` below it")
        else:
            yield from _inside(place, wanted, pending, strictness)


def _inside(
    place: Cursor,
    wanted: MapOf | ObjectType,
    pending: list[tuple[Cursor, FieldForm]],
    strictness: Strictness,
) -> Iterator[Complaint]:
    if isinstance(wanted, MapOf):
        pending += [(inner, wanted.of) for _, inner in reversed(place.entries())]
        return
    strict = strictness is not Strictness.TYPES
    yield from _fields(place, wanted, pending, strict=strict and not wanted.is_open)
    if strict:
        yield from constraints(Held(place, wanted, strictness is Strictness.WHOLE))


def unknown_fields(place: Cursor, owner: ObjectType) -> Iterator[Complaint]:
    """What of a place itself is no field of its type."""
    yield from _fields(place, owner, [], strict=True)


def _of_scalar(place: Cursor, node: YamlNode, wanted: str) -> Iterator[Complaint]:
    if wanted == MAPPING:
        if not isinstance(node, Mapping):
            yield malformed(place, "is not a mapping", "write `<key>: <value>` below it")
    elif not _is_of(node, wanted) and not _is_braced(node):
        yield malformed(place, "is of the wrong type", f"write {_WANTED[wanted]}")


def _fields(
    place: Cursor, wanted: ObjectType, pending: list[tuple[Cursor, FieldForm]], *, strict: bool
) -> Iterator[Complaint]:
    known = wanted.fields
    found: list[tuple[Cursor, FieldForm]] = []
    for key, inner in place.entries():
        form = known.get(key)
        if form is not None:
            found.append((inner, form))
        elif strict and not (_is_filled(key) or is_sealing(key, inner)):
            yield _unknown(inner, wanted)
    pending += reversed(found)


def is_sealing(key: str, place: Cursor) -> bool:
    """Whether a field is what SOPS writes, and takes out before anybody applies the object.

    https://getsops.io/docs/#encrypting-using-age
    """
    return key == "sops" and place["mac"].exists


def _is_filled(key: str) -> bool:
    """Whether a key is a directive of a patch (`$patch`), or stands for another one.

    In parentheses Chainsaw computes it: https://kyverno.github.io/chainsaw/latest/
    """
    return (
        (key.startswith("(") and key.endswith(")"))
        or is_template(key)
        or _FILLED_KEY.fullmatch(key) is not None
    )


def _items(
    place: Cursor, wanted: FieldForm, pending: list[tuple[Cursor, FieldForm]]
) -> Iterator[Complaint]:
    if not isinstance(place.node, Sequence):
        yield malformed(place, "is not a list", "begin each item with `- `")
        return
    needed = isinstance(wanted, ObjectType) and (wanted.is_custom or wanted.title in _NEVER_EMPTY)
    for item in reversed(place.items()):
        if item.null and needed:
            yield malformed(item, "is an empty item", "drop it")
        pending.append((item, wanted))


def _is_of(node: YamlNode, wanted: str) -> bool:
    if not isinstance(node, Scalar):
        return False
    value = node.value
    # https://github.com/kubernetes-sigs/yaml
    boolean = isinstance(value, bool) or (node.plain and node.raw in GO_YAML)
    if wanted == TRUTH:
        return boolean or _is_placeholder(node)
    if boolean:
        return False
    if wanted == STRING:
        return isinstance(value, str)
    if wanted == WHOLE and isinstance(value, float):
        return value.is_integer()
    if isinstance(value, (int, float)):
        return True
    return wanted in (QUANTITY, NUMBER_OR_STRING) or _is_placeholder(node)


def _is_braced(node: YamlNode) -> bool:
    """Whether a mapping is meant as the place of a value: `{volume-id}`."""
    if not isinstance(node, Mapping) or not node.entries:
        return False
    return all(isinstance(one.value, Scalar) and one.value.value is None for one in node.entries)


def _is_placeholder(node: Scalar) -> bool:
    return isinstance(node.value, str) and _PLACEHOLDER.fullmatch(node.value) is not None


def _unknown(place: Cursor, owner: ObjectType) -> UnknownField:
    near = _meant(place.key, owner.fields)
    if near:
        help_ = f"write `{near}`"
    else:
        home = _home(place.key, owner)
        help_ = f"move it to `{home}`" if home else "drop it"
    message = f"`{place.key}` is no field of {article(owner.title)}"
    return UnknownField(place.key_span, place.path, message, help_)


def _meant(key: str, fields: Iterable[str]) -> str:
    """The field that somebody must have meant; empty when none is near."""
    from imagelint.core.nearest import nearest

    known = {name.lower(): name for name in fields}
    return known.get(key.lower()) or known.get(nearest(key, known), "")


def _home(key: str, owner: ObjectType) -> str:
    """The part of an object that has such a field; empty where that is not one alone."""
    found = [
        f"{name}[…].{key}" if isinstance(form, ListOf) else f"{name}.{key}"
        for name, form in owner.fields.items()
        for inner in (form.of if isinstance(form, ListOf) else form,)
        if isinstance(inner, ObjectType) and key in inner.fields
    ]
    of_containers = [one for one in found if one.startswith("containers[")]
    return (of_containers or found)[0] if of_containers or len(found) == 1 else ""


def malformed(place: Cursor, what: str, help_: str) -> MalformedObject:
    """A complaint about the shape of a place."""
    path = place.path or "the object"
    whole = place.null or isinstance(place.node, (Mapping, Sequence))
    span = place.key_span if whole else place.span
    return MalformedObject(span, path, f"`{path}` {what}", help_)
