"""What `scan`, `verify` and `gate` share: one image under the policy that holds here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.cli.baselines import read
from imagelint.core.report import Evidence, Permit
from imagelint.engine.decide import Asked, decide
from imagelint.policy.digest import policy_digest
from imagelint.run.images import Look, Wishes, look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.cli.imagejob import Job
    from imagelint.core.report import Report, Verdict
    from imagelint.run.session import Session

CHECKED = Asked("file", ("compose", "dockerfile", "ignore", "kubernetes", "requirements"))
SCANNED = Asked("image scan", ("vulnerabilities",))
VERIFIED = Asked("signature check", ("signatures",))


def judge_image(
    session: Session, job: Job, tell: Callable[[str], None], files: Mapping[str, Report]
) -> Verdict:
    """The verdict about an image together with the files that were checked before."""
    policy = session.policies.of(".")
    folder = job.folder or session.policies.base_of(policy)
    wishes = Wishes(policy, job.trivy, folder, job.platform, job.scan, job.verify, tell)
    look = look_at(job.image, wishes)
    report = session.settle(files, read(job.baseline), look.report).report
    asked = [
        *([CHECKED] if job.paths else ()),
        *([SCANNED] if job.scan else ()),
        *([VERIFIED] if job.verify else ()),
    ]
    return decide(report, session.fail_on, asked, _evidence(session, job, look, report))


def _evidence(session: Session, job: Job, look: Look, report: Report) -> Evidence:
    policy = session.policies.of(".")
    used = (
        (f"waived {allowed.finding.rule}", f"{allowed.reason} (until {allowed.until})")
        for allowed in report.allowed
        if allowed.permit is Permit.WAIVER
    )
    name = policy.name or ", ".join(policy.extends)
    return Evidence(
        (
            *look.evidence,
            *((stage, "left out: the policy has its rules off") for stage in job.left_out),
            ("imagelint", __version__),
            ("policy", f"{name} sha256:{policy_digest(policy)}"),
            *session.evidence().entries,
            *dict.fromkeys(used),
        )
    )
