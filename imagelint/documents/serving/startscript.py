"""What a container of a pod or a compose service starts: its words, and a script among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.source import Span
from imagelint.documents.shell.script import Word
from imagelint.documents.shell.shells import base_name, script_index
from imagelint.documents.shell.wrappers import unwrap
from imagelint.documents.yaml.text import contiguous, offsets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Script, ScriptRole
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import Scalar


def find_script(words: tuple[Word, ...]) -> tuple[int, str] | None:
    """Index of the word that is a script for `sh -c`, and the base name of the shell."""
    start = unwrap(words).start
    index = script_index(words[start:])
    return None if index is None else (start + index, base_name(words[start].text))


def known_variables(env: tuple[EnvVar, ...]) -> dict[str, Fact[str]]:
    """What a script knows at its start: the variables that are set beside it."""
    return {variable.name: variable.value for variable in env}


class Placed(NamedTuple):
    """A text, and the offset in the source of each of its characters.

    `places` is empty where that is unclear; then all of it stands somewhere under `span`.
    """

    text: str
    places: Sequence[int]
    span: Span

    def move(self, span: Span) -> Span:
        """From a span in the text to the span in the source."""
        places = self.places
        if not places:
            return self.span
        first = min(span.start, len(places) - 1)
        start = places[first] + (span.start > first)
        return Span(start, places[span.end - 1] + 1 if span.end > span.start else start)


def place_scalar(scalar: Scalar) -> Placed:
    """The value of a scalar with the places of its characters."""
    span = contiguous(scalar)
    if span is not None:
        return Placed(scalar.text, range(span.start, span.end), span)
    return Placed(scalar.text, offsets(scalar) or (), scalar.span)


def read_placed_script(
    placed: Placed,
    role: ScriptRole,
    *,
    shell: str,
    variables: Mapping[str, Fact[str]],
    path: str,
) -> Script:
    """Read a script that stands in YAML.

    Where it does not stand there character for character (block scalars, escapes) the script's
    `text` is the value, and every span is where that part of the value is written.
    """
    from imagelint.documents.shell.read import read_script

    text = placed.text
    if isinstance(placed.places, range):
        return read_script(text, placed.span, role, shell=shell, variables=variables, path=path)
    span = Span(0, len(text))
    script = read_script(text, span, role, shell=shell, variables=variables, path=path)
    return cast("Script", _moved(script, placed.move))


def _moved(value: object, move: Callable[[Span], Span]) -> object:
    """The same tree of tuples with every span moved."""
    if isinstance(value, Span):
        return move(value)
    if not isinstance(value, tuple):
        return value
    parts = tuple(_moved(part, move) for part in value)
    make = getattr(value, "_make", None)
    return make(parts) if make else parts


def whole_word(scalar: Scalar, value: Fact[str]) -> Word:
    """A word of which the scalar is all."""
    return Word(contiguous(scalar) or scalar.span, scalar.raw, value)


def unknown_word(place: Cursor) -> Word:
    """A word of which nothing can be said."""
    return Word(place.span, "", UNKNOWN)


def all_known(words: tuple[Word, ...]) -> bool:
    """Whether every word's value is known."""
    return all(isinstance(word.value, Known) for word in words)
