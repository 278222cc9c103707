"""What OSV-Scanner says of a bill of materials: its JSON output, version 2.

https://github.com/google/osv-scanner/blob/main/pkg/models/results.go, docs/output.md; records are
those of https://ossf.github.io/osv-schema/. Read from the sources of 2.1 to 2.5: it was not tried
with the program itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.opinions.identifiers import PackageKey, names_of, package_key
from imagelint.documents.image.opinions.opinion import (
    ANYWHERE,
    KINDS,
    Compared,
    Opinion,
    demanded,
    entries,
    rated,
)
from imagelint.documents.image.vulnerabilities import ScanFacts, Status, Vulnerability

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source

NAME = "OSV-Scanner"

# https://ossf.github.io/osv-schema/#defined-ecosystems
_TYPES = {
    "AlmaLinux": "rpm",
    "Alpine": "apk",
    "Azure Linux": "rpm",
    "Chainguard": "apk",
    "ConanCenter": "conan",
    "Debian": "deb",
    "Echo": "deb",
    "Go": "golang",
    "Hex": "hex",
    "Maven": "maven",
    "MinimOS": "apk",
    "NuGet": "nuget",
    "Packagist": "composer",
    "Photon OS": "rpm",
    "Pub": "pub",
    "PyPI": "pypi",
    "Red Hat": "rpm",
    "Rocky Linux": "rpm",
    "RubyGems": "gem",
    "SUSE": "rpm",
    "Ubuntu": "deb",
    "Wolfi": "apk",
    "crates.io": "cargo",
    "npm": "npm",
    "openEuler": "rpm",
    "openSUSE": "rpm",
}
_OF_RELEASES = frozenset(
    ("AlmaLinux", "Alpine", "Debian", "Red Hat", "Rocky Linux", "SUSE", "Ubuntu", "openSUSE")
)
"""Systems whose advisories are by release: without one, nothing is compared."""
_CRITICAL, _HIGH, _MEDIUM = 9.0, 7.0, 4.0


def parse_osv(source: Source, facts: ScanFacts) -> Opinion:
    """The opinion that an output is.

    Raises:
        DocumentError: half an output, another shape, or one that contradicts the exit code.
    """
    report = read_json(source.text)
    if isinstance(report, str):
        raise DocumentError(ProblemKind.UNPARSABLE, f"{NAME}'s report {report}")
    found: list[Vulnerability] = []
    listed: set[PackageKey] = set()
    used: set[str] = set()
    for result in entries(report["results"], "results", NAME):
        for entry in entries(result["packages"], "packages", NAME):
            ecosystem, _, release = entry["package"]["ecosystem"].text.partition(":")
            key = _key(entry["package"], ecosystem)
            found += _vulnerabilities(entry, key)
            used.add(ecosystem)
            if key.type and (release or ecosystem not in _OF_RELEASES):
                listed.add(key)
    if facts.found is not None and facts.found != bool(found):
        said = "it found something" if facts.found else "it found nothing"
        detail = f"{NAME} says that {said}, its report lists {len(found)} vulnerabilities"
        raise DocumentError(ProblemKind.TOOL_FAILED, detail)
    times = [time for name, time in facts.databases if name in used]
    return Opinion(
        NAME,
        facts.version,
        min(times, default=""),
        tuple(dict.fromkeys(found)),
        Compared(frozenset(key.type for key in listed), frozenset(listed), looks=False),
        packages=len(listed),
    )


def _key(package: JsonView, ecosystem: str) -> PackageKey:
    name = package["os_package_name"].text or demanded(package["name"], "package.name", NAME)
    return package_key("", name, package["version"].text, _TYPES.get(ecosystem, ""))


def _vulnerabilities(entry: JsonView, key: PackageKey) -> Iterator[Vulnerability]:
    records = entry["vulnerabilities"]
    if records.is_absent:
        return
    scores = {
        id_: group["max_severity"].text
        for group in entry["groups"].items()
        for id_ in group["ids"].texts()
    }
    package = entry["package"]
    for record in entries(records, "vulnerabilities", NAME):
        id_ = demanded(record["id"], "id", NAME)
        if record["withdrawn"].text:
            continue
        score = _number(scores.get(id_, ""))
        severity, is_rated = _severity(record, score)
        fixed = ", ".join(dict.fromkeys(_fixes(record, package)))
        others = (*record["aliases"].texts(), *record["upstream"].texts())
        for each, rest in names_of(id_, others):
            yield Vulnerability(
                ANYWHERE,
                id=each,
                package=package["os_package_name"].text or package["name"].text,
                installed=package["version"].text,
                fixed=fixed,
                severity=severity,
                rated=is_rated,
                status=Status.FIXED if fixed else Status.AFFECTED,
                cvss=score,
                purl=key.url,
                title=record["summary"].text,
                url=f"https://osv.dev/vulnerability/{id_}",
                target="",
                layer="",
                path="",
                kind=KINDS.get(key.type, key.type),
                of_system=key.of_system,
                published=record["published"].text,
                aliases=rest,
            )


def _severity(record: JsonView, score: float | None) -> tuple[Severity, bool]:
    """By the word of the advisory's database (GitHub's has one), else by the group's score."""
    word = record["database_specific"]["severity"].text
    if word:
        return rated(word)
    if score is None:
        return Severity.MEDIUM, False
    limits = ((_CRITICAL, Severity.CRITICAL), (_HIGH, Severity.HIGH), (_MEDIUM, Severity.MEDIUM))
    return next((each for least, each in limits if score >= least), Severity.LOW), True


def _number(text: str) -> float | None:
    try:
        score = float(text)
    except ValueError:
        return None
    return score if 0 < score <= 10 else None  # noqa: PLR2004 - CVSS ends with 10


def _fixes(record: JsonView, package: JsonView) -> Iterator[str]:
    """The versions with a fix, for the package and its release: a record may be about several."""
    ecosystem = package["ecosystem"].text
    meant = (ecosystem, ecosystem.partition(":")[0])
    name = _named(package, meant[1])
    for affected in record["affected"].items():
        about = affected["package"]
        if about["ecosystem"].text not in meant or _named(about, meant[1]) != name:
            continue
        for each in affected["ranges"].items():
            if each["type"].text != "GIT":
                yield from filter(None, (event["fixed"].text for event in each["events"].items()))


def _named(package: JsonView, ecosystem: str) -> str:
    return package_key("", package["name"].text, "", _TYPES.get(ecosystem, "")).name
