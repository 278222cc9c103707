"""`imagelint fix`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.names import NameType, rules_and_families
from imagelint.cli.options.shared import baseline_option, exclude_option, policy_file_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@policy_file_options
@click.option(
    "--rule",
    "only",
    type=NameType("RULE|FAMILY", rules_and_families),
    multiple=True,
    help="Mend only what these rules find. May repeat.",
)
@click.option("--unsafe", is_flag=True, help="Make also fixes that may change behaviour.")
@click.option("--diff", is_flag=True, help="Show what would be changed, and change nothing.")
@click.option("--check", is_flag=True, help="Change nothing; end with 1 if there is a fix to make.")
@click.option("-i", "--interactive", is_flag=True, help="Ask about each fix.")
@baseline_option
@exclude_option
@click.option("--stdin-filename", metavar="NAME", help="What input (`-`) stands for.")
@click.option("--candidates", is_flag=True, help="It is fine if none of these is ours.")
@click.option("--quiet", "-q", is_flag=True, help="Say only what could not be done.")
def fix(  # noqa: PLR0913 - the options of the command
    *,
    paths: tuple[str, ...],
    policy: PolicyOptions,
    only: tuple[str, ...],
    unsafe: bool,
    diff: bool,
    check: bool,
    interactive: bool,
    baseline: str | None,
    exclude: tuple[str, ...],
    stdin_filename: str | None,
    candidates: bool,
    quiet: bool,
) -> int:
    """Mend in files what has a fix.

    A fix that cannot change what is built or run is made; the others only with --unsafe. What is
    allowed, waived or in the baseline is left as it is. Of - for standard input, the mended text
    goes to standard output.

    Exit codes: 0 done, 1 (only with --check) there is a fix to make, 2 wrong usage or policy,
    3 something could not be read or mended, or --check had nothing to examine.
    """
    from imagelint.cli.files.baselines import read
    from imagelint.cli.fixes.files import FixPaths
    from imagelint.cli.fixes.run import FixJob
    from imagelint.cli.options.selection import chosen_rules, excluded_files
    from imagelint.cli.output.fixes import FixView

    session = policy.open(paths or (".",), only=chosen_rules(only))
    session = session._replace(exclude=excluded_files(exclude))
    view = FixView(diff=diff, check=check, quiet=quiet)
    named = FixPaths(paths or (".",), stdin_filename or "-", candidates=candidates)
    job = FixJob(session, named, read(baseline, session))
    return job.run(view, unsafe=unsafe, interactive=interactive)
