"""Verdicts to standard output and files; progress to a terminal."""

from __future__ import annotations

import os
import sys
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.cli.explanations.rulepage import describe
from imagelint.cli.options.formats import Format, below_repository, page_of_sources
from imagelint.cli.output.files import refuse_places
from imagelint.cli.output.streams import say, width
from imagelint.collect.environment import moment, variable
from imagelint.core.finding import Severity
from imagelint.reporters import load
from imagelint.reporters.context import ReportContext

if TYPE_CHECKING:
    from imagelint.cli.options.report import ReportOptions
    from imagelint.core.report import Verdict
    from imagelint.policy.model import OwnRules


def show(
    verdict: Verdict,
    view: ReportOptions,
    command: str,
    levelled: frozenset[str] = frozenset(),
    own: OwnRules = MappingProxyType({}),
) -> int:
    """Write every report that was asked for and give the exit code.

    `levelled` are the rules whose severity a policy sets, `own` those that policies bring.

    Raises:
        UsageError: two reports want one place, or that of an input, or a file cannot be written.
    """
    formats = view.formats or (Format("text", ""),)
    refuse_places(formats, verdict)
    for entry in formats:
        context = _context(entry, view, command)._replace(describe=partial(describe, own=own))
        chunks = load(entry.name)(verdict, context._replace(levelled=levelled))
        if entry.path:
            from imagelint.collect.write import write_text

            write_text(entry.path, chunks)
            continue
        for chunk in chunks:
            say(chunk)
    return verdict.exit_code


def _context(entry: Format, view: ReportOptions, command: str) -> ReportContext:
    here = os.getcwd()  # noqa: PTH109 - pathlib takes longer to import than all of this
    return ReportContext(
        color=not entry.path and wants_color(view.color),
        width=width(),
        version=__version__,
        command=command,
        root=here,
        verbose=view.verbose,
        least=Severity.named(view.min_severity) if view.min_severity else None,
        statistics=view.statistics,
        category=view.category,
        prefix=below_repository(entry.name, here),
        source=page_of_sources() if entry.name == "summary" else "",
        moment=moment(),
    )


def wants_color(choice: str) -> bool:
    """Whether to colour standard output: https://no-color.org."""
    if choice != "auto":
        return choice == "always"
    return sys.stdout.isatty() and not variable("NO_COLOR") and variable("TERM") != "dumb"
