"""Options that several commands share."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint.cli.options.names import SEVERITIES, NameType, packs_and_files, rules_with_level
from imagelint.cli.options.policy import PolicyOptions
from imagelint.cli.options.valuetypes import OneOf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

C = TypeVar("C", bound="Callable[..., object]")


def baseline_option(command: C) -> C:
    """The baseline that is read."""
    said = "Let pass what this file lists."
    return click.option("--baseline", type=click.Path(), metavar="FILE", help=said)(command)


def exclude_option(command: C) -> C:
    """The files that are left out."""
    said = "Leave these files out."
    return click.option("--exclude", metavar="GLOB", multiple=True, help=said)(command)


def policy_options(command: C) -> C:
    """Options about what counts: the command gets them together, as `policy`."""
    return _together(command, (_RULE, _FAIL_ON, _POLICY_FROM, _POLICY))


def policy_file_options(command: C) -> C:
    """Which policy holds, and nothing that changes it: the command gets it as `policy`."""
    return _together(command, (_POLICY_FROM, _POLICY))


def _together(command: C, options: Iterable[Callable[[C], C]]) -> C:
    @wraps(command)
    def with_policy(**given: object) -> object:
        unsaid = zip(PolicyOptions._fields, PolicyOptions(), strict=True)
        values = [given.pop(name, default) for name, default in unsaid]
        return command(policy=PolicyOptions._make(values), **given)

    collected = cast("C", with_policy)
    for option in options:
        collected = option(collected)
    return collected


_RULE = click.option(
    "--rule",
    "rules",
    type=NameType("NAME=LEVEL", rules_with_level),
    multiple=True,
    help="Set a rule to off, on, or a severity. May repeat.",
)
_FAIL_ON = click.option(
    "--fail-on",
    type=OneOf(SEVERITIES),
    help="The lowest severity that fails. [default: what the policy says]",
)
_POLICY_FROM = click.option(
    "--policy-from",
    metavar="REF",
    default="",
    help="Use the policy as it stands at a commit, not as the examined files have it.",
)
_POLICY = click.option(
    "--policy",
    "policies",
    type=NameType("PACK|FILE", packs_and_files),
    multiple=True,
    help="Use these packs or policy files instead of the nearest .imagelint.yaml."
    " May repeat: later ones win.",
)
