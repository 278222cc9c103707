"""A configuration of nginx as a tree of directives.

It reads as `ngx_conf_read_token` does: https://github.com/nginx/nginx, src/core/ngx_conf_file.c
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError
from imagelint.documents.template import BRACES, template_error

if TYPE_CHECKING:
    from collections.abc import Iterator

_SKIPPED = pattern(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_QUOTED = pattern(r"\"(?:[^\"\\]|\\[\s\S])*+\"|'(?:[^'\\]|\\[\s\S])*+'")
# A brace that follows a dollar sign belongs to the name of a variable.
_PLAIN = pattern(r"(?:\\[\s\S]|\$\{|[^ \t\r\n;{\\])++")
_ESCAPE = pattern(r"\\([\"'\\trn])")
_ESCAPED = {"t": "\t", "r": "\r", "n": "\n"}
_BEHIND_QUOTES = " \t\r\n;{)"
# OpenResty hands what stands in these to Lua.
_LUA = "_by_lua_block"
_LUA_PIECE = pattern(r"--[^\n]*|\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+'|[{}]")
_DEEPEST = 30


class NginxError(Exception):
    """A text is no configuration of nginx: why, and where."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.message = message
        self.at = at


def refusal(text: str, error: NginxError) -> DocumentError:
    """Why a text cannot be examined, at the place in it: it is wrong, or something fills it in."""
    if BRACES.search(text):
        return template_error(text)
    at = Span(error.at, error.at)
    return DocumentError(ProblemKind.UNPARSABLE, f"nginx cannot read this: {error.message}", at)


class NginxWord(NamedTuple):
    """A word of a directive without its quotes, and where it stands with them."""

    text: str
    span: Span


class Directive(NamedTuple):
    """A directive with its arguments, and the directives in its block; None where it has none."""

    name: NginxWord
    arguments: tuple[NginxWord, ...]
    block: tuple[Directive, ...] | None

    def first(self) -> NginxWord:
        """The first argument; the name where there is none."""
        return self.arguments[0] if self.arguments else self.name


def read_nginx(text: str) -> tuple[Directive, ...]:
    """The directives of a text, in order.

    Raises:
        NginxError: nginx would not read it either, or it is nested too deeply.
    """
    blocks: list[list[Directive]] = [[]]
    heads: list[list[NginxWord]] = []
    words: list[NginxWord] = []
    for word, sign in _tokens(text):
        at = word.span.start
        if not sign:
            words.append(word)
        elif sign == "}":
            if words or not heads:
                raise NginxError('unexpected "}"', at)
            head, block = heads.pop(), blocks.pop()
            blocks[-1].append(Directive(head[0], tuple(head[1:]), tuple(block)))
        else:
            _check_head(words, heads, sign, at)
            if sign == "{":
                heads.append(words)
                blocks.append([])
            else:
                blocks[-1].append(Directive(words[0], tuple(words[1:]), None))
            words = []
    if words or heads:
        raise NginxError('it ends without ";" or "}"', len(text))
    return tuple(blocks[0])


def _check_head(words: list[NginxWord], heads: list[list[NginxWord]], sign: str, at: int) -> None:
    if not words:
        raise NginxError(f'unexpected "{sign}"', at)
    if sign == "{" and len(heads) == _DEEPEST:
        raise NginxError("blocks are nested too deeply", at)


def _tokens(text: str) -> Iterator[tuple[NginxWord, str]]:
    """The words in order, each with the sign that it is, or nothing."""
    at = _past(text, 0)
    first = ""
    while at < len(text):
        sign = text[at]
        if sign not in ";{}":
            word = _word(text, at, sign)
            first = first or word.text
            yield word, ""
            at = _past(text, word.span.end)
            continue
        yield NginxWord(sign, Span(at, at + 1)), sign
        if sign == "{" and first.endswith(_LUA):
            at = _past_lua(text, at + 1)
        else:
            at = _past(text, at + 1)
        first = ""


def _past(text: str, at: int) -> int:
    found = _SKIPPED.match(text, at)
    return found.end() if found else at


def _word(text: str, at: int, character: str) -> NginxWord:
    quoted = character in "\"'"
    found = (_QUOTED if quoted else _PLAIN).match(text, at)
    if found is None:
        raise NginxError("a quote is not closed", at)
    end = found.end()
    if quoted and text[end : end + 1] not in _BEHIND_QUOTES:
        raise NginxError(f'unexpected "{text[end]}"', end)
    inner = found[0][1:-1] if quoted else found[0]
    said = _ESCAPE.sub(lambda one: _ESCAPED.get(one[1], one[1]), inner) if "\\" in inner else inner
    return NginxWord(said, Span(at, end))


def _past_lua(text: str, at: int) -> int:
    """Where the brace stands that closes a block of Lua."""
    depth = 1
    for piece in _LUA_PIECE.finditer(text, at):
        depth += {"{": 1, "}": -1}.get(piece[0], 0)
        if not depth:
            return piece.start()
    raise NginxError("a block of Lua is not closed", at)
