"""What `evaluate` does around the judging: which image is meant, the verdict, the statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import Evidence
from imagelint.documents.evaluation.plan import DIGEST
from imagelint.documents.evaluation.report import EvaluationReport
from imagelint.engine.decide import Expected, decide

if TYPE_CHECKING:
    from imagelint.core.report import Verdict
    from imagelint.run.evaluating.evaluation import EvaluationOutcome
    from imagelint.run.session import Session

DEMANDED = (
    "composite-only-evaluation",
    "evaluation-below-threshold",
    "evaluation-regression",
    "failed-evaluation-run",
    "stale-evaluation",
)
"""The rules that judge results: a command that is about them has them on."""
EVALUATED = Expected("evaluation", kind=EvaluationReport.kind)


def digest_in(image: str) -> str:
    """The digest in what names an image: `sha256:…`, or `NAME@sha256:…`; empty for nothing.

    Raises:
        UsageError: there is none.
    """
    digest = image.rpartition("@")[2]
    if image and not DIGEST.fullmatch(digest):
        help_ = "a tag may name another image tomorrow: give its digest"
        raise UsageError(Diagnostic(f"`{image}` has no digest (sha256:…)", help=help_))
    return digest


def verdict_of(session: Session, outcome: EvaluationOutcome) -> Verdict:
    """The verdict about results."""
    settled = session.suppress({}, None, outcome.report)
    entries = (*outcome.evidence, ("imagelint", __version__), *session.evidence().entries)
    return decide(settled.report, session.fail_on, (EVALUATED,), Evidence(entries), settled.bounds)


def attested(path: str, image: str, outcome: EvaluationOutcome, verdict: Verdict) -> None:
    """Write the statement about an evaluation.

    Raises:
        UsageError: nothing was judged, no image is named, or the file cannot be written.
    """
    from imagelint.collect.write import write_text
    from imagelint.documents.evaluation.statement import write_statement

    document = outcome.document
    if document is None:
        return
    if not document.digest:
        help_ = "name it with `--image`, or in the plan"
        raise UsageError(Diagnostic("a statement is about an image by digest", help=help_))
    name = image.rpartition("@")[0] or document.digest
    write_text(path, (write_statement(document, name, verdict.outcome, outcome.files),))
