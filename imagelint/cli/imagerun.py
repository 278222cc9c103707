"""What `scan`, `verify` and `gate` share: one image under the policy that holds here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.cli.baselines import read
from imagelint.cli.imagestages import expected
from imagelint.core.report import AllowanceKind, Evidence
from imagelint.engine.decide import decide
from imagelint.run.images import ImageRequest, ImageResult, examine_image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.cli.imagejob import ImageJob
    from imagelint.core.finding import Finding
    from imagelint.core.report import Report, Verdict
    from imagelint.run.session import Session


def judge_image(
    session: Session, job: ImageJob, tell: Callable[[str], None], files: Mapping[str, Report]
) -> Verdict:
    """The verdict about an image together with the files that were checked before."""
    request = ImageRequest(
        policy=(policy := session.policies.of(".")),
        trivy=job.trivy,
        folder=job.folder or session.policies.base_of(policy),
        platform=job.platform,
        scan=job.scan,
        verify=job.verify,
        tell=tell,
        layers=job.layers,
        table=job.table,
        cross_check=job.cross_check,
        settings=job.settings,
        evaluation=job.evaluation,
        scorecard=job.scorecard,
    )
    result = examine_image(job.image, request)
    report = _placed(result, files)
    settled = session.suppress(files, read(job.baseline, session), report, job.paths)
    evidence = _evidence(session, job, result, settled.report)
    return decide(settled.report, session.fail_on, expected(job), evidence, settled.bounds)


def _placed(result: ImageResult, files: Mapping[str, Report]) -> Report:
    """What was found about the image, at the lines of the Dockerfile that made it."""
    if not files:
        return result.report
    from imagelint.run.supplychain.placing import placed

    return placed(result.report, result.targets, files)


def _evidence(session: Session, job: ImageJob, result: ImageResult, report: Report) -> Evidence:
    used = (
        (_waived(allowed.finding), f"{allowed.reason} (until {allowed.until})")
        for allowed in report.allowed
        if allowed.kind is AllowanceKind.WAIVER
    )
    return Evidence(
        (
            *result.evidence,
            *((stage, "left out: the policy has its rules off") for stage in job.left_out),
            ("imagelint", __version__),
            *session.evidence().entries,
            *dict.fromkeys(used),
        )
    )


def _waived(finding: Finding) -> str:
    """What was waived: of an image, the hole or the package too."""
    about = "" if finding.location.excerpt.lines else finding.subject
    return f"waived {finding.rule} {about}".rstrip()
