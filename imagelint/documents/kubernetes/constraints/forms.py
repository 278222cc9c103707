"""How words of an object are written: names, keys, paths, addresses, hosts, schedules.

kubernetes/kubernetes@v1.37: pkg/apis/core/validation/validation.go,
pkg/apis/networking/validation/validation.go, staging/src/k8s.io/apimachinery/pkg/util/validation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.complaints import InvalidName, InvalidValue
from imagelint.documents.kubernetes.constraints import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.yaml.cursor import Cursor

_DATA_KEY = pattern(r"[-._a-zA-Z0-9]{1,253}")
_HEADER = pattern(r"[-A-Za-z0-9]+")
_IPV4 = pattern(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_PERCENT = pattern(r"[0-9]{1,18}%")
_LONGEST = 60
_MOST_PERCENT = 100


def data_key(place: Cursor, _what: str = "") -> Iterator[Complaint]:
    """Why a word is no key of a ConfigMap or a Secret."""
    key = names.word_of(place)
    if key and not is_data_key(key):
        yield no_data_key(place, key)


def is_data_key(key: str) -> bool:
    """Whether a text can be the key of a ConfigMap or a Secret."""
    return _DATA_KEY.fullmatch(key) is not None and key != "." and not key.startswith("..")


def no_data_key(place: Cursor, key: str) -> InvalidName:
    """A complaint about the key of a ConfigMap or a Secret, which is written at a place."""
    message = f"`{_shown(key)}` cannot be a key of a ConfigMap or a Secret"
    help_ = "write letters, digits, dashes, underscores and dots, as in the name of a file"
    return InvalidName(place.span, place.path, message, help_)


def _variable(place: Cursor, _what: str) -> Iterator[Complaint]:
    name = names.word_of(place)
    if "=" in name:
        message = f"`{_shown(name)}` cannot be the name of a variable"
        help_ = "write what stands behind `=` as the `value`"
        yield InvalidName(place.span, place.path, message, help_)


def _header(place: Cursor, _what: str) -> Iterator[Complaint]:
    name = names.word_of(place)
    if name and not _HEADER.fullmatch(name):
        message = f"`{_shown(name)}` cannot be the name of a header"
        help_ = "write letters, digits and dashes"
        yield InvalidName(place.span, place.path, message, help_)


def _inside(place: Cursor, _what: str) -> Iterator[Complaint]:
    path = names.word_of(place)
    if path.startswith("/"):
        help_ = f"write `{path.lstrip('/') or '.'}`"
        yield _wrong(place, f"`{_shown(path)}` is not a relative path", help_)
    else:
        yield from _without_steps_back(place, "")


def _without_steps_back(place: Cursor, _what: str) -> Iterator[Complaint]:
    path = names.word_of(place)
    if ".." in path.split("/"):
        yield _wrong(place, f"`{_shown(path)}` leads back with `..`", "write a path without `..`")


def _absolute(place: Cursor, _what: str) -> Iterator[Complaint]:
    path = names.word_of(place)
    if path and not path.startswith("/"):
        yield _wrong(place, f"`{_shown(path)}` is not an absolute path", f"write `/{path}`")


def _address(place: Cursor, _what: str) -> Iterator[Complaint]:
    word = names.word_of(place)
    if word and not is_address(word):
        message = f"`{_shown(word)}` is no IP address"
        yield _wrong(place, message, "write an address, such as `10.0.0.1`")


def is_address(text: str) -> bool:
    """Whether a text is an address of IPv4 or IPv6; zeros in front count for nothing."""
    if _IPV4.fullmatch(text):
        return all(int(part) <= 255 for part in text.split("."))  # noqa: PLR2004 - a byte
    if ":" not in text:
        return False
    from ipaddress import IPv6Address

    try:
        IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def _network(place: Cursor, _what: str) -> Iterator[Complaint]:
    word = names.word_of(place)
    if word and not is_network(word):
        near = f"{word}/{128 if ':' in word else 32}"
        help_ = f"write `{near}`" if is_address(word) else "write a range, such as `10.0.0.0/8`"
        yield _wrong(place, f"`{_shown(word)}` is no range of IP addresses", help_)


def is_network(text: str) -> bool:
    """Whether a text is a range of addresses: `10.0.0.0/8`."""
    address, slash, bits = text.partition("/")
    longest = 128 if ":" in address else 32
    right = bits.isdecimal() and bits.isascii() and len(bits) < 4  # noqa: PLR2004 - three digits
    return bool(slash) and right and int(bits) <= longest and is_address(address)


def host(place: Cursor, _what: str = "") -> Iterator[Complaint]:
    """Why a word is no host of an Ingress."""
    name = names.word_of(place)
    if not name:
        return
    rest = name.removeprefix("*.") if "*" in name else name
    if names.is_subdomain(rest) and not (rest == name and _IPV4.fullmatch(name)):
        return
    near = name.partition("://")[2] or name
    near = near.partition("/")[0].partition(":")[0].lower()
    right = names.is_subdomain(near) and not _IPV4.fullmatch(near)
    help_ = (
        f"write `{near}`" if right and near != name else "write a name of a host, or leave it out"
    )
    yield _wrong(place, f"`{_shown(name)}` is no name of a host", help_)


def _schedule(place: Cursor, _what: str) -> Iterator[Complaint]:
    from imagelint.documents.kubernetes.constraints.schedules import why_no_schedule

    written = names.word_of(place)
    why = why_no_schedule(written) if written else ""
    if why:
        help_ = "write minute, hour, day of the month, month and day of the week: `0 3 * * *`"
        yield _wrong(place, f"`{_shown(written)}` is no schedule: {why}", help_)


def amount(place: Cursor, *, most_percent: int | None = None) -> Iterator[Complaint]:
    """Why something is neither a number of pods nor a part of them in percent."""
    number = place.integer()
    value = getattr(number, "value", None)
    if isinstance(value, int):
        if value < 0:
            yield _wrong(place, f"`{place.key}` has to be at least 0", "write `0` or more")
        return
    word = place.word()
    if not word or (names.is_stand_in(word.rstrip("%")) and not _PERCENT.fullmatch(word)):
        return
    if not _PERCENT.fullmatch(word):
        help_ = (
            f"write `{word}%`, or the number without quotes" if word.isdecimal() else "write `25%`"
        )
        yield _wrong(place, f"`{_shown(word)}` is neither a number nor a percentage", help_)
    elif most_percent is not None and float(word.rstrip("%")) > most_percent:
        yield _wrong(
            place, f"`{_shown(word)}` is more than all", f"write `{most_percent}%` or less"
        )


def _wrong(place: Cursor, message: str, help_: str) -> InvalidValue:
    return InvalidValue(place.span, place.path, message, help_)


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


FORMS: Mapping[str, Callable[[Cursor, str], Iterator[Complaint]]] = {
    "absolute path": _absolute,
    "address": _address,
    "data key": data_key,
    "header": _header,
    "host": host,
    "label": names.label_name,
    "label key": lambda place, _what: names.label_key(place),
    "network": _network,
    "path inside": _inside,
    "path without steps back": _without_steps_back,
    "schedule": _schedule,
    "subdomain": names.subdomain,
    "variable": _variable,
}
"""By the word of the table: what makes the complaints about a place that names something."""
