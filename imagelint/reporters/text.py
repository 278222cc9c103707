"""For people: like the best compilers, each finding with its place, its reason and its help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.reporters.block import BlockWriter
from imagelint.reporters.closing import closing
from imagelint.reporters.grouping import Group, Repeated, blocks
from imagelint.reporters.order import by_place, problems_by_place, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.report import Verdict
    from imagelint.reporters.context import ReportContext

__all__ = ["report"]


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """The whole report, a block at a time; each block ends with a line feed."""
    writer = BlockWriter(context)
    for block in blocks(by_place(shown(verdict.report.findings, context.least))):
        match block:
            case Group():
                yield _block(writer.group(block))
            case Repeated():
                yield _block(writer.repeated(block))
            case _:
                yield _block(writer.finding(block))
    for problem in problems_by_place(verdict.report.problems):
        yield _block(writer.problem(problem))
    yield "".join(f"{line}\n" for line in closing(verdict, writer.paint, context))


def _block(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines) + "\n"
