"""Look at one image: resolve it to a digest once, scan that, verify that, judge what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.images.boms import find_bom
from imagelint.collect.images.local import LocalImages, is_local
from imagelint.collect.process import fingerprint, locate
from imagelint.collect.registry.resolve import another, contradiction, index_of, resolve
from imagelint.collect.registry.store import BlobStore
from imagelint.collect.tools.cosign import Verification
from imagelint.collect.tools.keptscans import scanned
from imagelint.core.environment import ScanSettings
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.base import DocumentError
from imagelint.documents.image.boms import of_statements
from imagelint.documents.image.exploits import Exploits
from imagelint.documents.image.signatures import parse_signatures
from imagelint.documents.image.vulnerabilities import Vulnerability, parse_vulnerabilities
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.run.evaluating.gating import ATTESTED, evaluation_in, evaluation_on
from imagelint.run.layers import layer_evidence, read_layers
from imagelint.run.scanning import read_exploits, read_vex, without_vex
from imagelint.run.supplychain.signers import signers_for, verification_of
from imagelint.run.supplychain.stated import stated_bill, stated_vex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.images.contents import KeptLayers
    from imagelint.collect.registry.client import Clients
    from imagelint.collect.tools.keptscans import KeptScans
    from imagelint.collect.tools.trivy import TrivyOptions
    from imagelint.documents.image.attestations import Attestation
    from imagelint.documents.image.boms import BillOfMaterials
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.vex import VexStatement
    from imagelint.policy.model import Policy
    from imagelint.run.evaluating.gating import RequiredResult


class ImageRequest(NamedTuple):
    """What to do with an image, and how.

    `folder` is what the policy's keys are relative to, `settings` say how it is scanned: the files
    that they name by absolute paths. `evaluation` is the file of a statement that is demanded, or
    `attested` where the image is to carry it; `scorecard` is the file of one that is demanded.
    `sbom` is a file for what was listed, as a bill of materials.
    `bom` matches what attached bills of materials list instead of scanning: verified ones, where
    `verify` looks for signers. `clients` are those of repositories that are
    there already.
    """

    policy: Policy
    trivy: TrivyOptions
    folder: str = "."
    platform: str = ""
    scan: bool = True
    verify: bool = True
    tell: Callable[[str], None] = lambda _step: None
    cross_check: bool = True
    layers: bool = False
    table: bool = False
    settings: ScanSettings = ScanSettings()
    evaluation: str = ""
    scorecard: str = ""
    sbom: str = ""
    kept_layers: KeptLayers | None = None
    kept_scans: KeptScans | None = None
    bom: bool = False
    clients: Clients | None = None

    @property
    def deadline(self) -> Deadline:
        """When all of it must be over."""
        return self.trivy.deadline


class ImageResult(NamedTuple):
    """What came of one or more stages: the report, and the evidence behind it.

    `vulnerabilities` are all that the scan tells, whether or not the policy minds them; `targets`
    the images that were looked at.
    """

    report: Report = Report()
    evidence: tuple[tuple[str, str], ...] = ()
    vulnerabilities: tuple[Vulnerability, ...] = ()
    targets: tuple[ImageTarget, ...] = ()

    def plus(self, other: ImageResult) -> ImageResult:
        """Both, one after the other."""
        evidence = tuple(dict.fromkeys((*self.evidence, *other.evidence)))
        vulnerabilities = self.vulnerabilities + other.vulnerabilities
        targets = self.targets or other.targets
        return ImageResult(self.report + other.report, evidence, vulnerabilities, targets)


def examine_image(image: str, request: ImageRequest) -> ImageResult:
    """Scan and verify one image, both for the same digest, and judge it.

    Under the digest of an index there are several images: each is scanned and judged.

    Raises:
        UsageError: that is not an image reference, or a signer is not usable.
    """
    request.tell(f"resolving {image}")
    if is_local(image):
        with LocalImages(image, request.deadline) as local:
            found = local.resolve(request.platform)
            return (
                _problem(found) if isinstance(found, Problem) else examine_targets(found, request)
            )
    targets = resolve(image, request.platform, request.deadline)
    if isinstance(targets, Problem):
        return _problem(targets)
    layout = targets[0].identity.layout
    if not layout:
        return examine_targets(targets, request)
    with BlobStore(layout, image, request.deadline) as store:
        for target in targets:
            problem = store.add(target.identity)
            if problem is not None:
                return _problem(problem)
        checked = [one.replaced(one.identity._replace(store=store.folder)) for one in targets]
        result = examine_targets(tuple(checked), request)
        changed = store.changed()
        return _problem(changed) if changed else result


def examine_targets(targets: tuple[ImageTarget, ...], request: ImageRequest) -> ImageResult:
    """What comes of all images under one digest: each is scanned and judged, all verified once."""
    result = ImageResult(evidence=_identity(targets), targets=targets)
    if request.layers:
        kept = request.kept_layers
        targets, problems = read_layers(targets, request.deadline, request.tell, kept)
        rows = (row for one in targets for row in layer_evidence(one, each=request.table))
        result = result.plus(ImageResult(Report(problems=problems), tuple(rows)))
    examination = Examination(request.policy)
    reports = [examination(target, Project()) for target in targets]
    # Of the reference all say the same, and that once.
    findings = dict.fromkeys(finding for report in reports for finding in report.findings)
    whole = sum(reports, Report())._replace(findings=tuple(findings))
    result = result.plus(ImageResult(whole))
    verification = verification_of(targets[0], request)
    if isinstance(verification, Problem):
        result = result.plus(_problem(verification))
    if request.scan:
        result = result.plus(_scanned(targets, request, verification))
    if request.bom and not request.verify:
        found = [find_bom(one.identity, request.deadline, request.clients) for one in targets]
        result = result.plus(_scans(targets, request, found))
    if request.verify and isinstance(verification, Verification):
        result = result.plus(_verify(targets, request, verification))
    return result.plus(_demanded(targets, request))


def _scanned(
    targets: tuple[ImageTarget, ...],
    request: ImageRequest,
    verification: Verification | Problem | None,
) -> ImageResult:
    """What comes of the scan of images, with what is stated about them."""
    if not isinstance(verification, Verification):
        return _scans(targets, request, None)
    said = verification.statements
    # A statement about an index does not tell what is in which of its images.
    bill = stated_bill(said, request.settings) if len(targets) == 1 else None
    problems = () if request.verify else verification.problems
    found = _scans(targets, request, None if bill is None else [bill], said)
    return ImageResult(Report(problems=problems)).plus(found)


def _scans(
    targets: tuple[ImageTarget, ...],
    request: ImageRequest,
    bills: Sequence[BillOfMaterials | Problem | None] | None,
    statements: Sequence[Attestation] = (),
) -> ImageResult:
    """What comes of scans of images, or of the bills of materials of each."""
    result = ImageResult()
    exploits = read_exploits(request.settings)
    if isinstance(exploits, Problem):
        result = result.plus(_problem(exploits))
        exploits = Exploits()
    vex: tuple[VexStatement, ...] = ()
    for said in (read_vex(request.settings), stated_vex(statements, request.settings)):
        result = result.plus(_problem(said)) if isinstance(said, Problem) else result
        vex += () if isinstance(said, Problem) else said
    for at, target in enumerate(targets):
        bill = None if bills is None else bills[at]
        if bills is not None and bill is None:
            result = result.plus(_problem(_without_bill(target, request)))
        elif isinstance(bill, Problem):
            result = result.plus(_problem(bill))
        else:
            result = result.plus(_scan(target, request, (exploits, vex), bill))
    return result


def _without_bill(target: ImageTarget, request: ImageRequest) -> Problem:
    attached = "carries no bill of materials (SBOM)"
    vouched = ", for which a declared signer vouches" if request.verify else ""
    detail = f"{target.identity.label}{attached}{vouched}: nobody knows what is in it"
    help_ = "attach one when it is built (`cosign attest --type cyclonedx`), or scan the image"
    return Problem(ProblemKind.NOTHING_EXAMINED, target.reference, detail, help_)


def _demanded(targets: tuple[ImageTarget, ...], request: ImageRequest) -> ImageResult:
    """What comes of the files that are demanded beside the image."""
    result = ImageResult()
    if request.evaluation not in ("", ATTESTED):
        result = result.plus(_required(evaluation_in(request.evaluation, targets, request.policy)))
    if request.scorecard:
        from imagelint.run.scoring.gating import scorecard_in

        result = result.plus(_required(scorecard_in(request.scorecard, targets, request.policy)))
    return result


def _required(found: RequiredResult) -> ImageResult:
    return ImageResult(found.report, found.evidence)


def _identity(targets: tuple[ImageTarget, ...]) -> tuple[tuple[str, str], ...]:
    first = targets[0].identity
    entries = [("image", first.reference), ("digest", first.digest)]
    if first.computed:
        entries.append(("digest made of", "configuration and layers as they are: there was none"))
    for target in targets:
        identity = target.identity
        if identity.manifest != identity.digest:
            name = f"image for {identity.platform}" if identity.platform else "one image"
            entries.append((name, identity.manifest))
        elif identity.platform:
            entries.append(("platform", identity.platform))
    return tuple(entries)


def _scan(
    target: ImageTarget,
    request: ImageRequest,
    lists: tuple[Exploits, tuple[VexStatement, ...]],
    bill: BillOfMaterials | None,
) -> ImageResult:
    label, (exploits, vex) = target.identity.label, lists
    request.tell(f"scanning {label}{target.reference} with Trivy")
    scan = scanned(target.identity, request.trivy, request.kept_scans, bill)
    if isinstance(scan, Problem):
        return _problem(scan)
    try:
        facts = scan.facts._replace(label=label, exploits=exploits)
        document = parse_vulnerabilities(scan.source, facts)
    except DocumentError as error:
        return _problem(error.problem(scan.source))
    other = contradiction(target, document) if bill is None else another(target, document)
    if other is not None:
        return _problem(other)
    system = document.scanned.system or "no system"
    evidence = (
        ("trivy", scan.facts.version),
        *_program("trivy"),
        ("vulnerability database", document.facts.database or "unknown"),
        *((f"{one.name} list", one.updated or "of no date") for one in exploits.lists),
        *((("bill of materials", f"{label}{bill.label}"),) if bill else ()),
        *_left_out(scan.facts.skipped),
        *dict.fromkeys(("vex", one.origin) for one in vex),
        (f"{label}packages", f"{document.scanned.packages} ({system})"),
    )
    if request.sbom:
        from imagelint.run.supplychain.bills import write_bill

        problem = write_bill(request.sbom, scan.source, request.deadline)
        if problem is not None:
            return _problem(problem)
    report = Examination(request.policy)(document, Project())
    if vex:
        digests = (target.digest, target.identity.manifest)
        report = without_vex(report, document, vex, digests)
    marked = tuple(mark._replace(digest=target.digest) for mark in report.examined)
    found = tuple(one for one in document.nodes() if isinstance(one, Vulnerability))
    return ImageResult(report._replace(examined=marked), evidence, found)


def _left_out(globs: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return (("files not scanned", " ".join(globs)),) if globs else ()


def _verify(
    targets: tuple[ImageTarget, ...], request: ImageRequest, verification: Verification
) -> ImageResult:
    target = targets[0]
    signers = signers_for(target, request.policy)
    problems = ImageResult(Report(problems=verification.problems))
    if request.bom and verification.source is not None:
        problems = problems.plus(_stated(targets, request, verification.statements))
    if request.evaluation == ATTESTED:
        demanded = evaluation_on(verification.statements, targets, request.policy)
        problems = problems.plus(_required(demanded))
    if verification.source is None:
        return problems
    document = parse_signatures(verification.source)
    index = "" if document.signed else index_of(target.identity, request.deadline)
    if index:
        document = document.noted(f"the index {index} lists it: perhaps that is what was signed")
    report = Examination(request.policy)(document, Project())
    marked = tuple(mark._replace(digest=target.digest) for mark in report.examined)
    evidence = (
        *((("cosign", verification.version), *_program("cosign")) if verification.version else ()),
        ("signers", ", ".join(signer.name for signer in signers)),
        *(
            (f"signature of {check.signer}", "; ".join((*check.matched, *check.notes)))
            for check in document.checks
            if check.matched or check.notes
        ),
    )
    return ImageResult(report._replace(examined=marked), evidence).plus(problems)


def _stated(
    targets: tuple[ImageTarget, ...], request: ImageRequest, statements: Sequence[Attestation]
) -> ImageResult:
    """What comes of the bill of materials that a signer states of all that is under a digest."""
    bill = next(iter(of_statements(statements)), None)
    return _scans(targets, request, [bill] * len(targets))


def _program(name: str) -> tuple[tuple[str, str], ...]:
    """Which file ran under a name, by its content."""
    path = locate(name, name, "")
    return () if isinstance(path, Problem) else ((f"{name} program", fingerprint(path)),)


def _problem(problem: Problem) -> ImageResult:
    return ImageResult(Report(problems=(problem,)))
