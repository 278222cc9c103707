"""JSON of any size, read a piece at a time: lines, and the elements of arrays inside one value."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.jsonview import JsonView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Keys: TypeAlias = tuple[str, ...]

LARGEST_ELEMENT = 64 * 1024 * 1024
"""Characters of one sample, or of one value beside the samples."""

# A piece that ends in the middle of a literal or an escape is blamed at most so far from its end.
_LONGEST_LITERAL = 16
_BLANKS = " \t\r\n"


class Member(NamedTuple):
    """A value at the keys that lead to it; `position` counts the elements of an array from 0."""

    keys: Keys
    value: JsonView
    position: int | None = None


def read_lines(chunks: Iterable[bytes]) -> Iterator[tuple[int, JsonView]]:
    """The values of JSON lines, with the numbers of their lines, counted from 1.

    Raises:
        DocumentError: a line is no JSON, too long, or the last one ends too early.
    """
    for number, line in enumerate(_lines(chunks), 1):
        text = line.strip()
        if text:
            yield number, _line(text, number)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole
        if len(rest) > LARGEST_ELEMENT:
            raise _too_large("a line")
    yield rest


_MOST_KEYS = 100_000
"""Of an object above what is streamed: tools write a dozen."""


class _RepeatedKeyError(ValueError):
    """An object has a key twice, of which readers take one or the other."""


def _unrepeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object of some pairs: for `object_pairs_hook`.

    Raises:
        _RepeatedKeyError: a key is there twice.
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RepeatedKeyError
    return found


_LINES = json.JSONDecoder(object_pairs_hook=_unrepeated)


def _line(text: bytes, number: int) -> JsonView:
    try:
        encoding = "utf-8" if text.startswith(b'{"') else json.detect_encoding(text)
        told = text.decode(encoding, "surrogatepass")
        value, end = _LINES.raw_decode(told)
        # What stands behind it is for `decode` to judge, which looks for blanks on both sides.
        return JsonView(value if end == len(told) else _LINES.decode(told))
    except json.JSONDecodeError as error:
        why = "ends too early" if _is_early(error, len(text)) else f"is no JSON: {error.msg}"
        raise DocumentError(
            ProblemKind.UNPARSABLE, f"line {number:,} {why}, at column {error.colno:,}"
        ) from None
    except _RepeatedKeyError:
        raise DocumentError(ProblemKind.UNPARSABLE, f"line {number:,} has a key twice") from None
    except (RecursionError, ValueError) as error:
        detail = f"line {number:,} cannot be read ({type(error).__name__})"
        raise DocumentError(ProblemKind.UNPARSABLE, detail) from None


def _is_early(error: json.JSONDecodeError, length: int) -> bool:
    return error.pos >= length or error.msg.startswith("Unterminated string")


def _too_large(what: str) -> DocumentError:
    most = LARGEST_ELEMENT // (1024 * 1024)
    return DocumentError(ProblemKind.TOO_LARGE, f"{what} has more than {most} MiB")


class JsonStream:
    """The members of one JSON value, of which some arrays are told element by element.

    `streamed` are the keys that lead to those arrays; `()` is the value itself. Whatever does not
    lie on the way to one of them is told as one member. Memory holds one member, never the whole.
    """

    def __init__(self, chunks: Iterable[bytes], streamed: Iterable[Keys]) -> None:
        self._chunks = iter(chunks)
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._scan = json.JSONDecoder(object_pairs_hook=_unrepeated).raw_decode
        self._streamed = frozenset(streamed)
        self._above = {keys[:end] for keys in self._streamed for end in range(len(keys))}
        self._text = ""
        self._at = 0
        self._dropped = 0
        self._ended = False

    def __iter__(self) -> Iterator[Member]:
        """The members, in the order in which they stand there.

        Raises:
            DocumentError: it is no JSON, ends too early, or a member is too large.
        """
        yield from self._member(())
        if self._peek():
            raise self._wrong("something stands behind its end")

    def _member(self, keys: Keys) -> Iterator[Member]:
        first = self._peek()
        if first == "[" and keys in self._streamed:
            yield from self._elements(keys)
        elif first == "{" and keys in self._above:
            yield from self._entries(keys)
        else:
            yield Member(keys, JsonView(self._value()))

    def _entries(self, keys: Keys) -> Iterator[Member]:
        self._at += 1
        if self._peek() == "}":
            self._at += 1
            return
        seen: set[str] = set()
        while True:
            if self._peek() != '"':
                raise self._wrong("a key was expected")
            key = str(self._value())
            if key in seen:
                raise self._wrong("a key is there twice")
            seen.add(key)
            if len(seen) > _MOST_KEYS:
                raise self._wrong(f"an object has more than {_MOST_KEYS:,} keys")
            self._expect(":")
            yield from self._member((*keys, key))
            if self._expect(",}") == "}":
                return

    def _elements(self, keys: Keys) -> Iterator[Member]:
        self._at += 1
        if self._peek() == "]":
            self._at += 1
            return
        index = 0
        while True:
            yield Member(keys, JsonView(self._value()), index)
            index += 1
            if self._expect(",]") == "]":
                return

    def _expect(self, wanted: str) -> str:
        found = self._peek()
        if not found or found not in wanted:
            raise self._wrong(f"`{wanted[0]}` was expected")
        self._at += 1
        return found

    def _peek(self) -> str:
        """The next character that is no blank, empty at the end."""
        while True:
            while self._at < len(self._text):
                found = self._text[self._at]
                if found not in _BLANKS:
                    return found
                self._at += 1
            if not self._fill(1):
                return ""

    def _value(self) -> object:
        self._peek()
        more = 1
        while True:
            try:
                value, end = self._scan(self._text, self._at)
            except json.JSONDecodeError as error:
                self._more_or_refuse(error, more)
            except _RepeatedKeyError:
                raise self._wrong("a key is there twice") from None
            except (RecursionError, ValueError) as error:
                raise self._wrong(f"it cannot be read ({type(error).__name__})") from None
            else:
                # A number may go on in the next piece.
                if end < len(self._text) or not isinstance(value, int | float) or not self._fill(1):
                    self._at = end
                    return value
            more *= 2

    def _more_or_refuse(self, error: json.JSONDecodeError, more: int) -> None:
        near = error.pos >= len(self._text) - _LONGEST_LITERAL
        early = near or error.msg.startswith("Unterminated string")
        if early and self._fill(more):
            return
        self._at = min(error.pos, len(self._text))
        raise self._wrong("" if early else error.msg)

    def _fill(self, pieces: int) -> bool:
        """Whether there was any more to read."""
        if self._ended:
            return False
        self._text, self._dropped, self._at = (
            self._text[self._at :],
            self._dropped + self._at,
            0,
        )
        if len(self._text) > LARGEST_ELEMENT:
            raise _too_large("one value")
        read = [self._text]
        told = len(self._text)
        for _ in range(pieces):
            chunk = next(self._chunks, b"")
            self._ended = not chunk
            read.append(self._decoded(chunk))
            told += len(read[-1])
            if self._ended or told > LARGEST_ELEMENT:
                break  # what is too large need not be held twice
        self._text = "".join(read)
        return True

    def _decoded(self, chunk: bytes) -> str:
        try:
            return self._decoder.decode(chunk, final=self._ended)
        except UnicodeDecodeError:
            raise self._wrong("it is not UTF-8") from None

    def _wrong(self, what: str) -> DocumentError:
        at = self._dropped + self._at
        if not what or (self._ended and self._at >= len(self._text)):
            detail = f"ends too early, after {self._dropped + len(self._text):,} characters"
        else:
            detail = f"is not JSON that can be read: {what}, after {at:,} characters"
        return DocumentError(ProblemKind.UNPARSABLE, detail)
