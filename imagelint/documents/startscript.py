"""What a container of a pod or a compose service starts: its words, and a script among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.source import Span
from imagelint.documents.script import Script, ScriptRole, Word
from imagelint.documents.yamlnodes import Scalar
from imagelint.documents.yamltext import contiguous, offsets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.documents.cursor import Cursor
    from imagelint.documents.shared import EnvVar

_SHELLS = frozenset(("sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"))
_WRAPPERS = frozenset(("tini", "dumb-init", "env", "exec", "nohup", "--", "-g", "-s", "-c"))
_MOST_WRAPPERS = 5


def find_script(words: tuple[Word, ...]) -> tuple[int, str] | None:
    """Index of the word that is a script for `sh -c`, and the base name of the shell."""
    shell = ""
    command = False
    for index, word in enumerate(words):
        text = word.text
        name = text.rpartition("/")[2]
        if not shell:
            shell = name if name in _SHELLS else ""
            if not shell and (name not in _WRAPPERS or index > _MOST_WRAPPERS):
                return None
        elif _is_command_flag(text):
            command = True
        elif command and not text.startswith(("-", "+")) and text != "pipefail":
            return index, shell
        elif not text.startswith(("-", "+")) and text not in ("pipefail", "sh"):
            return None
    return None


def _is_command_flag(text: str) -> bool:
    return text.startswith("-") and not text.startswith("--") and text.endswith("c")


def known_variables(env: tuple[EnvVar, ...]) -> dict[str, Fact[str]]:
    """What a script knows at its start: the variables that are set beside it."""
    return {variable.name: variable.value for variable in env}


def read_scalar_script(
    place: Cursor, role: ScriptRole, *, shell: str, variables: Mapping[str, Fact[str]]
) -> Script | None:
    """The script that a scalar holds, None when none is there.

    Where the value does not stand in the source character for character (block scalars, escapes)
    its `text` is the value, and every span is where that part of the value is written.
    """
    scalar = place.node
    if not isinstance(scalar, Scalar) or not scalar.text.strip():
        return None
    from imagelint.documents.shell import read_script

    text = scalar.text
    span = contiguous(scalar)
    if span is not None:
        return read_script(text, span, role, shell=shell, variables=variables, path=place.path)
    script = read_script(
        text, Span(0, len(text)), role, shell=shell, variables=variables, path=place.path
    )
    return cast("Script", _moved(script, _mapping(scalar)))


def _mapping(scalar: Scalar) -> Callable[[Span], Span]:
    """From spans in the value to spans in the source; all of the scalar where that is unclear."""
    places = offsets(scalar)
    if not places:
        return lambda _span: scalar.span

    def move(span: Span) -> Span:
        first = min(span.start, len(places) - 1)
        start = places[first] + (span.start > first)
        return Span(start, places[span.end - 1] + 1 if span.end > span.start else start)

    return move


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
