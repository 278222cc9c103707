"""Write a verdict down as a statement, and let cosign sign it."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint import __version__
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import Outcome, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.core.report import Verdict

C = TypeVar("C", bound="Callable[..., object]")


class AttestOptions(NamedTuple):
    """Where the statement goes, and who signs it."""

    attest: str = ""
    sign: bool = False
    sign_key: str = ""
    signing_config: str = ""


def attest_options(command: C) -> C:
    """Options about the statement of the verdict: the command gets them together, as `attest`."""

    @wraps(command)
    def with_options(**given: object) -> object:
        values = [given.pop(name) for name in AttestOptions._fields]
        return command(attest=AttestOptions._make(values), **given)

    collected = cast("C", with_options)
    key, config = "A private key, as cosign takes it.", "Services that cosign signs with."
    sign = "Let cosign sign a passing verdict and attach it."
    for option in (
        click.option("--signing-config", metavar="FILE", default="", help=config),
        click.option("--sign-key", metavar="KEY", default="", help=key),
        click.option("--sign", is_flag=True, help=sign),
        click.option("--attest", metavar="FILE", default="", help="Write the verdict's statement."),
    ):
        collected = option(collected)
    return collected


def sign_off(verdict: Verdict, options: AttestOptions) -> None:
    """Write the statement of a verdict, and attach it to the image where it passed.

    Raises:
        UsageError: there is no digest to make a statement about, or cosign does not sign it.
    """
    if not (options.attest or options.sign):
        return
    from imagelint.collect import environment
    from imagelint.collect.tools.cosign_attest import AttestRequest, attest
    from imagelint.collect.write import write_text
    from imagelint.reporters.statement import statement

    text = statement(verdict, __version__, environment.moment())
    if text is None:
        raise UsageError(Diagnostic("there is no image to make a statement about"))
    if options.attest:
        write_text(options.attest, (text,))
    if options.sign and verdict.outcome is Outcome.PASS:
        named = dict(verdict.evidence.entries)
        request = AttestRequest(named["image"], named["digest"], text)
        problem = attest(request._replace(key=options.sign_key, config=options.signing_config))
        if isinstance(problem, Problem):
            raise UsageError(Diagnostic(f"it is not signed: {problem.detail}", help=problem.help))
