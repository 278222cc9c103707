"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

from imagelint.core.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C", bound="Callable[..., object]")
SEVERITIES = [str(severity) for severity in reversed(Severity)]


def policy_options(command: C) -> C:
    """Options about what counts."""
    for option in (
        click.option(
            "--rule",
            "rules",
            metavar="NAME=LEVEL",
            multiple=True,
            help="Set a rule to off, on, or a severity. May repeat.",
        ),
        click.option(
            "--fail-on",
            type=click.Choice(SEVERITIES),
            help="The lowest severity that fails. [default: what the policy says]",
        ),
        click.option(
            "--policy",
            "policies",
            metavar="PACK|FILE",
            multiple=True,
            help="Use these packs or policy files instead of the nearest .imagelint.yaml."
            " May repeat: later ones win.",
        ),
    ):
        command = option(command)
    return command
