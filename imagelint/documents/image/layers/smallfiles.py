"""Small files of an image that say what is installed, and who may log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.image.jsonview import plain
from imagelint.documents.image.layers.installed import UNREAD, is_list, manager_of
from imagelint.documents.image.layers.nodes import (
    NOWHERE,
    Account,
    InstalledList,
    InstalledPackage,
    InstalledSystem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SYSTEM = ("etc/os-release", "usr/lib/os-release")
_PASSWD, _SHADOW, _GROUP = "etc/passwd", "etc/shadow", "etc/group"
_KEPT = frozenset((*_SYSTEM, _PASSWD, _SHADOW, _GROUP))
_METADATA = ".dist-info/METADATA"
_FIELD = pattern(r"^([A-Z_]+)=[\"']?([^\"'\n]*)[\"']?$", 8)  # re.MULTILINE
_NAME = pattern(r"^Name:[ \t]*(\S+)", 8)
_VERSION = pattern(r"^Version:[ \t]*(\S+)", 8)
_SEPARATORS = pattern(r"[-_.]+")
_HEAD = 4096
_PASSWORD, _NUMBER = 1, 2
_SHADOWED = "x"


def is_wanted(path: str) -> bool:
    """Whether the content of a file is read."""
    return path.endswith(_METADATA) or path in _KEPT


def shown(path: str, text: str) -> str:
    """What of a file's content is needed: no word that belongs to an account."""
    if path.endswith(_METADATA):
        head = text[:_HEAD]
        fields = _NAME.search(head), _VERSION.search(head)
        return "\n".join(field[0] for field in fields if field is not None)
    if path not in (_PASSWD, _SHADOW, _GROUP):
        return text
    return "\n".join(":".join(_without_word(row)) for row in _rows(text))


def _without_word(row: list[str]) -> list[str]:
    word = row[_PASSWORD]
    hidden = word if word in ("", _SHADOWED) else "*"
    return [row[0], hidden, *row[_PASSWORD + 1 : _NUMBER + 1]]


def installed_package(path: str, text: str, layer: int) -> InstalledPackage | None:
    """The Python distribution that a METADATA is about; None for what says no name or version."""
    if not path.endswith(_METADATA):
        return None
    head = text[:_HEAD]
    name, version = _NAME.search(head), _VERSION.search(head)
    if name is None or version is None:
        return None
    normal = _SEPARATORS.sub("-", plain(name[1])).lower()
    return InstalledPackage(
        NOWHERE, normal, plain(version[1]), layer, f"layer {layer}: {plain(path)}"
    )


def installed_system(texts: Mapping[str, str]) -> InstalledSystem | None:
    """The distribution that os-release names."""
    for path in _SYSTEM:
        if path in texts:
            said = {key: plain(value) for key, value in _FIELD.findall(texts[path])}
            title = said.get("PRETTY_NAME") or said.get("NAME", "")
            name, version = said.get("ID", ""), said.get("VERSION_ID", "")
            return InstalledSystem(NOWHERE, name.lower(), version, title, path) if name else None
    return None


def installed_lists(texts: Mapping[str, str], gone: Mapping[str, str]) -> Iterator[InstalledList]:
    """What package managers say they installed, in files that are there or are `gone`."""
    managers = {manager_of(path) for path in texts if is_list(path)}
    for path, text in gone.items():
        if is_list(path) and manager_of(path) not in managers and not text.startswith(UNREAD):
            packages = tuple(filter(None, text.split("\n")))
            yield InstalledList(NOWHERE, packages, path, removed=True)
    for path, text in texts.items():
        if is_list(path):
            why = text.removeprefix(UNREAD) if text.startswith(UNREAD) else ""
            packages = () if why else tuple(filter(None, text.split("\n")))
            yield InstalledList(NOWHERE, packages, path, why)


def accounts(texts: Mapping[str, str]) -> Iterator[Account]:
    """Accounts that anyone may use, and those that are one with another."""
    shadow: dict[str, str] = {}
    for row in _rows(texts.get(_SHADOW, "")):
        shadow.setdefault(row[0], row[_PASSWORD])  # of several lines the first counts
    for path in (_PASSWD, _GROUP):
        numbers: dict[str, str] = {}
        for row in _rows(texts.get(path, "")):
            if len(row) <= _NUMBER:
                continue
            name, number = row[0], row[_NUMBER]
            where = f"{path}: {plain(name)}"
            word = row[_PASSWORD]
            if word == _SHADOWED:
                word = shadow.get(name, word)
            if path == _PASSWD and not word:
                yield Account(NOWHERE, plain(name), _int(number), "", unguarded=True, path=where)
            twin = numbers.setdefault(number.lstrip("0") or number[-1:], name)
            if twin != name:
                yield Account(
                    NOWHERE, plain(name), _int(number), plain(twin), unguarded=False, path=where
                )


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        row = line.split(":")
        if len(row) > 1 and row[0] and not line.startswith("#"):
            yield row


def _int(number: str) -> int:
    return int(number) if number.isdecimal() and len(number) < 11 else -1  # noqa: PLR2004 - 32 bits
