"""The composition root: the only place that catches, formats and exits."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import click

from imagelint.cli.commands import main
from imagelint.cli.errors import tell
from imagelint.cli.output.streams import deliver, take_every_text
from imagelint.core.errors import Diagnostic, ImagelintError, UsageError
from imagelint.core.report import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence


def answer(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give the code to exit with."""
    try:
        # Shells ask for completions without an argument: with one, a check must not end as such.
        given = sys.argv[1:] if arguments is None else arguments
        variable = "" if given else None
        code = main(arguments, prog_name="imagelint", standalone_mode=False, complete_var=variable)
    except ImagelintError as error:
        tell(error.complaints)
        return ExitCode.USAGE
    except click.exceptions.Abort as error:
        tell([Diagnostic("interrupted")])
        return _code(error.__cause__)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f"try '{context.command_path} --help'" if context else ""
        tell([Diagnostic(error.format_message(), help=hint)])
        return ExitCode.USAGE
    return int(code or 0)


def run() -> None:
    """Run the command line of the process and exit with its code."""
    take_every_text()
    try:
        code = deliver(answer())
    except UsageError as error:
        tell(error.complaints)
        code = ExitCode.USAGE
    except KeyboardInterrupt as interrupt:
        code = _code(interrupt)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        code = _defect(error)
    # Nothing that is still there needs its cycles found: the system takes the memory back at once.
    gc.freeze()
    sys.exit(int(code))


def _code(interrupt: BaseException | None) -> int:
    from imagelint.cli.termination import code_of

    return code_of(interrupt)


def _defect(error: Exception) -> ExitCode:
    import traceback

    from imagelint.core.redact import redact

    frames = "".join(traceback.format_exception(error)[-6:])
    click.echo(redact(frames), err=True)
    tell([Diagnostic("this is a defect of imagelint", help="please report the lines above")])
    return ExitCode.DEFECT
