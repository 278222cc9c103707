"""Options about statements: of a verdict that is written, of an evaluation that is demanded."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C", bound="Callable[..., object]")

DEMANDED = (
    "composite-only-evaluation",
    "evaluation-below-threshold",
    "evaluation-regression",
    "failed-evaluation-run",
    "stale-evaluation",
)
"""The rules that judge results: a command that is about them has them on."""


class AttestOptions(NamedTuple):
    """Where the statement goes, and who signs it."""

    attest: str = ""
    sign: bool = False
    sign_key: str = ""
    signing_config: str = ""

    def beside(self) -> AttestOptions:
        """The same for the summary: it lies beside the statement, as `verdict.vsa.json`."""
        path = f"{self.attest.removesuffix('.json')}.vsa.json" if self.attest else ""
        return self._replace(attest=path)


def attest_options(command: C) -> C:
    """Options about the statement of the verdict: the command gets them together, as `attest`."""

    @wraps(command)
    def with_options(**given: object) -> object:
        values = [given.pop(name) for name in AttestOptions._fields]
        return command(attest=AttestOptions._make(values), **given)

    collected = cast("C", with_options)
    key, config = "A private key, as cosign takes it.", "Services that cosign signs with."
    sign = "Let cosign sign the statement of a pass, and attach it."
    for option in (
        click.option("--signing-config", metavar="FILE", default="", help=config),
        click.option("--sign-key", metavar="KEY", default="", help=key),
        click.option("--sign", is_flag=True, help=sign),
        click.option("--attest", metavar="FILE", default="", help="Write the statement about it."),
    ):
        collected = option(collected)
    return collected
