"""`imagelint check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.environment import declared_options
from imagelint.cli.options.files import file_options
from imagelint.cli.options.report import report_options
from imagelint.cli.options.shared import baseline_option, policy_options

if TYPE_CHECKING:
    from imagelint.cli.options.files import FileOptions
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.report import ReportOptions
    from imagelint.core.environment import Environment


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@policy_options
@report_options
@baseline_option
@click.option(
    "--write-baseline", type=click.Path(), metavar="FILE", help="List all findings in a file."
)
@declared_options
@file_options
@click.option("--no-cache", is_flag=True, help="Examine everything again.")
@click.option("--jobs", type=click.IntRange(0), default=0, help="Processes. [default: one a core]")
def check(  # noqa: PLR0913 - the options of the command
    *,
    paths: tuple[str, ...],
    policy: PolicyOptions,
    view: ReportOptions,
    baseline: str | None,
    write_baseline: str | None,
    declared: Environment,
    files: FileOptions,
    no_cache: bool,
    jobs: int,
) -> int:
    """Judge files: Dockerfiles, manifests, compose files and what belongs to them.

    PATH is a file, a folder, or - for standard input; by default the folder you are in. In
    folders, files are found as git sees them. A named file is examined unless the policy excludes
    it; where neither its name nor its content tells what it is, say so with --kind.
    """
    from imagelint.cli.files.baselines import read, tell_stale, write
    from imagelint.cli.files.standardinput import from_standard_input
    from imagelint.cli.options.selection import chosen_rules, excluded_files
    from imagelint.cli.options.since import Compared, only_new
    from imagelint.cli.output.progress import progress
    from imagelint.cli.output.verdict import show
    from imagelint.engine.decide import Expected, decide
    from imagelint.run.naming import Naming

    only = chosen_rules(files.only)
    session = policy.open(paths or (".",), environment=declared, only=only, cached=not no_cache)
    left_out, traced = excluded_files(files.exclude), bool(files.since)
    session = session._replace(processes=jobs, exclude=left_out, traced=traced)
    naming = Naming(files.kind, files.candidates)
    everything = () if "-" in paths else paths or (".",)
    if everything:
        survey = session.survey(everything, progress("examined", quiet=view.quiet), naming)
    else:
        survey = from_standard_input(session, paths, files.stdin_filename, naming)
    held = read(baseline, session)
    result = session.suppress(survey.reports, held, paths=everything)
    tell_stale(result.stale)
    if write_baseline:
        held = write(write_baseline, result.report)
        result = session.suppress(survey.reports, held, paths=everything)
    compared = Compared(everything, held, files.since, files.diff_from)
    result, change = only_new(result, survey, session, compared)
    asked = () if files.candidates else (Expected(),)
    verdict = decide(result.report, session.fail_on, asked, session.evidence(), result.bounds)
    return show(verdict._replace(change=change), view, "check", session.levelled(), session.own())
