"""What is told when there is no verdict: usage, policies, defects."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import click

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


def tell(complaints: Sequence[Diagnostic]) -> None:
    """Complaints to standard error; in a job of GitHub as annotations too.

    They hold words of policies and of the command line: no secret of these is shown, and nothing in
    them acts on a terminal or a runner.
    """
    from imagelint.collect.environment import variable

    in_job = variable("GITHUB_ACTIONS") == "true"
    for complaint in complaints:
        click.echo(f"error: {shown(complaint.message)}", err=True)
        if complaint.at:
            click.echo(f"   at: {shown(complaint.at)}", err=True)
        if complaint.help:
            click.echo(f" help: {shown(complaint.help)}", err=True)
        if in_job:
            from imagelint.reporters.github import annotation

            parts = map(shown, (complaint.message, complaint.at, complaint.help))
            click.echo(annotation("\n".join(filter(None, parts))), err=True, nl=False)


def shown(text: str) -> str:
    """A text without secrets, and without what acts on a terminal."""
    from imagelint.core.redact import redact
    from imagelint.reporters.visible import visible

    return visible(redact(text))


def refuse_empty(arguments: Sequence[str]) -> None:
    """Refuse an argument that is empty: a demand made of an unset variable must not be dropped.

    Raises:
        UsageError: `--policy-from ""`, `--key=`, or a path that is empty.
    """
    for before, argument in pairwise(("", *arguments)):
        name, equals, value = argument.partition("=")
        if argument and not (equals and not value and name.startswith("--")):
            continue
        name = name or before
        what = f"`{name}` is given nothing" if name.startswith("-") else "an argument is empty"
        help_ = "leave it out, or see whether the variable that it is made of is set"
        raise UsageError(Diagnostic(what, help=help_))
