"""What Grype says of an image: its JSON report.

https://github.com/anchore/grype/blob/main/grype/presenter/models/document.go, match.go,
vulnerability.go, vulnerability_metadata.go, package.go, source.go; the state of the database is in
`descriptor.db` (cmd/grype/cli/commands/root.go). Read from the sources of 0.88 to 0.116: it was not
tried with the program itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.opinions.identifiers import names_of, package_key
from imagelint.documents.image.opinions.opinion import (
    ANYWHERE,
    KINDS,
    Compared,
    Opinion,
    demanded,
    entries,
    rated,
)
from imagelint.documents.image.vulnerabilities import ScanFacts, Status, Vulnerability, link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source

NAME = "Grype"
_STATUS = {
    "fixed": Status.FIXED,
    "not-fixed": Status.AFFECTED,
    "wont-fix": Status.WILL_NOT_FIX,
}
# Its names of packages without a URL (syft/pkg/type.go).
_TYPES = {
    "dotnet": "nuget",
    "go-module": "golang",
    "java-archive": "maven",
    "php-composer": "composer",
    "python": "pypi",
    "rust-crate": "cargo",
}
_MATCHED = frozenset(KINDS)
_UNRATED = ("", "unknown")
_SYSTEMS = frozenset(("alpm", "apk", "deb", "rpm"))
_MODERN_SCORES = ("3", "4")
_LONGEST_TITLE = 120


def parse_grype(source: Source, facts: ScanFacts) -> Opinion:
    """The opinion that a report is.

    Raises:
        DocumentError: half a report, another program's, about something else, or without database.
    """
    report = read_json(source.text)
    if isinstance(report, str):
        raise DocumentError(ProblemKind.UNPARSABLE, f"{NAME}'s report {report}")
    _demand_shape(report, bill=facts.bill)
    distro, packages = report["distro"], report["matches"]
    system = f"{distro['name'].text} {distro['version'].text}".strip()
    found = [one for match in entries(packages, "matches", NAME) for one in _vulnerabilities(match)]
    types = _MATCHED | _SYSTEMS if system else _MATCHED
    return Opinion(
        NAME,
        facts.version or report["descriptor"]["version"].text,
        _database(report),
        tuple(dict.fromkeys(found)),
        Compared(types),
        system=system,
        image_id=report["source"]["target"]["imageID"].text,
        suppressed=sum(1 for _ in report["ignoredMatches"].items()),
    )


def _demand_shape(report: JsonView, *, bill: bool) -> None:
    named = report["descriptor"]["name"].text
    if named != "grype":
        detail = f"is not {NAME}'s report, but one of {named or 'nobody'}"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    kind, asked = report["source"]["type"].text, "sbom-file" if bill else "image"
    if kind not in ((asked, "image") if bill else (asked,)):
        # A bill that Syft wrote says itself that it is about an image.
        detail = f"is {NAME}'s report about a thing of the type {kind or 'unknown'}, not {asked}"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    state = _state(report)
    fault = state["error"].text
    if not fault and state["valid"].score == 0:
        fault = "it says itself that it is not valid"
    if fault:
        detail = f"{NAME}'s database cannot be used: {fault}"
        raise DocumentError(ProblemKind.TOOL_FAILED, detail)


def _state(report: JsonView) -> JsonView:
    database = report["descriptor"]["db"]
    return database["status"] if database["status"].is_object else database


def _database(report: JsonView) -> str:
    return _state(report)["built"].text


def _vulnerabilities(match: JsonView) -> Iterator[Vulnerability]:
    """What a match is about: a bulletin is each vulnerability that it names."""
    about, package = match["vulnerability"], match["artifact"]
    id_ = demanded(about["id"], "vulnerability.id", NAME)
    name = demanded(package["name"], "artifact.name", NAME)
    related = [one["id"].text for one in match["relatedVulnerabilities"].items()]
    word = about["severity"].text
    severity, is_rated = rated(word)
    if not is_rated and word.lower() not in _UNRATED:
        detail = f"{NAME}'s report has a severity that is none: `{word}`"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    kind = package["type"].text
    key = package_key(package["purl"].text, name, package["version"].text, _TYPES.get(kind, kind))
    place = next(package["locations"].items(), package["locations"])
    path = place["path"].text.lstrip("/")
    for each, others in names_of(id_, related):
        yield Vulnerability(
            ANYWHERE,
            id=each,
            package=name,
            installed=package["version"].text,
            fixed=", ".join(about["fix"]["versions"].texts()),
            severity=severity,
            rated=is_rated,
            status=_STATUS.get(about["fix"]["state"].text, Status.UNKNOWN),
            cvss=_score(about["cvss"]),
            purl=package["purl"].text or key.url,
            title=_title(about["description"].text),
            url=link(about["dataSource"].text),
            target=path,
            layer=place["layerID"].text,
            path=path,
            kind=KINDS.get(key.type, key.type),
            of_system=key.of_system,
            aliases=others,
        )


def _score(view: JsonView) -> float | None:
    scores = (
        one["metrics"]["baseScore"].number
        for one in view.items()
        if one["version"].text.startswith(_MODERN_SCORES)
    )
    return max((score for score in scores if score is not None), default=None)


def _title(description: str) -> str:
    if len(description) <= _LONGEST_TITLE:
        return description
    return f"{description[:_LONGEST_TITLE].rstrip()}…"
