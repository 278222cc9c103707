"""What must have been examined for a verdict about an image."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from imagelint.core.subject import About
from imagelint.documents.evaluation.report import EvaluationReport
from imagelint.documents.image.image import ImageTarget
from imagelint.documents.image.signatures import SignatureReport
from imagelint.documents.image.vulnerabilities import VulnerabilityReport
from imagelint.engine.decide import Expected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.cli.images.job import ImageJob
    from imagelint.core.finding import Finding

EVALUATED = Expected("evaluation", kind=EvaluationReport.kind)
_STAGES = (
    Expected("file", About.FILE),
    Expected("image", kind=ImageTarget.kind),
    Expected("image scan", kind=VulnerabilityReport.kind),
    Expected("signature check", kind=SignatureReport.kind),
    EVALUATED,
    Expected("scorecard", kind="scorecard"),
)


def expected(job: ImageJob) -> Iterator[Expected]:
    """What must have been examined, as far as it is asked for."""
    asked = (job.paths, job.layers, job.scan, job.verify, job.evaluation, job.scorecard)
    return compress(_STAGES, asked)


def waived(finding: Finding) -> str:
    """What was waived, for the evidence: of an image, the hole or the package too."""
    about = "" if finding.location.excerpt.lines else finding.subject
    return f"waived {finding.rule} {about}".rstrip()
