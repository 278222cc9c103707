"""A configuration of nginx as a tree of directives.

It reads as `ngx_conf_read_token` does: https://github.com/nginx/nginx, src/core/ngx_conf_file.c
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.proxies.directives import DirectiveError, DirectiveWord, OpenBlocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.proxies.directives import Directive

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


def read_nginx(text: str) -> tuple[Directive, ...]:
    """The directives of a text, in order.

    Raises:
        DirectiveError: nginx would not read it either, or it is nested too deeply.
    """
    blocks = OpenBlocks()
    words: list[DirectiveWord] = []
    for word, sign in _tokens(text):
        at = word.span.start
        if not sign:
            words.append(word)
        elif sign == "}":
            if words or not blocks.depth:
                raise DirectiveError('unexpected "}"', at)
            blocks.close()
        else:
            if not words:
                raise DirectiveError(f'unexpected "{sign}"', at)
            if sign == "{":
                blocks.open(words, at)
            else:
                blocks.add(words)
            words = []
    if words or blocks.depth:
        raise DirectiveError('it ends without ";" or "}"', len(text))
    return blocks.whole()


def _tokens(text: str) -> Iterator[tuple[DirectiveWord, str]]:
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
        yield DirectiveWord(sign, Span(at, at + 1)), sign
        if sign == "{" and first.endswith(_LUA):
            at = _past_lua(text, at + 1)
        else:
            at = _past(text, at + 1)
        first = ""


def _past(text: str, at: int) -> int:
    found = _SKIPPED.match(text, at)
    return found.end() if found else at


def _word(text: str, at: int, character: str) -> DirectiveWord:
    quoted = character in "\"'"
    found = (_QUOTED if quoted else _PLAIN).match(text, at)
    if found is None:
        raise DirectiveError("a quote is not closed", at)
    end = found.end()
    if quoted and text[end : end + 1] not in _BEHIND_QUOTES:
        raise DirectiveError(f'unexpected "{text[end]}"', end)
    inner = found[0][1:-1] if quoted else found[0]
    said = _ESCAPE.sub(lambda one: _ESCAPED.get(one[1], one[1]), inner) if "\\" in inner else inner
    return DirectiveWord(said, Span(at, end))


def _past_lua(text: str, at: int) -> int:
    """Where the brace stands that closes a block of Lua."""
    depth = 1
    for piece in _LUA_PIECE.finditer(text, at):
        depth += {"{": 1, "}": -1}.get(piece[0], 0)
        if not depth:
            return piece.start()
    raise DirectiveError("a block of Lua is not closed", at)
