"""Only what a change brings: the options for it, and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
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


class Compared(NamedTuple):
    """What is compared with what.

    Files below some paths, but for what a baseline holds, with what they were at the commit `since`
    or in the report `diff_from`; with nothing where both are empty.
    """

    paths: tuple[str, ...]
    baseline: Baseline | None
    since: str
    diff_from: str


def only_new(
    result: SuppressionResult, survey: Survey, session: Session, compared: Compared
) -> tuple[SuppressionResult, Change | None]:
    """A result without what was there before, and what that was; all of it where nobody asks.

    Raises:
        UsageError: there is no such commit, no such report, or two are named.
    """
    if compared.since and compared.diff_from:
        from imagelint.core.errors import Diagnostic, UsageError

        help_ = "name the commit, or a report that was made there"
        raise UsageError(
            Diagnostic("--since and --diff-from compare with different things", help=help_)
        )
    if compared.since:
        from imagelint.run.changes.since import Request, since

        return since(
            result, survey, session, Request(compared.paths, compared.since, compared.baseline)
        )
    if compared.diff_from:
        from imagelint.run.changes.reports import without_reported

        return without_reported(result, session, compared.diff_from)
    return result, None
