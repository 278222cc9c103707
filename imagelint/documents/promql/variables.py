"""Variables in PromQL, and what stands in for them while an expression is read.

They are those of dashboards, and `<<.Series>>` and its like of the adapter for Kubernetes' metrics.

What stands in is as long as the variable, so that every offset stays what it was.
https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    import re

_VARIABLE = r"\$\w+|\$\{[^{}\n]*+\}|\[\[\w+(?::\w+)?\]\]|<<[^<>\n]*+>>"
# Within strings and comments a variable is a part of them; an open string goes on to its end.
_PIECE = pattern(
    r"\"(?:[^\"\\\n]|\\.)*+\"?|'(?:[^'\\\n]|\\.)*+'?|`[^`]*+`?|#[^\n]*"
    rf"|(?P<variable>{_VARIABLE})"
)
_ANY = pattern(_VARIABLE)
# `{{args.service}}` of Argo, `{{ target }}` of Flagger, `{{.window}}` of sloth: functions are of
# other programs.
_ARGUMENT = pattern(r"\{\{\s*+\.?[A-Za-z][\w.-]*+\s*+\}\}")
_WORD_BEFORE = pattern(r"(\w+)\s*\(\Z")
_OFFSET_BEFORE = pattern(r"\boffset\s*-?\Z", 2)
# The first argument of these is a number.
_BY_NUMBER = frozenset(
    {"topk", "bottomk", "limitk", "limit_ratio", "quantile", "histogram_quantile", "vector"}
    | {"histogram_fraction", "quantile_over_time"}
)
_SIGNS = frozenset("<>=+-*/%^")
_LEAST_MATCHER = 4


class Filled(NamedTuple):
    """An expression in which something stands in for each of the `ranges` that are variables."""

    text: str
    ranges: tuple[tuple[int, int], ...] = ()

    def touches(self, start: int, end: int) -> bool:
        """Whether a variable takes part in a range of the text."""
        return any(start < there and here < end for here, there in self.ranges)


def arguments_as_variables(text: str) -> str:
    """A query of what judges rollouts, its arguments as variables that are as long as they."""
    return _ARGUMENT.sub(lambda found: "$" + "_" * (len(found[0]) - 1), text)


def holds_variable(text: str) -> bool:
    """Whether a variable of a dashboard stands in a text."""
    return ("$" in text or "[[" in text or "<<" in text) and _ANY.search(text) is not None


def fill(text: str) -> Filled:
    """The text with something for each variable that may stand in its place."""
    if not holds_variable(text):
        return Filled(text)
    pieces: list[str] = []
    ranges: list[tuple[int, int]] = []
    at = depth = 0
    for match in _PIECE.finditer(text):
        start, end = match.span()
        between = text[at:start]
        depth += between.count("{") - between.count("}")
        inside = match["variable"] is not None
        pieces += (between, _stand_in(text, match, depth) if inside else match[0])
        ranges += [(start, end)] if inside or holds_variable(match[0]) else []
        at = end
    return Filled("".join((*pieces, text[at:])), tuple(ranges))


def _stand_in(text: str, match: re.Match[str], depth: int) -> str:
    """A duration, a number, a matcher or a name, by what stands before and behind."""
    start, end = match.span()
    length = end - start
    before, behind = text[:start].rstrip()[-1:], text[end:].lstrip()[:1]
    touched = text[start - 1 : start], text[end : end + 1]
    if before in ("[", ":") and touched[0] in ("[", ":", " ") and not _names(text, start):
        return _digits(length) if touched[1].isalnum() else _duration(length)
    if _OFFSET_BEFORE.search(text, max(0, start - 20), start):
        return _duration(length)
    if any(one.isalnum() or one in ("_", ":") for one in touched if one):
        return "_" * length
    if depth and before in ("{", ",") and behind in ("}", ",") and length >= _LEAST_MATCHER:
        return "_" * (length - 3) + '=""'
    called = _WORD_BEFORE.search(text, max(0, start - 40), start)
    number = called is not None and called[1] in _BY_NUMBER
    if behind not in ("{", "[", "(") and (number or before in _SIGNS):
        return _digits(length)
    return "_" * length


def _names(text: str, start: int) -> bool:
    """Whether a colon before an offset is a part of a name, and does not part a range."""
    return text[:start].rfind("[") <= text[:start].rfind("]")


def _digits(length: int) -> str:
    return "0" * (length - 1) + "1"


def _duration(length: int) -> str:
    return "0" * (length - 2) + "1m"
