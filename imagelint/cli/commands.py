"""The group of all commands: each is imported when it is called."""

from __future__ import annotations

import os
from importlib import import_module
from typing import cast

import click

from imagelint import __version__
from imagelint.cli.summaries import COMMANDS
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import ExitCode


class Commands(click.Group):
    """A group that imports a command when it is called, and knows all summaries without."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name."""
        module = import_module(f"imagelint.cli.{cmd_name}") if cmd_name in COMMANDS else None
        return cast("click.Command | None", getattr(module, cmd_name, None))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant by the first argument."""
        if not ctx.resilient_parsing and any(not word or word.endswith("=") for word in args):
            from imagelint.cli.errors import refuse_empty

            refuse_empty(args)
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            from imagelint.cli.options.names import unknown

            ctx.fail(unknown("command", args[0], COMMANDS))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what nobody read to the end is no pass, nor click's own 1 a fail."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise click.exceptions.Exit(ExitCode.INCOMPLETE) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The summaries, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", message="imagelint %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Say, with evidence, whether a GPU serving image may be pushed.

    Exit codes: 0 pass, 1 fail, 2 wrong usage or policy, 3 incomplete (something could not be
    examined), 4 a defect of imagelint, 130 interrupted.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        return
    try:
        os.getcwd()  # noqa: PTH109 - pathlib would be a tenth of a start
    except OSError as error:
        why = "the folder in which this was started is gone"
        raise UsageError(Diagnostic(why, help="go to another one")) from error
