"""Look at one image: resolve it to a digest once, scan that, verify that, judge what came out."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from imagelint.collect.images.names import is_local
from imagelint.collect.process import fingerprint, locate
from imagelint.collect.registry.resolve import index_of, resolve
from imagelint.collect.registry.store import BlobStore
from imagelint.collect.tools.cosign import Verification
from imagelint.core.environment import ScanSettings
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, Report
from imagelint.documents.image.attestations import ATTESTED
from imagelint.documents.image.signatures import parse_signatures
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.run.supplychain.signers import (
    asks_for_statements,
    signers_for,
    verification_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.images.contents import KeptLayers
    from imagelint.collect.registry.client import Clients
    from imagelint.collect.tools.keptscans import KeptScans
    from imagelint.collect.tools.trivy_options import TrivyOptions
    from imagelint.documents.image.attestations import Attestation
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.opinions.listed import ListedPackage
    from imagelint.documents.image.vulnerabilities import Vulnerability
    from imagelint.policy.model import Policy
    from imagelint.run.evaluating.gating import RequiredResult

FETCHED = 1024 * 1024 * 1024
"""Bytes of layers, as stored, that are fetched from a registry once more to compare lists."""


class ImageRequest(NamedTuple):
    """What to do with an image, and how.

    `folder` is what the policy's keys are relative to, `settings` say how it is scanned: the files
    that they name by absolute paths. `evaluation` and `scorecard` are files of what is demanded, or
    `attested` where the image is to carry it.
    `sbom` is a file for what was listed, as a bill of materials.
    `bom` matches what attached bills of materials list instead of scanning: verified ones, where
    `verify` looks for signers. `packages` tells of all packages that a scan lists. `clients` are
    those of repositories that are there already. Layers that are not judged are read all the same
    to hold what a scanner lists against them: those at hand, up to `compared` bytes of a registry.
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
    compared: float = 0
    table: bool = False
    settings: ScanSettings = ScanSettings()
    evaluation: str = ""
    scorecard: str = ""
    sbom: str = ""
    kept_layers: KeptLayers | None = None
    kept_scans: KeptScans | None = None
    bom: bool = False
    packages: bool = False
    clients: Clients | None = None

    @property
    def deadline(self) -> Deadline:
        """When all of it must be over."""
        return self.trivy.deadline


class ImageResult(NamedTuple):
    """What came of one or more stages: the report, and the evidence behind it.

    `vulnerabilities` are all that the scan tells, whether or not the policy minds them; `targets`
    the images that were looked at. `packages` are those that it lists; None where nobody did.
    """

    report: Report = Report()
    evidence: tuple[tuple[str, str], ...] = ()
    vulnerabilities: tuple[Vulnerability, ...] = ()
    targets: tuple[ImageTarget, ...] = ()
    packages: tuple[ListedPackage, ...] | None = None

    def plus(self, other: ImageResult) -> ImageResult:
        """Both, one after the other."""
        evidence = tuple(dict.fromkeys((*self.evidence, *other.evidence)))
        vulnerabilities = self.vulnerabilities + other.vulnerabilities
        targets = self.targets or other.targets
        lists = [each.packages for each in (self, other) if each.packages is not None]
        packages = tuple(chain.from_iterable(lists)) if lists else None
        report = self.report + other.report
        return ImageResult(report, evidence, vulnerabilities, targets, packages)


def examine_image(image: str, request: ImageRequest) -> ImageResult:
    """Scan and verify one image, both for the same digest, and judge it.

    Under the digest of an index there are several images: each is scanned and judged.

    Raises:
        UsageError: that is not an image reference, or a signer is not usable.
    """
    request.tell(f"resolving {image}")
    if is_local(image):
        from imagelint.collect.images.local import LocalImages

        with LocalImages(image, request.deadline) as local:
            found = local.resolve(request.platform)
            return failed(found) if isinstance(found, Problem) else examine_targets(found, request)
    targets = resolve(image, request.platform, request.deadline)
    if isinstance(targets, Problem):
        return failed(targets)
    layout = targets[0].identity.layout
    if not layout:
        return examine_targets(targets, request)
    with BlobStore(layout, image, request.deadline) as store:
        for target in targets:
            problem = store.add(target.identity)
            if problem is not None:
                return failed(problem)
        checked = [one.replaced(one.identity._replace(store=store.folder)) for one in targets]
        result = examine_targets(tuple(checked), request)
        changed = store.changed()
        return failed(changed) if changed else result


def examine_targets(targets: tuple[ImageTarget, ...], request: ImageRequest) -> ImageResult:
    """What comes of all images under one digest: each is scanned and judged, all verified once."""
    result = ImageResult(evidence=_identity(targets), targets=targets)
    if request.layers:
        from imagelint.run.layers import layer_evidence, read_layers

        kept = request.kept_layers
        targets, problems = read_layers(targets, request.deadline, request.tell, kept)
        rows = (row for one in targets for row in layer_evidence(one, each=request.table))
        result = result.plus(ImageResult(Report(problems=problems), tuple(rows)))
    examined = targets
    if request.scan and request.compared and not request.layers:
        from imagelint.run.layers import read_for_comparison

        read = read_for_comparison(targets, request.deadline, request.tell, request.compared)
        targets, problems, told = read
        result = result.plus(ImageResult(Report(problems=problems), told))
    examination = Examination(request.policy)
    reports = [examination(target, Project()) for target in examined]
    # Of the reference all say the same, and that once.
    findings = dict.fromkeys(finding for report in reports for finding in report.findings)
    whole = sum(reports, Report())._replace(findings=tuple(findings))
    result = result.plus(ImageResult(whole))
    # What a scan builds upon must be known before.
    first = request.bom or asks_for_statements(request)
    verification = verification_of(targets[0], request) if first else None
    if request.scan or request.bom:
        from imagelint.run.supplychain.scans import scan_as_asked

        result = result.plus(scan_as_asked(targets, request, verification))
    verification = verification if first else verification_of(targets[0], request)
    if isinstance(verification, Problem):
        result = result.plus(failed(verification))
    if request.verify and isinstance(verification, Verification):
        result = result.plus(_verify(targets, request, verification))
    return result.plus(_demanded(targets, request))


def _demanded(targets: tuple[ImageTarget, ...], request: ImageRequest) -> ImageResult:
    """What comes of the files that are demanded beside the image."""
    result = ImageResult()
    if request.evaluation not in ("", ATTESTED):
        from imagelint.run.evaluating.gating import evaluation_in

        result = result.plus(_required(evaluation_in(request.evaluation, targets, request.policy)))
    if request.scorecard not in ("", ATTESTED):
        from imagelint.run.scoring.gating import scorecard_in

        result = result.plus(_required(scorecard_in(request.scorecard, targets, request.policy)))
    return result


def _attested(
    targets: tuple[ImageTarget, ...], request: ImageRequest, statements: tuple[Attestation, ...]
) -> ImageResult:
    """What comes of the statements that are demanded on the image."""
    result = ImageResult()
    if request.evaluation == ATTESTED:
        from imagelint.run.evaluating.gating import evaluation_on

        result = result.plus(_required(evaluation_on(statements, targets, request.policy)))
    if request.scorecard == ATTESTED:
        from imagelint.run.scoring.gating import scorecard_on

        result = result.plus(_required(scorecard_on(statements, targets, request.policy)))
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


def _verify(
    targets: tuple[ImageTarget, ...], request: ImageRequest, verification: Verification
) -> ImageResult:
    target = targets[0]
    signers = signers_for(target, request.policy)
    problems = ImageResult(Report(problems=verification.problems))
    problems = problems.plus(_attested(targets, request, verification.statements))
    if verification.source is None:
        return problems
    document = parse_signatures(verification.source)
    index = "" if document.signed else index_of(target.identity, request.deadline)
    if index:
        document = document.noted(f"the index {index} lists it: perhaps that is what was signed")
    report = Examination(request.policy)(document, Project())
    marked = tuple(mark._replace(digest=target.digest) for mark in report.examined)
    evidence = (
        *(
            (("cosign", verification.version), *program_of("cosign"))
            if verification.version
            else ()
        ),
        ("signers", ", ".join(signer.name for signer in signers)),
        *(
            (f"signature of {check.signer}", "; ".join((*check.matched, *check.notes)))
            for check in document.checks
            if check.matched or check.notes
        ),
    )
    return ImageResult(report._replace(examined=marked), evidence).plus(problems)


def program_of(name: str) -> tuple[tuple[str, str], ...]:
    """Which file ran under a name, by its content."""
    path = locate(name, name, "")
    return () if isinstance(path, Problem) else ((f"{name} program", fingerprint(path)),)


def failed(problem: Problem) -> ImageResult:
    """Nothing but a problem."""
    return ImageResult(Report(problems=(problem,)))
