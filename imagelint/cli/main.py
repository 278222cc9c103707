"""The composition root: the only place that catches, formats and exits."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, cast

import click

from imagelint import __version__
from imagelint.core.errors import Complaint, ImagelintError
from imagelint.core.report import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "check": "Judge files: Dockerfiles, manifests, compose files and what belongs to them.",
    "scan": "Scan an image for vulnerable packages with Trivy.",
    "verify": "Verify who signed an image with cosign.",
    "gate": "Check, scan and verify: one verdict about one image.",
    "rules": "List the rules.",
    "explain": "Explain a rule by its name or by another tool's id.",
    "policy": "Show, check or describe policies.",
    "init": "Write a first policy after looking at what the repository holds.",
    "completion": "Print the shell completion script.",
}


class Commands(click.Group):
    """A group that imports a command when it is called, and knows all summaries without."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"imagelint.cli.{cmd_name}")
        return cast("click.Command", getattr(module, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The summaries, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="imagelint %(version)s")
def main() -> None:
    """Say, with evidence, whether a GPU serving image may be pushed.

    Exit codes: 0 pass, 1 fail, 2 wrong usage or policy, 3 incomplete (something could not be
    examined), 4 a defect of imagelint, 130 interrupted.
    """


def answer(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give the code to exit with."""
    try:
        code = main(arguments, prog_name="imagelint", standalone_mode=False)
    except ImagelintError as error:
        _tell(error.complaints)
        return ExitCode.USAGE
    except click.exceptions.Abort:
        _tell([Complaint("interrupted")])
        return ExitCode.INTERRUPTED
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"try '{context.command_path} --help'" if context else ""
        _tell([Complaint(error.format_message(), help=hint)])
        return ExitCode.USAGE
    except BrokenPipeError:
        sys.stderr.close()  # the reader has gone; Python would complain once more at exit
        return ExitCode.INCOMPLETE
    return int(code or 0)


def run() -> None:
    """The entry point of the program."""
    try:
        code = answer()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence
        code = _defect(error)
    sys.exit(int(code))


def _tell(complaints: Sequence[Complaint]) -> None:
    for complaint in complaints:
        click.echo(f"error: {complaint.message}", err=True)
        if complaint.at:
            click.echo(f"   at: {complaint.at}", err=True)
        if complaint.help:
            click.echo(f" help: {complaint.help}", err=True)


def _defect(error: Exception) -> ExitCode:
    import traceback

    from imagelint.core.redact import redact

    frames = "".join(traceback.format_exception(error)[-6:])
    click.echo(redact(frames), err=True)
    _tell([Complaint("this is a defect of imagelint", help="please report the lines above")])
    return ExitCode.DEFECT
