"""What Trivy found in an image, and what it did not look at.

Read is Trivy's JSON report of schema version 2. What the report does not say (when it was taken,
with which database, which files were left out) comes with it as `ScanFacts`; a report from Trivy's
server mode says it itself, and one that was stored with what was known beside it says that under
`Imagelint`.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source, Span
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.image.coverage import (
    Looked,
    Unscanned,
    UnscannedPackages,
    system_of,
    unscanned,
)
from imagelint.documents.image.exploits import Exploits, hours_between, stored_exploits
from imagelint.documents.image.image import NOWHERE, image_config
from imagelint.documents.image.jsonview import JsonView, plain, read_json
from imagelint.documents.image.opinions.identifiers import aliases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.image.config import ImageConfig

SCHEMA_VERSION = 2
_IMAGES, _BILLS = ("container_image",), ("cyclonedx", "spdx")
_SEVERITIES = {str(severity).upper(): severity for severity in Severity}
_UNRATED = "UNKNOWN"
_MODIFIED = "ExperimentalModifiedFindings"  # what an ignore file or VEX has it leave out


class Status(Enum):
    """What the distribution or project says about a vulnerability."""

    UNKNOWN = "unknown"
    NOT_AFFECTED = "not_affected"
    AFFECTED = "affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"
    WILL_NOT_FIX = "will_not_fix"
    FIX_DEFERRED = "fix_deferred"
    END_OF_LIFE = "end_of_life"


class Vulnerability(NamedTuple):
    """One vulnerability of one installed package.

    `rated` is false when no source has given a severity yet; `severity` is then medium. `fixed`
    lists the versions with the fix, empty without one. `cvss` is the highest version 3 or 4 base
    score (0 to 10) of any source, `layer` the digest of the layer that holds the package, `path`
    where a reader finds it: the package's file, or the target that Trivy names.

    `kind` is the type of the package as Trivy calls it (`debian`, `python-pkg`), `of_system` tells
    whether the distribution installed it. `published` is when it was published, `days` how many
    whole days that was before the scan, empty and None when nobody knows. `exploited` is the day
    since when it is known to be exploited, `epss` the probability (0 to 1) that it soon will be.
    `aliases` are what others call it, `reporters` the scanners that report it, where several ran.
    """

    span: Span
    id: str
    package: str
    installed: str
    fixed: str
    severity: Severity
    rated: bool
    status: Status
    cvss: float | None
    purl: str
    title: str
    url: str
    target: str
    layer: str
    path: str
    kind: str = ""
    of_system: bool = False
    published: str = ""
    days: int | None = None
    exploited: str = ""
    epss: float | None = None
    aliases: tuple[str, ...] = ()
    reporters: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What stays the same when the image is built again: for baselines."""
        name, _, _ = self.purl.partition("@")
        return f"{self.id} {name or self.package}"


class DatabaseInfo(NamedTuple):
    """The vulnerability database of a scan. `age` in hours, negative for a date in the future.

    `updated` is RFC 3339, empty when nobody knows; then `age` is None. `scanner` is who has it,
    empty for the one that leads.
    """

    span: Span
    updated: str
    age: float | None
    path: str = "vulnerability database"
    scanner: str = ""


class ScanFacts(NamedTuple):
    """How the scan was made: by which version of Trivy, when, with the database of which time.

    Times are RFC 3339. `skipped` are globs of files that were left out. `label` stands before the
    place of everything in one of several images: `linux/arm64: `. `found` is whether Trivy's code
    says that it found something (None: nobody knows), `unreadable` the files that it did not
    understand, `advised` what its database has advisories for, `exploits` what is exploited. With
    `bill`, a bill of materials was scanned, and not the image. `databases` are those by ecosystem,
    with the time of each, where there is more than one. `unverified` is the digest of what attaches
    the bill, where nobody verified who wrote it.
    """

    version: str = ""
    taken: str = ""
    database: str = ""
    skipped: tuple[str, ...] = ()
    label: str = ""
    found: bool | None = None
    unreadable: tuple[str, ...] = ()
    advised: tuple[str, ...] | None = None
    exploits: Exploits = Exploits()
    bill: bool = False
    databases: tuple[tuple[str, str], ...] = ()
    unverified: str = ""


_NO_FACTS = ScanFacts()


class Scanned(NamedTuple):
    """What was scanned, in Trivy's words.

    `digest` is that of the reference in the registry, empty for layouts; `image_id` the digest of
    the configuration; `system` the distribution (`alpine 3.22.1`), empty when none was recognised;
    `packages` counts all that are listed, `layers` are digest and diff id of each, in order,
    `diff_ids` all names of layers that stand elsewhere in the report;
    `results` is where Trivy lists them, None where another scanner leads.
    """

    digest: str = ""
    image_id: str = ""
    system: str = ""
    packages: int = 0
    config: ImageConfig | None = None
    layers: tuple[tuple[str, str], ...] = ()
    diff_ids: tuple[str, ...] = ()
    results: JsonView | None = None


class VulnerabilityReport(Document):
    """The vulnerabilities of one image. It has no text: nodes are found by their path."""

    kind = "vulnerabilities"
    __slots__ = ("database", "facts", "further", "scanned", "unscanned", "vulnerabilities")

    def __init__(
        self,
        origin: str,
        facts: ScanFacts,
        scanned: Scanned,
        database: DatabaseInfo,
        packages: tuple[tuple[UnscannedPackages, ...], tuple[Vulnerability, ...]],
    ) -> None:
        super().__init__(Source(origin, ""))
        self.facts = facts
        self.scanned = scanned
        self.database = database
        self.unscanned, self.vulnerabilities = packages
        self.further: tuple[Node, ...] = ()

    def joined(
        self, vulnerabilities: Iterable[Vulnerability], further: Iterable[Node]
    ) -> VulnerabilityReport:
        """The same scan with what several scanners report, and what else is to be said of them."""
        found = (self.unscanned, worst_first(vulnerabilities))
        origin = self.source.origin
        report = VulnerabilityReport(origin, self.facts, self.scanned, self.database, found)
        report.further = tuple(further)
        return report

    def noting(self, unscanned: Iterable[UnscannedPackages]) -> VulnerabilityReport:
        """The same scan, of which more is known that was never compared."""
        report = self.joined(self.vulnerabilities, self.further)
        report.unscanned = (*self.unscanned, *unscanned)
        return report

    @property
    def digest(self) -> str:
        """The digest that Trivy says it scanned; empty when it does not say."""
        return self.scanned.digest

    def nodes(self) -> Iterator[Node]:
        """The databases, what was not matched, then vulnerabilities, the worst first."""
        yield self.database
        yield from self.facts.exploits.aged(self.facts.taken)
        label = self.facts.label
        yield from self.further
        for packages in self.unscanned:
            yield packages._replace(path=f"{label}{packages.path}") if label else packages
        for one in self.vulnerabilities:
            yield one._replace(path=f"{label}{one.path}") if label else one


def parse_vulnerabilities(source: Source, facts: ScanFacts = _NO_FACTS) -> VulnerabilityReport:
    """The report that a text holds; findings will name `source.origin`, which is an image.

    Raises:
        DocumentError: half a report, another format, or another version of the schema.
    """
    report = read_json(source.text)
    if isinstance(report, str):
        raise DocumentError(ProblemKind.UNPARSABLE, f"Trivy's report {report}")
    version = report["SchemaVersion"].number
    if version != SCHEMA_VERSION:
        said = "has no schema version" if version is None else f"has schema version {version:g}"
        detail = f"Trivy's report {said}, not {SCHEMA_VERSION}"
        raise DocumentError(ProblemKind.UNPARSABLE, detail, help="use Trivy 0.20 or later")
    if report["ArtifactType"].text not in (_BILLS if facts.bill else _IMAGES):
        detail = f"is Trivy's report about a {report['ArtifactType'].text or 'thing without type'}"
        raise DocumentError(ProblemKind.UNPARSABLE, detail, help="scan with `trivy image`")
    _demand_shape(report)
    tool, beside = report["Trivy"], report["Imagelint"]
    facts = facts._replace(
        version=facts.version or tool["Version"].text,
        taken=facts.taken or report["CreatedAt"].text,
        database=facts.database or tool["Server"]["VulnerabilityDB"]["UpdatedAt"].text,
        unreadable=facts.unreadable or beside["unreadable"].texts(),
        advised=beside["advised"].texts()
        if facts.advised is None and beside["advised"].is_array
        else facts.advised,
        exploits=facts.exploits.joined(stored_exploits(beside["exploits"])),
    )
    found = _vulnerabilities(report, facts)
    if facts.found is not None and facts.found != bool(found):
        said = "it found something" if facts.found else "it found nothing"
        detail = f"Trivy says that {said}, its report lists {len(found)} vulnerabilities"
        raise DocumentError(ProblemKind.TOOL_FAILED, detail)
    looked = Looked(facts.skipped, facts.unreadable, facts.advised)
    return VulnerabilityReport(
        source.origin,
        facts,
        _scanned(report),
        database_info(facts.database, facts.taken),
        ((*_unverified(facts), *unscanned(report, looked)), found),
    )


def _unverified(facts: ScanFacts) -> Iterator[UnscannedPackages]:
    if facts.unverified:
        yield UnscannedPackages(NOWHERE, Unscanned.UNVERIFIED_LIST, (), facts.unverified[:19])


def _demand_shape(report: JsonView) -> None:
    """Everything that we look for is where we look for it: nothing hides in another form.

    Raises:
        DocumentError: something is not.
    """
    for result in _objects(report["Results"], "Results"):
        for key, named in (("Vulnerabilities", "VulnerabilityID"), ("Packages", "Name")):
            for one in _objects(result[key], key):
                if not one[named].text:
                    detail = f"an entry of `{key}` in Trivy's report has no `{named}`"
                    raise DocumentError(ProblemKind.UNPARSABLE, detail)
        for one in result["Vulnerabilities"].items():
            rating = one["Severity"]
            if not (rating.is_absent or rating.text in _SEVERITIES or rating.text == _UNRATED):
                detail = f"Trivy's report has a severity that is none: `{plain(rating.text)}`"
                raise DocumentError(ProblemKind.UNPARSABLE, detail)
        for one in _objects(result[_MODIFIED], _MODIFIED):
            which = plain(one["Finding"]["VulnerabilityID"].text) or "something"
            detail = f"Trivy hides {which} by somebody's word, and was asked to hide nothing"
            raise DocumentError(ProblemKind.TOOL_FAILED, detail)


def _objects(view: JsonView, what: str) -> Iterator[JsonView]:
    if not (view.is_absent or view.is_array):
        raise DocumentError(ProblemKind.UNPARSABLE, f"`{what}` in Trivy's report is no list")
    for one in view.items():
        if not one.is_object:
            detail = f"an entry of `{what}` in Trivy's report is no object"
            raise DocumentError(ProblemKind.UNPARSABLE, detail)
        yield one


def _scanned(report: JsonView) -> Scanned:
    metadata = report["Metadata"]
    config = metadata["ImageConfig"]
    return Scanned(
        next((name.rpartition("@")[2] for name in metadata["RepoDigests"].texts()), ""),
        metadata["ImageID"].text,
        system_of(report),
        sum(1 for result in report["Results"].items() for _ in result["Packages"].items()),
        image_config(config) if config.is_object else None,
        layers=tuple(
            (layer["Digest"].text, layer["DiffID"].text) for layer in metadata["Layers"].items()
        ),
        diff_ids=(*metadata["DiffIDs"].texts(), *config["rootfs"]["diff_ids"].texts()),
        results=report["Results"],
    )


def database_info(updated: str, taken: str) -> DatabaseInfo:
    """A database that was updated then, in a scan that was taken then; RFC 3339, or empty."""
    age = hours_between(updated, taken)
    return DatabaseInfo(NOWHERE, "" if age is None else updated, age)


def _vulnerabilities(report: JsonView, facts: ScanFacts) -> tuple[Vulnerability, ...]:
    system = system_of(report)
    found = {
        known(_vulnerability(one, result, system), facts)
        for result in report["Results"].items()
        for one in result["Vulnerabilities"].items()
    }
    return worst_first(found)


def worst_first(found: Iterable[Vulnerability]) -> tuple[Vulnerability, ...]:
    """Vulnerabilities in the order of reports."""
    return tuple(sorted(found, key=lambda one: (-one.severity, one.id, one.package, *one[9:15])))


def known(one: Vulnerability, facts: ScanFacts) -> Vulnerability:
    """A vulnerability with what is known of it beside the scanner's report."""
    hours = hours_between(one.published, facts.taken) if one.published else None
    names, exploits = (one.id, *one.aliases), facts.exploits
    return one._replace(
        days=None if hours is None else max(0, int(hours // 24)),
        exploited=next((exploits.known[name] for name in names if name in exploits.known), ""),
        epss=next((exploits.scores[name] for name in names if name in exploits.scores), None),
    )


def _vulnerability(view: JsonView, result: JsonView, system: str) -> Vulnerability:
    of_system = _of_system(result)
    target = system if of_system else result["Target"].text
    severity = _SEVERITIES.get(view["Severity"].text)
    return Vulnerability(
        NOWHERE,
        id=view["VulnerabilityID"].text,
        package=view["PkgName"].text,
        installed=view["InstalledVersion"].text,
        fixed=view["FixedVersion"].text,
        severity=severity or Severity.MEDIUM,
        rated=severity is not None,
        status=_status(view["Status"].text),
        cvss=_score(view["CVSS"]),
        purl=view["PkgIdentifier"]["PURL"].text,
        title=view["Title"].text,
        url=link(view["PrimaryURL"].text),
        target=target,
        layer=view["Layer"]["Digest"].text,
        path=view["PkgPath"].text or target,
        kind=result["Type"].text,
        of_system=of_system,
        published=view["PublishedDate"].text,
        aliases=aliases(view["VulnerabilityID"].text, view["VendorIDs"].texts()),
    )


def _status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError:
        return Status.UNKNOWN


def _score(view: JsonView) -> float | None:
    scores = (
        source[version].number for _, source in view.pairs() for version in ("V3Score", "V40Score")
    )
    return max((score for score in scores if score is not None), default=None)


def link(text: str) -> str:
    """An address that a reader may follow; empty for anything else."""
    return text if text.startswith(("https://", "http://")) else ""


def _of_system(result: JsonView) -> bool:
    return result["Class"].text == "os-pkgs"
