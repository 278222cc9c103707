"""Options that several commands share."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint.cli.names import SEVERITIES, NameType, packs_and_files, rules_with_level
from imagelint.cli.policyoptions import PolicyOptions

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C", bound="Callable[..., object]")


def baseline_option(command: C) -> C:
    """The baseline that is read."""
    path = click.Path()
    said = "Let pass what this file lists."
    return click.option("--baseline", type=path, metavar="FILE", help=said)(command)


def exclude_option(command: C) -> C:
    """The files that are left out."""
    said = "Leave these files out."
    return click.option("--exclude", metavar="GLOB", multiple=True, help=said)(command)


def policy_options(command: C) -> C:
    """Options about what counts: the command gets them together, as `policy`."""

    @wraps(command)
    def with_policy(**given: object) -> object:
        values = [given.pop(name) for name in PolicyOptions._fields]
        return command(policy=PolicyOptions._make(values), **given)

    collected = cast("C", with_policy)
    for option in (
        click.option(
            "--rule",
            "rules",
            type=NameType("NAME=LEVEL", rules_with_level),
            multiple=True,
            help="Set a rule to off, on, or a severity. May repeat.",
        ),
        click.option(
            "--fail-on",
            type=click.Choice(SEVERITIES),
            help="The lowest severity that fails. [default: what the policy says]",
        ),
        click.option(
            "--policy-from",
            metavar="REF",
            default="",
            help="Use the policy as it stands at a commit, not as the examined files have it.",
        ),
        click.option(
            "--policy",
            "policies",
            type=NameType("PACK|FILE", packs_and_files),
            multiple=True,
            help="Use these packs or policy files instead of the nearest .imagelint.yaml."
            " May repeat: later ones win.",
        ),
    ):
        collected = option(collected)
    return collected
