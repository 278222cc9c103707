"""Reports of `imagelint report` to standard output, files and folders."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.cli.explanations.rulepage import describe
from imagelint.cli.options.formats import Format
from imagelint.cli.output.streams import say
from imagelint.collect.write import write_text
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import ExitCode, Outcome
from imagelint.fleet.formats import Telling, chunks, sarif_files
from imagelint.reporters.context import ReportContext

if TYPE_CHECKING:
    from imagelint.fleet.gather import Fleet
    from imagelint.store.database import Store

_CODES = {
    Outcome.PASS.value: ExitCode.PASS,
    Outcome.FAIL.value: ExitCode.FAIL,
}


def tell(store: Store, fleet: Fleet, formats: tuple[Format, ...], table: str = "") -> int:
    """Write every report that was asked for, or one list of a run.

    The exit code is what the run came to; where findings are asked for, whether there are any.

    Raises:
        UsageError: two want one place, a place is missing, or a file cannot be written.
    """
    asked = formats or (Format("text", ""),)
    if len({entry.path for entry in asked}) < len(asked):
        raise UsageError(Diagnostic("two formats want one output", help="use --format F=FILE"))
    context = ReportContext(version=__version__, command="audit", describe=describe)
    telling = Telling(store, fleet, context, table)
    for entry in asked:
        if entry.name == "sarif":
            _write_sarif(telling, entry.path)
        elif entry.path:
            write_text(entry.path, chunks(entry.name, telling))
        else:
            for chunk in chunks(entry.name, telling):
                say(chunk)
    if fleet.wanted.of_findings:
        return _found(fleet)
    return _CODES.get(fleet.run.outcome, ExitCode.INCOMPLETE)


def _found(fleet: Fleet) -> ExitCode:
    if any(fleet.overview.findings) or fleet.overview.installed:
        return ExitCode.FAIL
    unknown = fleet.untold or fleet.of_sources or fleet.unknown
    unknown = unknown or fleet.is_about_nothing
    return ExitCode.INCOMPLETE if unknown or not fleet.run.finished else ExitCode.PASS


def _write_sarif(telling: Telling, folder: str) -> None:
    if not folder:
        hint = "name a folder: --format sarif=FOLDER"
        raise UsageError(Diagnostic("SARIF is a file for each repository", help=hint))
    try:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103 - as all paths here
    except OSError as error:
        raise UsageError(Diagnostic(f"cannot make a folder: {error}", at=folder)) from None
    for name, text in sarif_files(telling):
        write_text(os.path.join(folder, name), text)  # noqa: PTH118 - as above
