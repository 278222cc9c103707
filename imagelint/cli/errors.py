"""What is told when there is no verdict: usage, policies, defects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.core.errors import Diagnostic


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
