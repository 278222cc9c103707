"""What ShellCheck is asked about a script, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple
from imagelint.core.source import Source, Span
from imagelint.documents.image.jsonview import read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.documents.base import Key
    from imagelint.documents.image.jsonview import JsonView

DIALECTS = {"sh": "sh", "dash": "dash", "bash": "bash", "ksh": "ksh", "ash": "busybox"}
"""The shells that it knows, by the names of ours."""


class LintRequest(NamedTuple):
    """A script to look at: its text, its dialect, and the variables that are set around it."""

    text: str
    dialect: str
    variables: tuple[str, ...]

    @property
    def key(self) -> Key:
        """Under what the answer is found: equal scripts have one."""
        return (digest_of(self.text, self.dialect, *self.variables),)

    @property
    def program(self) -> str:
        """What the program reads: two lines more than the script, which say what holds for it.

        A `#!` is none behind them, and is no mistake of the script's for that (SC1128). What is set
        around it is one word, so that nobody asks for quotes around `$VERSION` (SC2086).
        """
        text = f"##{self.text[2:]}" if self.text.startswith("#!") else self.text
        settings = " ".join(f"{name}=1" for name in self.variables)
        export = f"export {settings}; " if settings else ""
        return f"# shellcheck shell={self.dialect}\n{export}\n{text}"


_LINES_BEFORE = 2


class ScriptComment(NamedTuple):
    """One comment about a script. `span` is within its text, `level` as the program calls it."""

    span: Span
    code: str
    level: str
    message: str


Comments: TypeAlias = "dict[Key, list[ScriptComment]]"
"""Comments by the keys of the scripts that they are about."""


def read_comments(answer: str, requests: Mapping[str, LintRequest]) -> Comments | str:
    """The comments by the keys of the scripts, which were read under names; or why there are none.

    https://github.com/koalaman/shellcheck/wiki/Integration, format `json1`
    """
    view = read_json(answer)
    if isinstance(view, str):
        return view
    if not view["comments"].is_array:
        return "has no comments"
    sources = {name: Source(name, request.text) for name, request in requests.items()}
    found: Comments = {each.key: [] for each in requests.values()}
    for comment in view["comments"].items():
        source = sources.get(comment["file"].raw.rpartition("/")[2])
        span = _span(source, comment) if source is not None else None
        if source is not None and span is not None:
            code = f"SC{int(comment['code'].number or 0)}"
            one = ScriptComment(span, code, comment["level"].text, comment["message"].text)
            found[requests[source.origin].key].append(one)
    return found


def _span(source: Source, comment: JsonView) -> Span | None:
    start = _offset(source, comment["line"].number, comment["column"].number)
    end = _offset(source, comment["endLine"].number, comment["endColumn"].number)
    return None if start is None or end is None or end < start else Span(start, end)


def _offset(source: Source, line: float | None, column: float | None) -> int | None:
    """The offset of a line and a column of what was read, both from 1."""
    number = int(line or 0) - _LINES_BEFORE
    starts = source.line_starts
    if not 1 <= number <= len(starts):
        return None
    return min(starts[number - 1] + int(column or 1) - 1, len(source.text))


def distinct(requests: Iterable[LintRequest]) -> dict[str, LintRequest]:
    """Each request once, by a name for its file."""
    once = dict.fromkeys(requests)
    return {f"{number:06}.sh": each for number, each in enumerate(once)}
