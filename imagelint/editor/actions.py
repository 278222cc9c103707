"""What an editor offers about a finding: its fix, to allow it with a reason, to mend the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol.types import (
    CodeAction,
    CodeActionKind,
    Diagnostic,
    Range,
    TextEdit,
    WorkspaceEdit,
)

from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.editor.opentext import key
from imagelint.run.changes.fixing import FixRequest, fix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.core.finding import Finding
    from imagelint.core.source import Span
    from imagelint.editor.judging import Judgement
    from imagelint.editor.places import Places

REASON = "say why"
"""What stands where the reason of an allowance is to be written."""
_INDENT = re.compile(r"[ \t]*")


class EditedText(NamedTuple):
    """A text that is edited; `judge` tells what would be said of another in its place."""

    uri: str
    origin: str
    text: str
    places: Places
    judge: Callable[[str], Judgement]

    def change(self, *edits: TextEdit) -> WorkspaceEdit:
        """The text with some edits."""
        return WorkspaceEdit(changes={self.uri: edits})


def fixes(edited: EditedText, finding: Finding, diagnostic: Diagnostic) -> Iterator[CodeAction]:
    """The fix of a finding, if all that it changes stands in the same file."""
    repair = finding.fix
    edits = repair.edits if repair is not None else ()
    if repair is None or not edits or any(one.origin != edited.origin for one in edits):
        return
    places = edited.places
    yield CodeAction(
        title=f"{repair.title} ({finding.rule})",
        kind=CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        is_preferred=repair.safe,
        edit=edited.change(*(TextEdit(places.range(one.span), one.text) for one in edits)),
    )


def allowance(
    edited: EditedText, finding: Finding, span: Span, diagnostic: Diagnostic
) -> Iterator[CodeAction]:
    """A comment that allows a finding here, if it would be heard."""
    places, text = edited.places, edited.text
    line = places.position(span.start).line
    indent = _INDENT.match(places.line(line))
    comment = f"{indent[0] if indent else ''}# imagelint: allow {finding.rule} -- {REASON}\n"
    at = places.line_start(line)
    after = edited.judge(f"{text[:at]}{comment}{text[at:]}")
    # The same may be said of other places: what counts is this one, which the comment moves on.
    moved = span.start + len(comment)
    still = (one for one, place in after.of(edited.origin) if place.start == moved)
    if after.problems or key(finding) in map(key, still):
        return
    place = places.position(at)
    yield CodeAction(
        title=f"Allow {finding.rule} here: {REASON}",
        kind=CodeActionKind.QuickFix,
        diagnostics=[diagnostic],
        edit=edited.change(TextEdit(Range(place, place), comment)),
    )


def mended(edited: EditedText) -> str:
    """The text with all that can be mended without doubt."""

    def examine(texts: Mapping[str, str]) -> Report:
        found = edited.judge(texts.get(edited.origin, edited.text))
        return Report(found.findings, problems=found.problems)

    def read(origin: str) -> str | Problem:
        if origin == edited.origin:
            return edited.text
        return Problem(ProblemKind.UNREADABLE, origin, "is not what is edited")

    def accepts(finding: Finding, _changes: Iterable[object]) -> bool:
        return finding.fix is not None and finding.fix.safe

    changes = fix(FixRequest(examine, read, accepts)).changes
    return next((one.after for one in changes if one.origin == edited.origin), edited.text)
