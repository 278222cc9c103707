"""Names of vulnerabilities and of packages, by which what several scanners say is laid together.

A vulnerability has a name in each list: `CVE-2024-3094`, `GHSA-rxwq-x6h5-x7hf`, `PYSEC-2024-1`,
`DEBIAN-CVE-2024-3094`. A bulletin (`DSA-5649-1`, `RHSA-2024:1`) is about several, and names none.
https://ossf.github.io/osv-schema/#id-modified-fields,
https://github.com/package-url/purl-spec/blob/main/PURL-SPECIFICATION.rst
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BULLETINS = (
    *("ALAS", "ALBA", "ALEA", "ALSA", "CESA", "DLA", "DSA", "DTSA", "ELBA", "ELSA", "FEDORA"),
    *("GLSA", "MGASA", "MINI-", "OESA", "OPENSUSE", "PHSA", "RHBA", "RHEA", "RHSA", "RLSA"),
    *("RXSA", "SUSE", "TEMP", "USN", "VSV"),
)
_OF_DISTRIBUTION = pattern(r"[A-Z]{2,20}-(CVE-\d{4}-\d{4,12})$")
_SEPARATORS = pattern(r"[-_.]{1,50}")
_SYSTEMS = frozenset(("alpm", "apk", "deb", "rpm"))
"""Types of packages that a distribution installs."""


class PackageKey(NamedTuple):
    """Which package, whoever names it: the type of its package URL, its name, its version."""

    type: str
    name: str
    version: str

    @property
    def of_system(self) -> bool:
        """Whether a distribution installed it."""
        return self.type in _SYSTEMS

    @property
    def url(self) -> str:
        """A package URL of it; of a distribution's package, that does not say whose."""
        return f"pkg:{self.type}/{self.name}@{self.version}" if self.type else ""


def aliases(name: str, others: Iterable[str]) -> tuple[str, ...]:
    """What else a vulnerability is called, without bulletins."""
    plain = (_plain(other) for other in others if not _is_bulletin(other))
    return tuple(one for one in dict.fromkeys(plain) if one and one != name)


def names_of(name: str, others: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The vulnerabilities that a record is about: each by its CVE number where it has one.

    A bulletin about several is each of them; one that names none is itself.
    """
    known = aliases("", (name, *others))
    numbers = [one for one in known if one.startswith("CVE-")]
    rest = tuple(one for one in known if not one.startswith("CVE-"))
    for number in numbers:
        yield number, rest
    if not numbers:
        first = _plain(name)
        yield first, tuple(one for one in rest if one != first)


def _plain(name: str) -> str:
    """The name without the distribution in front that published it."""
    found = _OF_DISTRIBUTION.match(name)
    return found[1] if found else name


def _is_bulletin(name: str) -> bool:
    return name.upper().startswith(_BULLETINS)


def package_key(url: str, name: str, version: str, kind: str = "") -> PackageKey:
    """The key of a package by its URL, or without one by its name and `kind`, a type of URL."""
    if url.startswith("pkg:"):
        path = url.removeprefix("pkg:").partition("#")[0].partition("?")[0].strip("/")
        kind, _, rest = path.partition("/")
        kind = kind.lower()
        before, at, after = rest.rpartition("@")
        rest, version = (before, version or unquote(after)) if at else (rest, version)
        name = unquote(rest)
    if kind in _SYSTEMS:
        name = name.rpartition("/")[2]
    name = name.replace(":", "/") if kind == "maven" else name
    name = _SEPARATORS.sub("-", name) if kind == "pypi" else name
    return PackageKey(kind, name.lower(), version.removeprefix("v").removeprefix("0:"))
