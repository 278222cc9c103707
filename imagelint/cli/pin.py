"""`imagelint pin`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.shared import exclude_option, policy_file_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@policy_file_options
@click.option("--update", is_flag=True, help="Move to the newest tag of the same kind as well.")
@click.option("--diff", is_flag=True, help="Show what would be changed, and change nothing.")
@click.option("--check", is_flag=True, help="Change nothing; end with 1 if one has no pin.")
@click.option(
    "--lock",
    type=click.Path(),
    default="imagelint.lock",
    show_default=True,
    metavar="FILE",
    help="The digests that are known, and kept.",
)
@click.option("--timeout", type=click.FloatRange(0), default=300, help="Seconds. [default: 300]")
@exclude_option
@click.option("--quiet", "-q", is_flag=True, help="Say only what could not be done.")
def pin(  # noqa: PLR0913 - the options of the command
    *,
    paths: tuple[str, ...],
    policy: PolicyOptions,
    update: bool,
    diff: bool,
    check: bool,
    lock: str,
    timeout: float,
    exclude: tuple[str, ...],
    quiet: bool,
) -> int:
    """Pin the images that files name to digests.

    In Dockerfiles, pods, compose files, kustomizations and values of charts the digest of an image
    is written behind its tag: the one of the lock file, else the one that its registry tells now,
    of an image for several platforms that of its index. What has a digest keeps it, unless
    --update asks for a newer tag.

    Exit codes: 0 done, 1 (only with --check) an image has no digest, 2 wrong usage or policy,
    3 a registry did not answer, a file could not be read, or --check had nothing to examine.
    """
    from imagelint.cli.fixes.pin import PinJob
    from imagelint.cli.options.selection import excluded_files
    from imagelint.cli.output.fixes import FixView

    session = policy.open(paths or (".",), cached=False)
    session = session._replace(exclude=excluded_files(exclude))
    view = FixView(diff=diff, check=check, quiet=quiet)
    return PinJob(session, paths or (".",), lock, timeout).run(view, update=update)
