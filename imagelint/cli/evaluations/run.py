"""What `evaluate` does around the judging: which image is meant, the verdict, the statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.cli.images.signoff import written
from imagelint.cli.images.stages import EVALUATED
from imagelint.collect.deadline import NEVER
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import Evidence
from imagelint.documents.evaluation.plan import DIGEST
from imagelint.engine.decide import decide

if TYPE_CHECKING:
    from imagelint.cli.options.statements import AttestOptions
    from imagelint.core.report import Verdict
    from imagelint.run.evaluating.evaluation import EvaluationOutcome
    from imagelint.run.session import Session


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


def attested(
    options: AttestOptions, image: str, outcome: EvaluationOutcome, verdict: Verdict
) -> None:
    """Write the statement about an evaluation, and attach it to the image where it passed.

    Raises:
        UsageError: no image is named, the file cannot be written, or cosign does not sign it.
    """
    document = outcome.document
    if document is None or not (options.attest or options.sign):
        return
    from imagelint.cli.files.inputs import refuse_inputs
    from imagelint.documents.evaluation.statement import write_statement

    refuse_inputs((options.attest,), verdict)
    if not document.digest:
        help_ = "name it with `--image`, or in the plan"
        raise UsageError(Diagnostic("a statement is about an image by digest", help=help_))
    named = image.rpartition("@")[0] or outcome.image.rpartition("@")[0]
    name = named or document.digest
    text = write_statement(document, name, verdict.outcome, outcome.files)
    written(text, (name, document.digest), verdict.outcome, options, NEVER)
