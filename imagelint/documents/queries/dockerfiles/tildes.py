"""Questions about paths that begin with a tilde, which BuildKit does not expand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.shell.script import Word

__all__ = ["tildes"]

_TARGETS = ("target", "dst", "destination")
# Lists of folders that are taken as they are, by whoever looks through them.
_SEARCHED = frozenset({"PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "LIBRARY_PATH", "CPATH"})


def tildes(instruction: Instruction) -> Iterator[tuple[Span, str, bool]]:
    """The paths that begin with a tilde, and whether somebody may expand them after all."""
    match instruction.keyword:
        case "RUN":
            yield from _mounted(instruction)
        case "ENV":
            for word in instruction.words:
                name, _, value = word.raw.partition("=")
                folders = value.strip("\"'").split(":") if name in _SEARCHED else ()
                yield from ((word.span, one, True) for one in folders if _is_home(one))
        case "VOLUME":
            yield from ((word.span, word.text, False) for word in instruction.words if _at(word))
        case _:
            words = instruction.words[-1:]
            yield from ((word.span, word.text, False) for word in words if _at(word))


def _mounted(instruction: Instruction) -> Iterator[tuple[Span, str, bool]]:
    for flag in instruction.flags_named("mount"):
        for name in _TARGETS:
            path = flag.options().get(name, "")
            at = flag.raw.find(f"{name}={path}")
            if _is_home(path) and at >= 0:
                start = flag.span.start + at + len(name) + 1
                yield Span(start, start + len(path)), path, False


def _at(word: Word) -> bool:
    return _is_home(word.text)


def _is_home(path: str) -> bool:
    return path == "~" or path.startswith("~/")
