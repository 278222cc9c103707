"""Names, labels and ports: what the API server takes as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.complaints import InvalidName, InvalidPort, MalformedLabel
from imagelint.documents.quantity import parse_port
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.yaml.cursor import Cursor

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_LABEL = pattern(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = pattern(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_PORT_NAME = pattern(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?")
# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
_VALUE = pattern(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
# What something will be put in the place of: `<name>`, `$NAME`, `MY_NAME-active`, `REPLACE-me`,
# `K_NAME`, `_`.
_STAND_IN = pattern(r".*[$<>{}@%#\[\]].*|.*[A-Z]{4}.*|.*[A-Z]{2}_[A-Z]{2}.*|[A-Z]+(_[A-Z0-9]+)*|_+")
_VALUE_TO_COME = pattern(r".*[$<>{}@%#\[\]].*|[A-Z0-9]*_[A-Z0-9_]*|[A-Z]+")
_LONGEST_LABEL = 63
_LONGEST_NAME = 253
_LONGEST_PORT_NAME = 15
_LAST_PORT = 65_535
_DNS_LABEL = "small letters, digits and dashes, at most 63 characters"
_DNS_NAME = "small letters, digits, dashes and dots, at most 253 characters"


def label_name(place: Cursor, what: str) -> Iterator[Complaint]:
    """Why a name is no label of DNS: of containers, volumes, namespaces, Services."""
    yield from _name(place, what, (_LABEL, _LONGEST_LABEL, _DNS_LABEL))


def object_name(place: Cursor, kind: str) -> Iterator[Complaint]:
    """Why a name is none that an object of Kubernetes may have."""
    yield from subdomain(place, f"{'an' if kind[0] in 'AEIO' else 'a'} {kind}")


def subdomain(place: Cursor, what: str) -> Iterator[Complaint]:
    """Why a name is none of a host: of most objects."""
    yield from _name(place, what, (_SUBDOMAIN, _LONGEST_NAME, _DNS_NAME))


def _name(place: Cursor, what: str, form: tuple[re.Pattern[str], int, str]) -> Iterator[Complaint]:
    right, longest, wanted = form
    name = word_of(place)
    if name and (len(name) > longest or not right.fullmatch(name)):
        near = name.lower().replace("_", "-").replace(" ", "-")
        help_ = f"write `{near}`" if right.fullmatch(near) else f"write {wanted}"
        message = f"`{name}` cannot be the name of {what}"
        yield InvalidName(
            place.span, place.path, message, help_ if near != name else f"write {wanted}"
        )


def port_name(place: Cursor) -> Iterator[Complaint]:
    """Why a name is none of a port of a container."""
    name = word_of(place)
    if name and not _is_port_name(name):
        message = f"`{name}` cannot be the name of a port"
        help_ = "write small letters, digits and dashes, at most 15, one of them a letter"
        yield InvalidName(place.span, place.path, message, help_)


def labels(place: Cursor) -> Iterator[Complaint]:
    """What of some labels, or of a selector, are no labels."""
    for key, value in place.entries():
        if not is_stand_in(key) and not is_key(key):
            yield MalformedLabel(value.key_span, value.path, *_no_key(key, "a label"))
        yield from _label_value(value, "a label", ", or make it an annotation")


def toleration_value(place: Cursor) -> Iterator[Complaint]:
    """Why a word is no value that a toleration compares: taints have values of labels."""
    return _label_value(place, "a toleration")


def _label_value(value: Cursor, what: str, else_: str = "") -> Iterator[Complaint]:
    word = written_in(value)
    if _VALUE_TO_COME.fullmatch(word):
        return
    if len(word) > _LONGEST_LABEL or not _VALUE.fullmatch(word):
        shown = word if len(word) <= _LONGEST_LABEL else f"{word[:_LONGEST_LABEL]}…"
        message = f"`{shown}` cannot be the value of {what}"
        help_ = f"write letters, digits, dashes, underscores and dots{else_}"
        yield MalformedLabel(value.span, value.path, message, help_)


def annotation_keys(place: Cursor) -> Iterator[Complaint]:
    """What keys of annotations are none: capitals count as small letters in their domains."""
    for key, value in place.entries():
        if not is_stand_in(key) and not is_key(key.lower()):
            yield MalformedLabel(value.key_span, value.path, *_no_key(key, "an annotation"))


def label_key(place: Cursor) -> Iterator[Complaint]:
    """Why a word is no key of a label."""
    key = word_of(place)
    if key and not is_key(key):
        yield MalformedLabel(place.span, place.path, *_no_key(key, "a label"))


def _no_key(key: str, what: str) -> tuple[str, str]:
    shown = key if len(key) <= _LONGEST_LABEL else f"{key[:_LONGEST_LABEL]}…"
    help_ = "write letters, digits, dashes, underscores and dots, at most 63 behind the domain"
    return f"`{shown}` cannot be the key of {what}", help_


def is_key(key: str) -> bool:
    """Whether a text can be the key of a label."""
    domain, slash, name = key.rpartition("/")
    right = 0 < len(name) <= _LONGEST_LABEL and _VALUE.fullmatch(name) is not None
    return right and (not slash or _SUBDOMAIN.fullmatch(domain) is not None)


def port(place: Cursor, *, named: bool = False, least: int = 1) -> Iterator[Complaint]:
    """Why something is no port; `named` ones may be the name of one."""
    node = place.node
    if not isinstance(node, Scalar):
        return
    number = place.integer()
    if isinstance(number, Known):
        if not least <= number.value <= _LAST_PORT:
            message, help_ = f"{number.value} is no port", f"write a number from {least} to 65535"
            yield InvalidPort(place.span, place.path, message, help_)
        return
    word = word_of(place)
    if named and word and not _is_port_name(word):
        digits = parse_port(word) is not None
        message = f"`{word}` in quotes is the name of a port" if digits else f"`{word}` is no port"
        help_ = f"write {word}, without quotes" if digits else "write its number, or its name"
        yield InvalidPort(place.span, place.path, message, help_)


def is_subdomain(text: str) -> bool:
    """Whether a text is a name of a host, without capitals."""
    return len(text) <= _LONGEST_NAME and _SUBDOMAIN.fullmatch(text) is not None


def _is_port_name(text: str) -> bool:
    return len(text) <= _LONGEST_PORT_NAME and _PORT_NAME.fullmatch(text) is not None


def word_of(place: Cursor) -> str:
    """What is written, where nothing else will stand there."""
    word = written_in(place)
    return "" if is_stand_in(word) else word


def written_in(place: Cursor) -> str:
    """The string that is written; empty for a template, and for what is none."""
    node = place.node
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or place.templated:
        return ""
    return node.value


def is_stand_in(text: str) -> bool:
    """Whether a text stands for another one: `<name>`, `MY_NAME`, `_`."""
    return _STAND_IN.fullmatch(text) is not None
