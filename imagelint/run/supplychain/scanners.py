"""Which scanners look at an image, and what they say of it together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.registry.resolve import another, contradiction
from imagelint.collect.scanners.scanner import Question
from imagelint.collect.scanners.trivy import TrivyScanner
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.vulnerabilities import VulnerabilityReport, parse_vulnerabilities
from imagelint.run.images import program_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.collect.scanners.scanner import Scan, Scanner
    from imagelint.documents.image.boms import BillOfMaterials
    from imagelint.documents.image.exploits import Exploits
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.opinions.merge import Listing
    from imagelint.documents.image.opinions.opinion import Opinion
    from imagelint.documents.image.releases import ReleaseRules
    from imagelint.documents.image.vulnerabilities import Vulnerability
    from imagelint.run.images import ImageRequest

TRIVY = "trivy"
Evidence = tuple[tuple[str, str], ...]


class Subject(NamedTuple):
    """What is scanned: an image, or a bill of materials that stands for it; and what is known.

    `exploits` are listed as exploited, `harmless` tells what somebody says does no harm.
    """

    target: ImageTarget
    bill: BillOfMaterials | None
    exploits: Exploits
    harmless: Callable[[Vulnerability], bool]

    @property
    def label(self) -> str:
        """What stands before a place in one of several images."""
        return self.target.identity.label


class Scanning(NamedTuple):
    """What came of it: the report of all, that of the one that leads, evidence, and problems."""

    document: VulnerabilityReport
    scan: Scan
    leader: str
    evidence: Evidence = ()
    problems: tuple[Problem, ...] = ()


class Read(NamedTuple):
    """What the scanner that leads says, a way to know what it lists, and what it left out."""

    document: VulnerabilityReport
    listing: Callable[[], Listing]
    evidence: Evidence = ()


def scan_with_all(subject: Subject, request: ImageRequest) -> Scanning | Problem:
    """What the scanners that must look say of an image; the problem where the first has nothing."""
    first, *others = request.settings.scanners or (TRIVY,)
    scan = _scan(first, subject, request)
    if isinstance(scan, Problem):
        return scan
    read = _leading(first, scan, subject)
    if isinstance(read, Problem):
        return read
    document, listing = read.document, read.listing
    found = Scanning(document, scan, first, read.evidence)
    if not others:
        return found
    from imagelint.documents.image.opinions.merge import combined

    opinions: list[Opinion] = []
    for name in others:
        opinion = _opinion(name, found, subject, request)
        if isinstance(opinion, Problem):
            found = found._replace(problems=(*found.problems, opinion))
        elif opinion is not None:
            opinions.append(opinion)
            told = _evidence(name, opinion, listing(), request)
            found = found._replace(evidence=(*found.evidence, *told))
    layers = {layer.diff_id: layer.digest for layer in subject.target.identity.layers}
    whole = combined(document, listing(), opinions, layers, subject.harmless)
    return found._replace(document=whole)


def _leading(name: str, scan: Scan, subject: Subject) -> Read | Problem:
    """What the scanner that leads says."""
    facts = scan.facts._replace(label=subject.label, exploits=subject.exploits)
    if subject.bill is not None and not subject.bill.signer:
        facts = facts._replace(unverified=subject.bill.source or "nobody")
    try:
        if name == TRIVY:
            document = parse_vulnerabilities(scan.source, facts)
            problem = (
                contradiction(subject.target, document)
                if subject.bill is None
                else another(subject.target, document)
            )
            return problem or Read(document, lambda: _listing(document, scan))
        from imagelint.documents.image.opinions.merge import leading, led
        from imagelint.documents.image.opinions.stored import PARSERS

        opinion = PARSERS[name](scan.source, facts)
    except DocumentError as error:
        return error.problem(scan.source)
    problem = _about_another(opinion, subject)
    return problem or Read(
        leading(opinion, scan.source, facts), lambda: led(opinion), _left_out(name, opinion)
    )


def _listing(document: VulnerabilityReport, scan: Scan) -> Listing:
    from imagelint.documents.image.opinions.merge import listing

    return listing(document, scan.source.text)


def _opinion(
    name: str, first: Scanning, subject: Subject, request: ImageRequest
) -> Opinion | Problem | None:
    """What a further scanner says; None where there is nothing that it could compare."""
    from imagelint.documents.image.opinions.stored import PARSERS

    if name == TRIVY:
        message = "Trivy leads where it looks at all: name it first among the scanners"
        return Problem(ProblemKind.TOOL_FAILED, subject.target.reference, message)
    if not (scanner_called(name, request).looks or subject.bill):
        if not first.document.scanned.packages:
            return None
        bill = _bill_for(name, first, request)
        if isinstance(bill, Problem):
            return bill
        subject = subject._replace(bill=bill)
    scan = _scan(name, subject, request)
    if isinstance(scan, Problem):
        return scan
    try:
        opinion = PARSERS[name](scan.source, scan.facts)
    except DocumentError as error:
        return error.problem(scan.source)
    return _about_another(opinion, subject) or opinion


def _bill_for(name: str, first: Scanning, request: ImageRequest) -> BillOfMaterials | Problem:
    """What Trivy lists, for a scanner that compares lists alone."""
    from imagelint.collect.tools.trivy_convert import bill_of
    from imagelint.documents.image.boms import BillOfMaterials

    if first.leader != TRIVY:
        return _without_list(name, first.scan.source.origin)
    text = bill_of(first.scan.source, "cyclonedx", request.deadline)
    return text if isinstance(text, Problem) else BillOfMaterials(text)


def _without_list(name: str, origin: str) -> Problem:
    detail = f"`{name}` compares lists of packages, and nobody lists those of this image"
    help_ = "let `trivy` look first, or name whose bills of materials count (`sbom-signed-by`)"
    return Problem(ProblemKind.NOTHING_EXAMINED, origin, detail, help_)


def _about_another(opinion: Opinion, subject: Subject) -> Problem | None:
    """The problem that a scanner scanned something else than this image."""
    identity = subject.target.identity
    if opinion.image_id == identity.config or subject.bill is not None:
        return None
    told = opinion.image_id or "an image that it does not name"
    detail = f"{opinion.scanner} scanned {told}, not {identity.config}"
    return Problem(ProblemKind.TOOL_FAILED, identity.reference, detail)


def _scan(name: str, subject: Subject, request: ImageRequest) -> Scan | Problem:
    scanner = scanner_called(name, request)
    reference = subject.target.reference
    if not (scanner.looks or subject.bill):
        return _without_list(name, reference)
    request.tell(f"scanning {subject.label}{reference} with {scanner.program.title}")
    question = Question(
        subject.target.identity,
        subject.bill,
        request.trivy.offline,
        request.deadline,
        _releases(name, request),
    )
    return scanner.scan(question)


def scanner_called(name: str, request: ImageRequest) -> Scanner:
    """The scanner of a name."""
    if name == TRIVY:
        return TrivyScanner(request.trivy, request.kept_scans)
    if name == "grype":
        from imagelint.collect.scanners.grype import GRYPE

        return GRYPE
    from imagelint.collect.scanners.osv import OSV

    return OSV


def _releases(name: str, request: ImageRequest) -> ReleaseRules:
    from imagelint.documents.image.releases import ReleaseRules

    rules = next((each for each in request.settings.programs if each.scanner == name), None)
    return ReleaseRules(*rules[1:]) if rules else ReleaseRules()


def _evidence(name: str, opinion: Opinion, listing: Listing, request: ImageRequest) -> Evidence:
    """Which program said it, by which database, and about how much of what is listed."""
    sources, all_ = listing.sources, listing.packages
    known = sum(opinion.compared.covers(key, sources.get(key.name, ())) for key in all_)
    of = f"{known} of {len(all_)} packages that {listing.scanner} lists"
    system = f" ({opinion.system})" if opinion.system else ""
    return (
        (name, opinion.version),
        *program_of(scanner_called(name, request).program.name),
        (f"{name} vulnerability database", opinion.database or "unknown"),
        (f"{name} compares", f"{of if all_ else 'what it lists itself'}{system}"),
        *_left_out(name, opinion),
    )


def _left_out(name: str, opinion: Opinion) -> Evidence:
    """How many a scanner found and does not count, by rules and lists of its own."""
    said = f"{opinion.suppressed} of what it found, by rules of its own"
    return ((f"{name} left out", said),) if opinion.suppressed else ()
