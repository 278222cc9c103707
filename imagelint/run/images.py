"""Look at one image: resolve it to a digest once, scan that, verify that, judge what came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.registry.resolve import identified, named, resolve
from imagelint.collect.tools import cosign, trivy
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.base import DocumentError
from imagelint.documents.image.image import ImageTarget
from imagelint.documents.image.signatures import parse_signatures
from imagelint.documents.image.vulnerabilities import parse_vulnerabilities
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.policy.glob import matches_subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.collect.tools.trivy import TrivyOptions
    from imagelint.core.environment import Signer
    from imagelint.policy.model import Policy


class ImageRequest(NamedTuple):
    """What to do with an image, and how. `folder` is what the policy's keys are relative to."""

    policy: Policy
    trivy: TrivyOptions
    folder: str = "."
    platform: str = ""
    scan: bool = True
    verify: bool = True
    tell: Callable[[str], None] = lambda _step: None


class ImageResult(NamedTuple):
    """What came of one or more stages: the report, and the evidence behind it."""

    report: Report = Report()
    evidence: tuple[tuple[str, str], ...] = ()

    def plus(self, other: ImageResult) -> ImageResult:
        """Both, one after the other."""
        return ImageResult(self.report + other.report, self.evidence + other.evidence)


def examine_image(image: str, request: ImageRequest) -> ImageResult:
    """Scan and verify one image, both for the same digest, and judge it.

    Raises:
        UsageError: that is not an image reference, or a signer is not usable.
    """
    request.tell(f"resolving {image}")
    target = resolve(image, request.platform)
    if isinstance(target, Problem):
        if target.kind is not ProblemKind.TOOL_MISSING or not request.scan:
            return _problem(target)
        # Without cosign, Trivy's report on the tag tells the digest that it scanned.
        target = ImageTarget(named(image, request.platform))
    result = ImageResult()
    if request.scan:
        scanned, target = _scan(target, request)
        result = result.plus(scanned)
    if request.verify and target.digest:
        result = result.plus(_verify(target, request))
    if not target.digest:
        return result
    examination = Examination(request.policy)
    identity = ImageResult(evidence=_identity(target))
    return identity.plus(ImageResult(examination(target, Project()))).plus(result)


def _identity(target: ImageTarget) -> tuple[tuple[str, str], ...]:
    entries = [("image", target.reference), ("digest", target.digest)]
    if target.config is not None and target.config.architecture:
        entries.append(("platform", f"{target.config.os}/{target.config.architecture}"))
    return tuple(entries)


def _scan(target: ImageTarget, request: ImageRequest) -> tuple[ImageResult, ImageTarget]:
    request.tell(f"scanning {target.reference} with Trivy")
    scan = trivy.scan(target.identity, request.trivy)
    if isinstance(scan, Problem):
        return _problem(scan), target
    try:
        document = parse_vulnerabilities(scan.source, scan.facts)
    except DocumentError as error:
        return _problem(error.problem(scan.source)), target
    found = identified(target, document)
    if isinstance(found, Problem):
        return _problem(found), target
    evidence = (
        ("trivy", scan.facts.version),
        ("vulnerability database", scan.facts.database or "unknown"),
        ("packages", f"{document.scanned.packages} ({document.scanned.system or 'no system'})"),
    )
    report = Examination(request.policy)(document, Project())
    marked = tuple(mark._replace(digest=found.digest) for mark in report.examined)
    return ImageResult(report._replace(examined=marked), evidence), found


def _verify(target: ImageTarget, request: ImageRequest) -> ImageResult:
    signers = signers_for(target, request.policy)
    if not signers:
        detail = "no signer is declared for it, so nobody's signature was looked for"
        help_ = "declare environment.signers in the policy, or switch unsigned-image off"
        return _problem(Problem(ProblemKind.NOTHING_EXAMINED, target.reference, detail, help_))
    request.tell(f"verifying {target.reference} with cosign")
    root = request.policy.environment.trusted_root or ""
    asked = cosign.VerifyRequest(target.identity, signers, root, request.folder)
    verification = cosign.verify(asked)
    problems = ImageResult(Report(problems=verification.problems))
    if verification.source is None:
        return problems
    document = parse_signatures(verification.source)
    report = Examination(request.policy)(document, Project())
    marked = tuple(mark._replace(digest=target.digest) for mark in report.examined)
    evidence = (("cosign", verification.version), ("signers", ", ".join(s.name for s in signers)))
    return ImageResult(report._replace(examined=marked), evidence).plus(problems)


def signers_for(target: ImageTarget, policy: Policy) -> tuple[Signer, ...]:
    """The declared signers of an image: those without `images`, and those with a glob for it."""
    name = target.identity.repository or target.reference
    return tuple(
        signer
        for signer in policy.environment.signers
        if not signer.images or any(matches_subject(glob, name) for glob in signer.images)
    )


def _problem(problem: Problem) -> ImageResult:
    return ImageResult(Report(problems=(problem,)))
