"""One Python requirement: a name with a specifier, a URL, or a path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.model import Requirement

if TYPE_CHECKING:
    from imagelint.core.source import Span

# https://packaging.python.org/en/latest/specifications/dependency-specifiers/
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_HEAD = pattern(rf"(?P<name>{_NAME})\s*(?:\[(?P<extras>[^\]]*)\])?\s*(?P<rest>.*)", re.DOTALL)
_IDENTIFIER = pattern(_NAME)
_VERSION = r"[A-Za-z0-9!][A-Za-z0-9.*+!_-]*"
_CLAUSE = pattern(rf"\s*(===|==|~=|!=|<=|>=|<|>)\s*({_VERSION}|(?<====)\s*[^\s,;)]+)\s*")
_SEPARATORS = pattern(r"[-_.]+")
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar")
_SCHEME = pattern(r"(?:(?:git|hg|svn|bzr)\+)?[a-z][a-z0-9+.]*:", re.IGNORECASE)
_VCS = ("git+", "hg+", "svn+", "bzr+")
# git itself abbreviates to seven digits or more, and finds the commit by them.
_COMMIT = pattern(r"@[0-9a-f]{7,40}(?:$|[#?])", re.IGNORECASE)
_HASH = pattern(r"[#&](?:sha256|sha384|sha512)=[0-9a-f]{16,}", re.IGNORECASE)
_EGG = pattern(r"[#&]egg=([A-Za-z0-9._-]+)")
_WHEEL = pattern(r"([A-Za-z0-9_.]+)-(\d[^-]*)-[^/]*\.whl$")
_SDIST = pattern(r"([A-Za-z0-9_.-]+?)-v?(\d+(?:\.\d+)+[^-/]*?)(?:\.tar\.\w+|\.tgz|\.zip)$")
_ARCHIVE_COMMIT = pattern(r"/([0-9a-f]{40})(?:\.tar\.\w+|\.zip)?$", re.IGNORECASE)
_VERSIONED = pattern(r"/v?(\d+(?:\.\d+)+\w*)(?:\.tar\.\w+|\.tgz|\.zip)$")


# What is true of images. Of Python only what keeps off older ones, or those to come: tools write it
# behind all that a project needs (`python_version >= "3.11" and python_version < "4.0"`).
_HOLDS = pattern(
    r"sys_platform\s*==\s*['\"]linux2?['\"]|platform_system\s*==\s*['\"]Linux['\"]"
    r"|os_name\s*==\s*['\"]posix['\"]"
    r"|(?:sys_platform|platform_system|os_name)\s*!=\s*['\"](?:darwin|win32|Darwin|Windows|nt)['\"]"
    r"|python_(?:full_)?version\s*(?:>=?\s*['\"]3[\d.]*|<=?\s*['\"]4[\d.]*)['\"]"
)

_LONGEST = 4_096


class _Pin(NamedTuple):
    pinned: Fact[bool]
    version: str = ""
    name: str = ""
    hashed: bool = False


_LOOSE = _Pin(Known(value=False))


def normalise(name: str) -> str:
    """The name as PEP 503 compares it: `Flash_Attn` is `flash-attn`."""
    return _SEPARATORS.sub("-", name).lower()


def holds_in_images(marker: str) -> bool:
    """Whether a condition holds in an image of today: not one of older Pythons, or of machines."""
    said = (clause.strip("() \t") for clause in marker.split(" and "))
    return not marker.strip() or all(map(_HOLDS.fullmatch, said))


def is_path(text: str) -> bool:
    """Whether pip takes this for a path."""
    bare = text.partition("[")[0]
    return (
        text.startswith((".", "/", "~"))
        or (bare.endswith(_ARCHIVES) and "://" not in bare)
        or ("/" in bare and _SCHEME.match(bare) is None and "@" not in bare)
    )


def is_folder(text: str) -> bool:
    """Whether pip takes this for the folder of a project."""
    return is_path(text) and not text.endswith(_ARCHIVES)


def read_requirement(text: str, span: Span, raw: str) -> Requirement | None:
    """The requirement that a text is; None when it is none.

    A `$` in the text stands for something unknown: then `pinned` is unknown too, unless what is
    written settles it.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if _SCHEME.match(text):
        url, _, marker = text.partition(" ;")
        return _from_url(url.strip(), span, raw, marker.strip())
    if is_path(text):
        path = text.partition(" ;")[0].strip()
        found = _WHEEL.search(path.partition("[")[0])
        name, version = (normalise(found[1]), found[2]) if found else ("", "")
        pinned: Fact[bool] = Known(value=True)
        return Requirement(span, raw, name, version=version, pinned=pinned, local=True)
    head = _HEAD.fullmatch(text)
    if head is None:
        return Requirement(span, raw, "", pinned=UNKNOWN) if "$" in text else None
    return _named(head, span, raw)


def _named(head: re.Match[str], span: Span, raw: str) -> Requirement | None:
    name = normalise(head["name"])
    extras = _extras(head["extras"])
    rest = head["rest"].strip()
    if extras is None:
        return None
    if rest.startswith("@"):
        url, _, marker = rest[1:].partition(" ;")
        found = _from_url(url.strip(), span, raw, marker.strip())
        return found._replace(name=name, extras=extras) if found.url else None
    specifier, semicolon, marker = map(str.strip, rest.partition(";"))
    pin = _pin_of(specifier)
    if pin is None or (semicolon and not marker):
        return None
    return Requirement(
        span, raw, name, specifier, pin.version, pin.pinned, extras=extras, marker=marker
    )


def _extras(text: str | None) -> tuple[str, ...] | None:
    if not text or not text.strip():
        return ()
    names = tuple(part.strip() for part in text.split(","))
    if all(_IDENTIFIER.fullmatch(name) or "$" in name for name in names):
        return names
    return None


def _pin_of(specifier: str) -> _Pin | None:
    """What a specifier pins; None when it is not one."""
    if "$" in specifier:
        return _Pin(UNKNOWN)
    inner = specifier
    if inner[:1] == "(" and inner[-1:] == ")":
        inner = inner[1:-1].strip()
    pin = _LOOSE
    clauses = inner.removesuffix(",").split(",") if inner else []
    for clause in clauses:
        match = _CLAUSE.fullmatch(clause)
        if match is None:
            return None
        if match[1] in ("==", "===") and "*" not in match[2]:
            pin = _Pin(Known(value=True), match[2])
    return pin


def _from_url(url: str, span: Span, raw: str, marker: str) -> Requirement:
    pin = _pin_of_url(url)
    return Requirement(
        span,
        raw,
        normalise(pin.name),
        version=pin.version,
        pinned=pin.pinned,
        marker=marker,
        url=url,
        hashed=pin.hashed,
    )


def _pin_of_url(url: str) -> _Pin:
    egg = _EGG.search(url)
    name = egg[1] if egg else ""
    if _HASH.search(url):
        return _Pin(Known(value=True), _file_version(url).version, name, hashed=True)
    if url.lower().startswith(_VCS):
        if _COMMIT.search(url):
            return _Pin(Known(value=True), name=name)
        return _Pin(UNKNOWN if "$" in url else Known(value=False), name=name)
    if url.lower().startswith("file:"):
        return _Pin(Known(value=True), name=name)
    found = _file_version(url)
    return found._replace(name=name or found.name)


def _file_version(url: str) -> _Pin:
    path = url.partition("#")[0].partition("?")[0].replace("%2B", "+").replace("%2b", "+")
    if "$" in path:
        return _Pin(UNKNOWN)
    file = path.rpartition("/")[2]
    named = _WHEEL.search(file) or _SDIST.fullmatch(file)
    if named:
        return _Pin(Known(value=True), named[2], named[1])
    if _ARCHIVE_COMMIT.search(path):
        return _Pin(Known(value=True))
    versioned = _VERSIONED.search(path)
    return _Pin(Known(value=True), versioned[1]) if versioned else _LOOSE
