"""What of an image was listed, or not even listed, but never compared with any advisory.

A scanner says nothing about what it does not know: that looks the same as "nothing found".
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.image.jsonview import JsonView

_NOWHERE = Span(0, 0)
_NO_SYSTEM = "none"
_NO_VERSIONS = ("", "(devel)", "UNKNOWN")
_NO_ADVISORIES = frozenset(("data-source", "metadata", "vulnerability"))
"""Buckets of a database that hold no advisories themselves."""

# https://github.com/aquasecurity/trivy/blob/main/pkg/detector/library/driver.go
_ECOSYSTEMS = {
    "cargo": ("cargo", "rust-binary"),
    "composer": ("composer", "composer-vendor"),
    "conan": ("conan",),
    "erlang": ("hex",),
    "go": ("gobinary", "gomod"),
    "maven": ("gradle", "jar", "pom", "sbt"),
    "npm": ("bun", "javascript", "node-pkg", "npm", "pnpm", "yarn"),
    "nuget": ("dotnet-core", "nuget", "packages-props"),
    "pip": ("pip", "pipenv", "poetry", "pylock", "python-pkg", "uv"),
    "pub": ("pub",),
    "rubygems": ("bundler", "gemspec"),
    "swift": ("swift",),
    "bitnami": ("bitnami",),
    "k8s": ("kubernetes",),
    "julia": ("julia",),
}
_UNSUPPORTED = frozenset(("cocoapods",))
_ECOSYSTEM_OF = {kind: name for name, kinds in _ECOSYSTEMS.items() for kind in kinds}
# How buckets begin that are not called as their system is (pkg/vulnsrc of trivy-db).
_BUCKETS = {
    "amazon": "amazon linux",
    "azurelinux": "azure linux",
    "centos": "red hat",
    "opensuse": "opensuse",
    "oracle": "oracle linux",
    "photon": "photon os",
    "redhat": "red hat",
    "sle": "suse linux enterprise",
    "suse": "suse linux enterprise",
}


class Unscanned(Enum):
    """Why packages or files were not matched against the database."""

    THIRD_PARTY = "third-party"  # of a vendor whose advisories Trivy does not read
    CONDA = "conda"
    END_OF_LIFE = "end-of-life"  # the distribution gets no advisories any more
    NO_DISTRIBUTION = "no-distribution"  # packages of the system could not be listed
    UNKNOWN_SYSTEM = "unknown-system"  # there are packages, of a system that nobody knows
    NO_PACKAGES = "no-packages"  # a system that is known, without a single package
    UNKNOWN_RELEASE = "unknown-release"  # the database has no advisories for this system
    NO_ADVISORIES = "no-advisories"  # nor for packages of this kind
    EMPTY_DATABASE = "empty-database"
    NO_VERSION = "no-version"  # packages that do not say which version they are
    UNREADABLE = "unreadable"  # files of packages that the scanner did not understand
    SKIPPED = "skipped"  # left out by us: weights and the like
    UNVERIFIED_LIST = "unverified-list"  # only what somebody lists, and nobody verified who
    UNLISTED = "unlisted"  # the image says that they are installed, the scanner does not list them
    UNCOMPARED = "uncompared"  # a list of the image that could not be held against the scanner's
    OTHER_SYSTEM = "other-system"  # the scanner took the image for another than it says
    NO_SECOND_OPINION = "no-second-opinion"  # matched by one scanner, and not by a further one


class UnscannedPackages(NamedTuple):
    """What was listed in the image, or left out, but never matched: silence proves nothing here.

    `names` are sorted, each once: packages as `name version`, or files, or globs of files.
    """

    span: Span
    reason: Unscanned
    names: tuple[str, ...]
    detail: str = ""
    path: str = ""


class Looked(NamedTuple):
    """What is known of a scan beside its report: globs left out, unreadable files, buckets."""

    skipped: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    advised: tuple[str, ...] | None = None


def system_of(report: JsonView) -> str:
    """The distribution, as `alpine 3.22.1`; empty when none was recognised."""
    system = report["Metadata"]["OS"]
    family = system["Family"].text
    return "" if family == _NO_SYSTEM else f"{family} {system['Name'].text}".strip()


def unscanned(report: JsonView, looked: Looked) -> Iterator[UnscannedPackages]:
    """Every hole in what a scan covers."""
    found = (*_of_system(report, looked), *_of_kinds(report, looked), *_of_packages(report))
    for reason, names, detail in (
        *found,
        (Unscanned.UNREADABLE, looked.unreadable, ""),
        (Unscanned.SKIPPED, looked.skipped, ""),
    ):
        if names or reason in _WITHOUT_NAMES:
            yield UnscannedPackages(_NOWHERE, reason, tuple(sorted(set(names))), detail)
    yield from _known_beside(report["Imagelint"]["unscanned"])


_BESIDE = {
    one.value: one for one in (Unscanned.UNLISTED, Unscanned.UNCOMPARED, Unscanned.OTHER_SYSTEM)
}


def _known_beside(stored: JsonView) -> Iterator[UnscannedPackages]:
    """What the image itself said, of a report that was stored: `reason`, `names` and `detail`."""
    for one in stored.items():
        reason = _BESIDE.get(one["reason"].text)
        if reason is not None:
            names = tuple(sorted(one["names"].texts()))
            yield UnscannedPackages(_NOWHERE, reason, names, one["detail"].text)


_Hole = tuple[Unscanned, tuple[str, ...], str]
_WITHOUT_NAMES = frozenset(
    (
        *(Unscanned.NO_DISTRIBUTION, Unscanned.UNKNOWN_SYSTEM, Unscanned.NO_PACKAGES),
        *(Unscanned.END_OF_LIFE, Unscanned.EMPTY_DATABASE),
    )
)


def _of_system(report: JsonView, looked: Looked) -> Iterator[_Hole]:
    name = system_of(report)
    system = report["Metadata"]["OS"]
    packages = [one for result in report["Results"].items() for one in _listed(result, "os-pkgs")]
    if system["Family"].text == _NO_SYSTEM:
        yield Unscanned.UNKNOWN_SYSTEM, (), ""
    elif not name:
        yield Unscanned.NO_DISTRIBUTION, (), ""
    elif system["EOSL"].flag:
        yield Unscanned.END_OF_LIFE, names_of_packages(packages), name
    if name and not packages:
        yield Unscanned.NO_PACKAGES, (), name
    if looked.advised is not None and not set(looked.advised) - _NO_ADVISORIES:
        yield Unscanned.EMPTY_DATABASE, (), ""
    elif looked.advised is not None and name and not _is_advised(system, looked.advised):
        yield Unscanned.UNKNOWN_RELEASE, names_of_packages(packages), name
    foreign = (one for one in packages if one["Repository"]["Class"].text == "third-party")
    yield Unscanned.THIRD_PARTY, names_of_packages(foreign), name


def _is_advised(system: JsonView, advised: tuple[str, ...]) -> bool:
    """Whether a database has advisories for a release: `alpine 3.22` for an Alpine 3.22.1."""
    family, release = system["Family"].text.casefold(), system["Name"].text.casefold()
    start = next((begin for key, begin in _BUCKETS.items() if family.startswith(key)), family)
    for bucket in map(str.casefold, advised):
        rest = bucket.removeprefix(start).strip()
        if bucket.startswith(start) and (
            not rest or f"{release}.".startswith(f"{rest}.") or rest.startswith(f"{release}.")
        ):
            return True
    return False


def _of_kinds(report: JsonView, looked: Looked) -> Iterator[_Hole]:
    """Packages of languages for which nobody has advisories."""
    conda: list[str] = []
    others: dict[str, list[str]] = {}
    for result in report["Results"].items():
        kind, names = result["Type"].text, names_of_packages(_listed(result, "lang-pkgs"))
        if kind.startswith("conda"):
            conda += names
        elif kind and not _is_known(kind, looked.advised):
            others.setdefault(kind, []).extend(names)
    yield Unscanned.CONDA, tuple(conda), ""
    for kind, found in others.items():
        yield Unscanned.NO_ADVISORIES, tuple(found), kind


def _is_known(kind: str, advised: tuple[str, ...] | None) -> bool:
    ecosystem = _ECOSYSTEM_OF.get(kind)
    if kind in _UNSUPPORTED:
        return False
    if advised is None or not set(advised) - _NO_ADVISORIES:
        return True  # nobody can tell, or the whole database is said to be empty
    # Of a kind that is new to us, nobody can tell.
    return ecosystem is None or any(name.startswith(f"{ecosystem}::") for name in advised)


def _of_packages(report: JsonView) -> Iterator[_Hole]:
    nameless = (
        one
        for result in report["Results"].items()
        for one in result["Packages"].items()
        if one["Version"].text in _NO_VERSIONS
    )
    yield Unscanned.NO_VERSION, names_of_packages(nameless), ""


def _listed(result: JsonView, kind: str) -> Iterator[JsonView]:
    if result["Class"].text == kind:
        yield from result["Packages"].items()


def names_of_packages(packages: Iterable[JsonView]) -> tuple[str, ...]:
    """Packages of Trivy's report as `name version`, each once."""
    return tuple(sorted({f"{one['Name'].text} {version_of(one)}".strip() for one in packages}))


def version_of(package: JsonView) -> str:
    """The version as package managers write it: Trivy takes it apart."""
    release = package["Release"].text
    return f"{package['Version'].text}-{release}" if release else package["Version"].text
