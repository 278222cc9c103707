"""Write a verdict down as a statement, and let cosign sign it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.cli.files.inputs import refuse_inputs
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import Outcome, Problem

if TYPE_CHECKING:
    from imagelint.cli.options.statements import AttestOptions
    from imagelint.collect.deadline import Deadline
    from imagelint.core.report import Verdict
    from imagelint.run.session import Session


def sign_off(verdict: Verdict, options: AttestOptions, session: Session, store: str = "") -> None:
    """Write the statement of a verdict, attach it to the image where it passed, and keep it.

    Where a policy says what a pass is worth, a summary of it is written beside, and attached too.

    Raises:
        UsageError: there is no digest to make a statement about, cosign does not sign it, or the
            store cannot be used.
    """
    if not (options.attest or options.sign or store):
        return
    from imagelint.collect import environment
    from imagelint.reporters.statement import statement

    refuse_inputs((options.attest, options.beside().attest), verdict)
    text = statement(verdict, __version__, environment.moment())
    if text is None:
        raise UsageError(Diagnostic("there is no image to make a statement about"))
    named = dict(verdict.evidence.entries)
    image = (named["image"], named["digest"])
    written(text, image, verdict.outcome, options, session.deadline)
    if (summary := session.policies.of(".").environment.summary).levels:
        from imagelint.cli.output.summary import summarised

        told = summarised(verdict, summary)
        written(told, image, verdict.outcome, options.beside(), session.deadline)
    if store:
        _keep(verdict, text, store)


def _keep(verdict: Verdict, text: str, store: str) -> None:
    from imagelint.cli.evaluations.store import named, opened
    from imagelint.collect.environment import moment
    from imagelint.store.promotions import VerdictRecord, write_verdict

    told = dict(verdict.evidence.entries)
    policy = f"sha256:{told.get('policy', '').rpartition('sha256:')[2]}"
    place = named(told["image"])
    record = VerdictRecord(*place, told["digest"], verdict.outcome.value, policy, text)
    with opened(store, create=True) as there:
        write_verdict(there, record, moment())


def written(
    text: str, image: tuple[str, str], outcome: Outcome, options: AttestOptions, until: Deadline
) -> None:
    """Write a statement about an image (name and digest), and attach it where it passed.

    Raises:
        UsageError: the file cannot be written, or cosign does not sign it.
    """
    from imagelint.collect.tools.cosign_attest import AttestRequest, attest
    from imagelint.collect.write import write_text

    if options.attest:
        write_text(options.attest, (text,))
    if options.sign and outcome is Outcome.PASS:
        request = AttestRequest(*image, text, deadline=until)
        problem = attest(request._replace(key=options.sign_key, config=options.signing_config))
        if isinstance(problem, Problem):
            raise UsageError(Diagnostic(f"it is not signed: {problem.detail}", help=problem.help))
