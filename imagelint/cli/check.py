"""`imagelint check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.kinds import KindType
from imagelint.cli.options import policy_options
from imagelint.cli.reportoptions import report_options

if TYPE_CHECKING:
    from imagelint.cli.reportoptions import ReportOptions


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@policy_options
@report_options
@click.option("--baseline", metavar="FILE", help="Let pass what this file lists.")
@click.option("--write-baseline", metavar="FILE", help="List all findings in a baseline file.")
@click.option("--stdin-filename", metavar="NAME", help="What standard input (`-`) stands for.")
@click.option("--kind", type=KindType(), default="", help="What the named files are.")
@click.option("--candidates", is_flag=True, help="It is fine if none of these files is ours.")
@click.option("--no-cache", is_flag=True, help="Examine everything again.")
@click.option("--jobs", type=click.IntRange(0), default=0, help="Processes. [default: one a core]")
def check(  # noqa: PLR0913 - the options of the command
    *,
    paths: tuple[str, ...],
    policies: tuple[str, ...],
    fail_on: str | None,
    rules: tuple[str, ...],
    view: ReportOptions,
    baseline: str | None,
    write_baseline: str | None,
    stdin_filename: str | None,
    kind: str,
    candidates: bool,
    no_cache: bool,
    jobs: int,
) -> int:
    """Judge files: Dockerfiles, manifests, compose files and what belongs to them.

    PATH is a file, a folder, or - for standard input; by default the folder you are in. In
    folders, files are found as git sees them. A named file is examined unless the policy excludes
    it; where neither its name nor its content tells what it is, say so with --kind.
    """
    from imagelint.cli.baselines import read, tell_stale, write
    from imagelint.cli.flags import flags
    from imagelint.cli.output import show
    from imagelint.cli.progress import progress
    from imagelint.cli.standardinput import from_standard_input
    from imagelint.engine.decide import Expected, decide
    from imagelint.run.naming import Naming
    from imagelint.run.session import Session

    session = Session.open(policies, flags(fail_on, rules), cached=not no_cache, processes=jobs)
    naming = Naming(kind, candidates)
    if "-" in paths:
        reports = from_standard_input(session, paths, stdin_filename, naming)
    else:
        told = progress("examined", quiet=view.quiet)
        reports = session.check(paths or (".",), told, naming)
    everything = () if "-" in paths else paths or (".",)
    result = session.suppress(reports, read(baseline), paths=everything)
    tell_stale(result.stale)
    if write_baseline:
        write(write_baseline, result.report)
        result = session.suppress(reports, read(write_baseline), paths=everything)
    asked = () if candidates else (Expected(),)
    verdict = decide(result.report, session.fail_on, asked, session.evidence(), result.thresholds)
    return show(verdict, view, "check")
