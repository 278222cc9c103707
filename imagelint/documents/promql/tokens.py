"""The words of PromQL with their offsets.

https://github.com/prometheus/prometheus/blob/main/promql/parser/lex.go
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = (
    r"(?:[0-9]+(?:ms|[smhdwy]))+|0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
)
_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`[^`]*`"
_OPERATOR = r"=~|!~|!=|==|>=|<=|[-<>=+*/%^@,(){}\[\]:]"
_SKIPPED = r"(?:\s|#[^\n]*)*+"
# A colon begins a name, but within brackets it parts a range from its resolution.
_OUTSIDE = pattern(
    rf"{_SKIPPED}(?:(?P<number>{_NUMBER})|(?P<string>{_STRING})"
    rf"|(?P<word>[A-Za-z_:][A-Za-z0-9_:]*)|(?P<operator>{_OPERATOR}))"
)
_INSIDE = pattern(
    rf"{_SKIPPED}(?:(?P<number>{_NUMBER})|(?P<string>{_STRING})"
    rf"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<operator>{_OPERATOR}))"
)
_REST = pattern(_SKIPPED)


class Token(NamedTuple):
    """A word of an expression; `kind` is `number`, `string`, `word` or `operator`."""

    kind: str
    text: str
    start: int
    end: int


class LexicalError(Exception):
    """What stands at an offset begins no word of PromQL."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def tokens(text: str) -> Iterator[Token]:
    """The words of an expression in order, without blanks and comments.

    Raises:
        LexicalError: something is no word of PromQL.
    """
    at, inside = 0, False
    while True:
        match = (_INSIDE if inside else _OUTSIDE).match(text, at)
        if match is None or match.lastgroup is None:
            break
        start, at = match.span(match.lastgroup)
        word = text[start:at]
        if word in ("[", "]"):
            inside = word == "["
        yield Token(match.lastgroup, word, start, at)
    rest = _REST.match(text, at)
    at = rest.end() if rest else at
    if at < len(text):
        raise LexicalError(at)
