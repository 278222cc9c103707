"""Write a verdict down as a statement, and let cosign sign it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import Outcome, Problem

if TYPE_CHECKING:
    from imagelint.cli.attest import AttestOptions
    from imagelint.core.report import Verdict


def sign_off(verdict: Verdict, options: AttestOptions) -> None:
    """Write the statement of a verdict, and attach it to the image where it passed.

    Raises:
        UsageError: there is no digest to make a statement about, or cosign does not sign it.
    """
    if not (options.attest or options.sign):
        return
    from imagelint.collect import environment
    from imagelint.reporters.statement import statement

    text = statement(verdict, __version__, environment.moment())
    if text is None:
        raise UsageError(Diagnostic("there is no image to make a statement about"))
    named = dict(verdict.evidence.entries)
    written(text, (named["image"], named["digest"]), verdict.outcome, options)


def written(text: str, image: tuple[str, str], outcome: Outcome, options: AttestOptions) -> None:
    """Write a statement about an image (name and digest), and attach it where it passed.

    Raises:
        UsageError: the file cannot be written, or cosign does not sign it.
    """
    from imagelint.collect.tools.cosign_attest import AttestRequest, attest
    from imagelint.collect.write import write_text

    if options.attest:
        write_text(options.attest, (text,))
    if options.sign and outcome is Outcome.PASS:
        request = AttestRequest(*image, text)
        problem = attest(request._replace(key=options.sign_key, config=options.signing_config))
        if isinstance(problem, Problem):
            raise UsageError(Diagnostic(f"it is not signed: {problem.detail}", help=problem.help))
