"""What stands behind an instruction's flags: the grammar of each instruction.

The rules are those of `line_parsers.go` of moby/buildkit's parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.complaints import KeyWithoutValue, NonStringInJsonForm
from imagelint.documents.dockerfile.syntax.splitting import (
    InstructionParts,
    NotStrings,
    json_pieces,
    read_json,
    split_blanks,
    split_quoted,
)
from imagelint.documents.dockerfile.syntax.words import RawWord

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.base import Complaint

_BLANKS = pattern(r"[\t\v\f\r ]+")


class ArgumentFault(NamedTuple):
    """Why BuildKit refuses the arguments of an instruction.

    `word` is the one that is wrong, None when all of them are; without `subject` it is about the
    instruction.
    """

    kind: type[Complaint]
    message: str
    help: str = ""
    subject: str = ""
    word: RawWord | None = None


class Arguments(NamedTuple):
    """The words of an instruction and, as BuildKit's parser lists them, its arguments.

    With a fault, the words are as good as may be.
    """

    pieces: tuple[RawWord, ...] = ()
    values: tuple[str, ...] = ()
    json: bool = False
    fault: ArgumentFault | None = None


def read_arguments(keyword: str, parts: InstructionParts, escape: str) -> Arguments:
    """The arguments of an instruction; none for one that BuildKit does not know, or ONBUILD."""
    grammar = _GRAMMARS.get(keyword)
    if grammar is None or not parts.rest:
        return Arguments()
    return grammar(parts.rest, parts.rest_start, escape)


def _plain(pieces: tuple[RawWord, ...], fault: ArgumentFault | None = None) -> Arguments:
    return Arguments(pieces, tuple(piece.text for piece in pieces), fault=fault)


def _json(rest: str, start: int) -> Arguments | None:
    values = read_json(rest)
    if not isinstance(values, tuple):
        return None
    return Arguments(tuple(json_pieces(rest, start, values)), values, json=True)


def _not_strings(rest: str) -> ArgumentFault | None:
    if read_json(rest) is not NotStrings:
        return None
    message = "an array in JSON form may hold strings only"
    return ArgumentFault(NonStringInJsonForm, message, "put every word into double quotes")


def _no_value(word: RawWord) -> ArgumentFault:
    message = f"{word.text[:40]} has no value: write name=value"
    help_ = "a value with blanks in it needs quotes"
    return ArgumentFault(KeyWithoutValue, message, help_, word.text, word)


def _command(rest: str, start: int, _escape: str) -> Arguments:
    """RUN, CMD, ENTRYPOINT, SHELL."""
    return _json(rest, start) or _plain(
        (RawWord(start, start + len(rest), rest),), _not_strings(rest)
    )


def _list(rest: str, start: int, _escape: str) -> Arguments:
    """ADD, COPY, VOLUME."""
    return _json(rest, start) or _plain(tuple(split_blanks(rest, start)), _not_strings(rest))


def _blanks(rest: str, start: int, _escape: str) -> Arguments:
    """FROM, EXPOSE."""
    return _plain(tuple(split_blanks(rest, start)))


def _text(rest: str, start: int, _escape: str) -> Arguments:
    """MAINTAINER, STOPSIGNAL, USER, WORKDIR."""
    return _plain((RawWord(start, start + len(rest), rest),))


def _quoted(rest: str, start: int, escape: str) -> Arguments:
    """ARG."""
    return _plain(tuple(split_quoted(rest, start, escape)))


def _pairs(rest: str, start: int, escape: str) -> Arguments:
    """ENV and LABEL: `name=value …`, or the old form `name value`."""
    pieces = tuple(split_quoted(rest, start, escape))
    if not pieces:
        return Arguments()
    if "=" not in pieces[0].text:
        return _old_pair(rest, start)
    good = tuple(piece for piece in pieces if "=" in piece.text)
    bad = next((piece for piece in pieces if "=" not in piece.text), None)
    fault = _no_value(bad) if bad else None
    values = [part for piece in good for part in piece.text.split("=", 1)]
    return Arguments(good, tuple(values), fault=fault)


def _old_pair(rest: str, start: int) -> Arguments:
    blank = _BLANKS.search(rest)
    if blank is None:
        piece = RawWord(start, start + len(rest), rest)
        return _plain((piece,), _no_value(piece))
    name = RawWord(start, start + blank.start(), rest[: blank.start()])
    value = RawWord(start + blank.end(), start + len(rest), rest[blank.end() :])
    return _plain((name, value))


def _health(rest: str, start: int, escape: str) -> Arguments:
    """HEALTHCHECK: `NONE`, or `CMD` and a command."""
    space = _SPACES.search(rest)
    if space is None:
        return _plain((RawWord(start, start + len(rest), rest),))
    kind = RawWord(start, start + space.start(), rest[: space.start()])
    command = _command(rest[space.end() :], start + space.end(), escape)
    return command._replace(pieces=(kind, *command.pieces), values=(kind.text, *command.values))


_SPACES = pattern(r"[\t\n\v\f\r ]+")
_GRAMMARS: dict[str, Callable[[str, int, str], Arguments]] = {
    "ADD": _list,
    "ARG": _quoted,
    "CMD": _command,
    "COPY": _list,
    "ENTRYPOINT": _command,
    "ENV": _pairs,
    "EXPOSE": _blanks,
    "FROM": _blanks,
    "HEALTHCHECK": _health,
    "LABEL": _pairs,
    "MAINTAINER": _text,
    "RUN": _command,
    "SHELL": _command,
    "STOPSIGNAL": _text,
    "USER": _text,
    "VOLUME": _list,
    "WORKDIR": _text,
}
KEYWORDS = (*_GRAMMARS, "ONBUILD")
