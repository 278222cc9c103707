"""Scan images, or what bills of materials say is in them, and judge what comes out."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from imagelint.collect.images.boms import find_boms
from imagelint.collect.tools.cosign import Verification
from imagelint.collect.tools.trivy_options import WEIGHTS
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.image.boms import of_statements
from imagelint.documents.image.exploits import Exploits
from imagelint.documents.image.layers.crosscheck import contradictions
from imagelint.documents.image.opinions.listed import listed_packages
from imagelint.documents.image.vulnerabilities import Vulnerability
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.policy.glob import matches_path
from imagelint.run.images import ImageResult, failed, program_of
from imagelint.run.scanning import harmless, read_exploits, read_vex, without_vex
from imagelint.run.supplychain.scanners import (
    TRIVY,
    Subject,
    scan_with_all,
    scanner_called,
)
from imagelint.run.supplychain.stated import stated_bills, stated_vex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.documents.image.attestations import Attestation
    from imagelint.documents.image.boms import BillOfMaterials
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.vex import VexStatement
    from imagelint.documents.image.vulnerabilities import VulnerabilityReport
    from imagelint.run.images import ImageRequest

    Bills = tuple[BillOfMaterials, ...]

_MOST_BILLS = 16


def scan_as_asked(
    targets: tuple[ImageTarget, ...],
    request: ImageRequest,
    verification: Verification | Problem | None,
) -> ImageResult:
    """What comes of images, and of the bills of materials that they carry, as it is asked for."""
    result = ImageResult()
    if request.scan:
        result = result.plus(scan_images(targets, request, verification))
    if request.bom and not request.verify:
        found = [find_boms(one.identity, request.deadline, request.clients) for one in targets]
        result = result.plus(scan_each(targets, request, found))
    elif request.bom and isinstance(verification, Verification) and verification.source is not None:
        # What a signer states of all that is under a digest.
        bills = tuple(dict.fromkeys(of_statements(verification.statements)))
        result = result.plus(scan_each(targets, request, [bills] * len(targets)))
    return result


def scan_images(
    targets: tuple[ImageTarget, ...],
    request: ImageRequest,
    verification: Verification | Problem | None,
) -> ImageResult:
    """What comes of the scan of images, with what is stated about them."""
    if not isinstance(verification, Verification):
        return scan_each(targets, request, None)
    said = verification.statements
    # A statement about an index does not tell what is in which of its images.
    bills = stated_bills(said, request.settings) if len(targets) == 1 else ()
    problems = () if request.verify else verification.problems
    found = scan_each(targets, request, [bills] if bills else None, said)
    return ImageResult(Report(problems=problems)).plus(found)


def scan_each(
    targets: tuple[ImageTarget, ...],
    request: ImageRequest,
    bills: Sequence[Bills | Problem] | None,
    statements: Sequence[Attestation] = (),
) -> ImageResult:
    """What comes of scans of images, or of all bills of materials of each."""
    result = ImageResult()
    exploits = read_exploits(request.settings)
    if isinstance(exploits, Problem):
        result = result.plus(failed(exploits))
        exploits = Exploits()
    vex: tuple[VexStatement, ...] = ()
    for said in (read_vex(request.settings), stated_vex(statements, request.settings)):
        result = result.plus(failed(said)) if isinstance(said, Problem) else result
        vex += () if isinstance(said, Problem) else said
    for at, target in enumerate(targets):
        given = None if bills is None else bills[at]
        if isinstance(given, Problem):
            result = result.plus(failed(given))
        elif given is None:
            result = result.plus(_scan(target, request, (exploits, vex), None))
        elif not given or len(given) > _MOST_BILLS:
            problem = _too_many(target, given) if given else _without_bill(target, request)
            result = result.plus(failed(problem))
        else:
            found = [_scan(target, request, (exploits, vex), bill) for bill in given]
            result = result.plus(_together(found, given))
    return result


def _together(found: Sequence[ImageResult], bills: Bills) -> ImageResult:
    """What comes of all bills of one image: what is the same in several is told once."""
    if len(found) == 1:
        return found[0]
    whole = reduce(ImageResult.plus, found)
    report = whole.report
    findings, allowed = dict.fromkeys(report.findings), dict.fromkeys(report.allowed)
    report = report._replace(findings=tuple(findings), allowed=tuple(allowed))
    said = f"{len(bills)} that differ: what any of them lists counts"
    return whole._replace(
        report=report,
        evidence=(*whole.evidence, ("bills of materials", said)),
        vulnerabilities=tuple(dict.fromkeys(whole.vulnerabilities)),
        packages=None if whole.packages is None else tuple(dict.fromkeys(whole.packages)),
    )


def _too_many(target: ImageTarget, bills: Bills) -> Problem:
    detail = (
        f"{target.identity.label}{len(bills)} bills of materials (SBOM) that differ are stated of"
        f" it, and at most {_MOST_BILLS} are compared"
    )
    help_ = "remove those that no longer hold, or let the image itself be scanned"
    return Problem(ProblemKind.TOO_LARGE, target.reference, detail, help_)


def _without_bill(target: ImageTarget, request: ImageRequest) -> Problem:
    attached = "carries no bill of materials (SBOM)"
    vouched = ", for which a declared signer vouches" if request.verify else ""
    detail = f"{target.identity.label}{attached}{vouched}: nobody knows what is in it"
    help_ = "attach one when it is built (`cosign attest --type cyclonedx`), or scan the image"
    return Problem(ProblemKind.NOTHING_EXAMINED, target.reference, detail, help_)


def _scan(
    target: ImageTarget,
    request: ImageRequest,
    lists: tuple[Exploits, tuple[VexStatement, ...]],
    bill: BillOfMaterials | None,
) -> ImageResult:
    label, (exploits, vex) = target.identity.label, lists
    digests = (target.digest, target.identity.manifest)
    subject = Subject(target, bill, exploits, harmless(vex, digests))
    scanned = scan_with_all(subject, request)
    if isinstance(scanned, Problem):
        return failed(scanned)
    document, scan = _held(scanned.document, target, bill), scanned.scan
    if bill is not None and not document.scanned.packages:
        return failed(_empty(target, bill))
    system = document.scanned.system or "no system"
    evidence = (
        (scanned.leader, document.facts.version),
        *program_of(scanner_called(scanned.leader, request).program.name),
        *_server(scanned.leader, request),
        ("vulnerability database", document.facts.database or "unknown"),
        *scanned.evidence,
        *((f"{one.name} list", one.updated or "of no date") for one in exploits.lists),
        *((("bill of materials", f"{label}{bill.label}"),) if bill else ()),
        *_left_out(scan.facts.skipped),
        *dict.fromkeys(("vex", one.origin) for one in vex),
        (f"{label}packages", f"{document.scanned.packages} ({system})"),
    )
    if request.sbom:
        from imagelint.run.supplychain.bills import write_bill

        if scanned.leader != TRIVY:
            return failed(_unlisted(target))
        problem = write_bill(request.sbom, scan.source, request.deadline)
        if problem is not None:
            return failed(problem)
    report = Examination(request.policy)(document, Project())
    if vex:
        report = without_vex(report, document, vex, digests)
    marked = tuple(mark._replace(digest=target.digest) for mark in report.examined)
    found = tuple(one for one in document.nodes() if isinstance(one, Vulnerability))
    problems = (*report.problems, *scanned.problems)
    report = report._replace(examined=marked, problems=problems)
    results = document.scanned.results if request.packages else None
    listed = None if results is None else tuple(listed_packages(results))
    return ImageResult(report, evidence, found, packages=listed)


def _held(
    document: VulnerabilityReport, target: ImageTarget, bill: BillOfMaterials | None
) -> VulnerabilityReport:
    """The report, held against what the layers say where they were read."""
    results = document.scanned.results
    if bill is not None or results is None or not target.contents:
        return document
    left_out = [glob for glob in document.facts.skipped if glob not in WEIGHTS]

    def is_left_out(path: str) -> bool:
        return any(matches_path(glob, path) for glob in left_out)

    system = document.scanned.system
    return document.noting(contradictions(target.contents, results, system, is_left_out))


def _empty(target: ImageTarget, bill: BillOfMaterials) -> Problem:
    detail = f"the bill of materials (SBOM) {bill.label} names no package that can be compared"
    help_ = "have it list package URLs and versions, or let the image itself be scanned"
    return Problem(ProblemKind.NOTHING_EXAMINED, target.reference, detail, help_)


def _unlisted(target: ImageTarget) -> Problem:
    detail = "only Trivy lists what can be written as a bill of materials"
    return Problem(ProblemKind.NOTHING_EXAMINED, target.reference, detail, "let `trivy` look first")


def _server(leader: str, request: ImageRequest) -> tuple[tuple[str, str], ...]:
    server = request.settings.server if leader == TRIVY else ""
    return (("trivy server", redact(server)),) if server else ()


def _left_out(globs: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return (("files not scanned", " ".join(globs)),) if globs else ()
