"""What package managers write down of what they installed: names and versions.

https://wiki.alpinelinux.org/wiki/Apk_spec#Syntax (the database has the fields of an index),
https://man7.org/linux/man-pages/man1/dpkg-query.1.html (states of packages). Distroless images have
one file for each package, without a state: https://github.com/GoogleContainerTools/distroless.
"""

from __future__ import annotations

from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.image.jsonview import plain
from imagelint.documents.image.layers.rpmdatabase import (
    DATABASES,
    RpmDatabaseError,
    rpm_packages,
)
from imagelint.documents.image.layers.rpmdatabase import LARGEST as LARGEST_DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNREAD = "\0"
"""Begins what is kept of a list that was not read; what follows is why."""

_LARGEST = 16 * 1024 * 1024
"""Bytes of a text that is read; that of a whole desktop has a third of it."""

_APK = frozenset(("lib/apk/db/installed", "usr/lib/apk/db/installed"))
_DPKG, _DISTROLESS = "var/lib/dpkg/status", "var/lib/dpkg/status.d/"
_FIELDS = {"P": "Package", "V": "Version"}  # of apk, as dpkg calls them
_WANTED = frozenset(("Package", "Status", "Version"))
_INSTALLED = "install ok installed"
# What is no version is listed by nobody: https://www.debian.org/doc/debian-policy/ch-controlfields.html
_VERSION = pattern(r"(\d+:)?\d[A-Za-z0-9.+~_-]*")


def is_list(path: str) -> bool:
    """Whether a file is such a list."""
    return path in _APK or path == _DPKG or path in DATABASES or _is_of_distroless(path)


def manager_of(path: str) -> str:
    """Whose list it is."""
    return "rpm" if path in DATABASES else "apk" if path in _APK else "dpkg"


def kept(path: str, read: Callable[[int], bytes]) -> str:
    """What is kept of a list: a line for each package, or why it was not read.

    `read` gives its first bytes, at most so many.
    """
    most = LARGEST_DATABASE if path in DATABASES else _LARGEST
    data = read(most + 1)
    # Of half a list nobody knows what it leaves out.
    if len(data) > most:
        return f"{UNREAD}is larger than is read"
    try:
        if path in DATABASES:
            return "\n".join(rpm_packages(data))
        return "\n".join(installed(path, data.decode("utf-8", "replace")))
    except RpmDatabaseError as error:
        return f"{UNREAD}{error}"


def installed(path: str, text: str) -> Iterator[str]:
    """The packages of a list, as `name version`, as they stand there."""
    for fields in _stanzas(text, apk=path in _APK):
        name, version = fields.get("Package", ""), fields.get("Version", "")
        stated = path == _DPKG and fields.get("Status", "").strip() != _INSTALLED
        if name and not stated and _VERSION.fullmatch(version) is not None:
            yield f"{plain(name)} {version}"


def _is_of_distroless(path: str) -> bool:
    name = path.removeprefix(_DISTROLESS)
    return name != path and "/" not in name and not name.endswith(".md5sums")


def _stanzas(text: str, *, apk: bool) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    # One by one: a list may be nothing but ends of lines.
    for written in chain(StringIO(text), ("\n",)):
        line = written.rstrip("\n")
        if line:
            key, colon, value = line.partition(":")
            key = _FIELDS.get(key, "") if apk else key
            if colon and key in _WANTED:
                fields[key] = value.strip()
        elif fields:
            yield fields
            fields = {}
