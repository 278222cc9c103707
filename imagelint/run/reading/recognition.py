"""What document a text is, or the report about one that is none of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import Ignored, IgnoreReason, Problem, ProblemKind, Report
from imagelint.documents.detect import DocumentError, detect, parse
from imagelint.documents.kinds import of_another_tool

if TYPE_CHECKING:
    from imagelint.core.source import Source
    from imagelint.documents.base import Document
    from imagelint.documents.kinds import Beside


def recognise(source: Source) -> Document | Report:
    """The document that a text is, or the report about a text that is none of ours."""
    return parsed(source, detect(source.origin, source.text))


def parsed(source: Source, kind: str, read: Beside = lambda _name: None) -> Document | Report:
    """The document of a kind that a text is, or the report that it cannot be read as one."""
    if not kind:
        foreign = of_another_tool(source.origin, source.text)
        reason = IgnoreReason.OTHER_TOOL if foreign else IgnoreReason.NO_KIND
        return Report(ignored=(Ignored(source.origin, reason),))
    try:
        return parse(source, kind, read)
    except DocumentError as error:
        return Report(problems=(error.problem(source),))
    except RecursionError:
        detail = "is nested too deeply to be examined"
        return Report(problems=(Problem(ProblemKind.UNPARSABLE, source.origin, detail),))
