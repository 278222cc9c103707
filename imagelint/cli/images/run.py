"""What `scan`, `verify` and `gate` share: one image under the policy that holds here."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.cli.files.baselines import read
from imagelint.cli.images.stages import expected, waived
from imagelint.core.report import AllowanceKind, Evidence
from imagelint.engine.decide import decide
from imagelint.run.images import FETCHED, ImageRequest, ImageResult, examine_image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.cli.images.job import ImageJob
    from imagelint.core.report import Report, Verdict
    from imagelint.run.session import Session


def judge_image(
    session: Session, job: ImageJob, tell: Callable[[str], None], files: Mapping[str, Report]
) -> Verdict:
    """The verdict about an image together with the files that were checked before."""
    request = ImageRequest(
        (policy := session.policies.of(".")),
        job.trivy,
        folder=job.folder or session.policies.base_of(policy),
        platform=job.platform,
        scan=job.scan,
        verify=job.verify,
        tell=tell,
        layers=job.layers,
        compared=inf if job.fetched else FETCHED,
        table=job.table,
        cross_check=job.cross_check,
        settings=job.settings,
        evaluation=job.evaluation,
        scorecard=job.scorecard,
        sbom=job.sbom,
    )
    result = _examined(session, job, request)
    if files:
        from imagelint.run.supplychain.placing import placed

        result = result._replace(report=placed(result.report, result.targets, files))
    settled = session.suppress(files, read(job.baseline, session), result.report, job.paths)
    told = (expected(job), _evidence(session, job, result, settled.report), settled.bounds)
    return decide(settled.report, session.fail_on, *told)


def _examined(session: Session, job: ImageJob, request: ImageRequest) -> ImageResult:
    """What comes of the image, and of those that files name."""
    if not (job.bases or job.manifests):
        return examine_image(job.image, request)
    from imagelint.run.supplychain.several import images_of_files

    return images_of_files(session, job.bases, job.manifests).beside(job.image).examined(request)


def _evidence(session: Session, job: ImageJob, result: ImageResult, report: Report) -> Evidence:
    used = (
        (waived(allowed.finding), f"{allowed.reason} (until {allowed.until})")
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
