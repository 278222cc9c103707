"""What is told when there is no verdict: usage, policies, defects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.core.errors import Diagnostic


def tell(complaints: Sequence[Diagnostic]) -> None:
    """Complaints to standard error; in a job of GitHub as annotations too."""
    from imagelint.collect.environment import variable

    in_job = variable("GITHUB_ACTIONS") == "true"
    for complaint in complaints:
        click.echo(f"error: {complaint.message}", err=True)
        if complaint.at:
            click.echo(f"   at: {complaint.at}", err=True)
        if complaint.help:
            click.echo(f" help: {complaint.help}", err=True)
        if in_job:
            from imagelint.reporters.github import annotation

            parts = (complaint.message, complaint.at, complaint.help)
            click.echo(annotation("\n".join(filter(None, parts))), err=True, nl=False)
