"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from imagelint.core.errors import Complaint, UsageError
from imagelint.core.finding import Severity
from imagelint.policy.model import Policy, RuleSetting

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C", bound="Callable[..., object]")
SEVERITIES = [str(severity) for severity in reversed(Severity)]
FORMATS = ("text", "json", "sarif", "github", "summary")


class Format(NamedTuple):
    """A report to write: to a file, or to standard output when `path` is empty."""

    name: str
    path: str


class FormatType(click.ParamType[Format]):
    """`NAME` or `NAME=FILE`."""

    name = "FORMAT[=FILE]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Format:
        """The format that was asked for."""
        name, _, path = str(value).partition("=")
        if name not in FORMATS:
            self.fail(f"there is no format {name!r}; there are {', '.join(FORMATS)}", param, ctx)
        return Format(name, path)


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


def report_options(command: C) -> C:
    """Options about how the answer is shown."""
    for option in (
        click.option("--quiet", "-q", is_flag=True, help="No progress on the terminal."),
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Colours; auto obeys NO_COLOR.",
        ),
        click.option(
            "--format",
            "formats",
            type=FormatType(),
            multiple=True,
            help=f"One of {', '.join(FORMATS)}; may repeat, each with =FILE. [default: text]",
        ),
    ):
        command = option(command)
    return command


def flags(fail_on: str | None, rules: tuple[str, ...]) -> Policy:
    """The topmost layer of the policy: what the command line says.

    Raises:
        UsageError: a rule or level is not known.
    """
    settings = dict(_setting(rule) for rule in rules)
    return Policy(fail_on=Severity.named(fail_on) if fail_on else None, rules=settings)


def _setting(text: str) -> tuple[str, RuleSetting]:
    from imagelint.rules import catalog

    name, _, level = text.partition("=")
    if name not in catalog.names():
        from difflib import get_close_matches

        near = get_close_matches(name, catalog.names(), 1)
        hint = f"did you mean {near[0]}?" if near else "see `imagelint rules`"
        raise UsageError(Complaint(f"--rule: there is no rule {name!r}", help=hint))
    origins = {"level": "--rule"}
    if level in {"on", "off"}:
        return name, RuleSetting("on" if level == "on" else "off", origins=origins)
    if level in SEVERITIES:
        return name, RuleSetting(Severity.named(level), origins=origins)
    choices = ", ".join(["off", "on", *SEVERITIES])
    raise UsageError(Complaint(f"--rule: {text!r} needs a level: {name}=LEVEL", help=choices))
