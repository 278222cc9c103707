"""Only what a change brings: the options for it, and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.cli.fileoptions import FileOptions
    from imagelint.core.report import Change
    from imagelint.engine.baseline import Baseline
    from imagelint.engine.waivers import SuppressionResult
    from imagelint.run.session import Session, Survey


CHANGE_OPTIONS = (
    click.option(
        "--diff-from",
        metavar="REPORT",
        default="",
        help="Tell only what a JSON report of before does not hold.",
    ),
    click.option(
        "--since",
        metavar="REF",
        default="",
        help="Tell only what the change brings since it left REF (their merge base).",
    ),
)


class Examined(NamedTuple):
    """What a run is about: files below some paths, but for what a baseline holds."""

    paths: tuple[str, ...]
    baseline: Baseline | None


def only_new(
    result: SuppressionResult,
    survey: Survey,
    session: Session,
    files: FileOptions,
    examined: Examined,
) -> tuple[SuppressionResult, Change | None]:
    """A result without what was there before, and what that was; all of it where nobody asks.

    Raises:
        UsageError: there is no such commit, no such report, or two are named.
    """
    if files.since and files.diff_from:
        from imagelint.core.errors import Diagnostic, UsageError

        help_ = "name the commit, or a report that was made there"
        raise UsageError(
            Diagnostic("--since and --diff-from compare with different things", help=help_)
        )
    if files.since:
        from imagelint.run.changes.since import Request, since

        return since(
            result, survey, session, Request(examined.paths, files.since, examined.baseline)
        )
    if files.diff_from:
        from imagelint.run.changes.reports import without_reported

        return without_reported(result, session, files.diff_from)
    return result, None
