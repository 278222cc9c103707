"""A rule's docstring, taken apart: it is the documentation page, and its examples are tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_FILE = "Dockerfile"
_HEADER = pattern(r"(Bad|Good)(?: \(([^;)]+)(?:; ([^)]*))?\))?:")
_FILE = pattern(r"\s*=== (\S+)")


class Example(NamedTuple):
    """One `Bad` or `Good` block: its files by name, and what the policy declares.

    A header is `Bad:`, `Bad (compose.yaml):` or `Good (Dockerfile; driver=550.54):`; a line
    `=== name` inside the block begins a further file.
    """

    bad: bool
    files: tuple[tuple[str, str], ...]
    declared: str = ""


class Documentation(NamedTuple):
    """`summary` is one sentence; `why` and `exceptions` are paragraphs of plain text."""

    summary: str
    why: str
    exceptions: str
    examples: tuple[Example, ...]


def read_documentation(doc: str) -> Documentation:
    """The parts of a rule's docstring.

    Raises:
        ValueError: a header is not understood.
    """
    first, _, rest = doc.partition("\n")
    prose: list[str] = []
    exceptions: list[str] = []
    found: list[Example] = []
    for header, block in _sections(_dedented(rest)):
        match = _HEADER.fullmatch(header)
        if match:
            files = _files(match[2] or DEFAULT_FILE, block)
            found.append(Example(match[1] == "Bad", files, match[3] or ""))
        elif header == "Except:":
            exceptions.append(block)
        elif not header:
            prose.append(block)
        else:
            raise ValueError(f"not understood: {header!r}")
    why = "\n\n".join(prose).strip()
    return Documentation(first.strip(), why, "\n".join(exceptions).strip(), tuple(found))


def _sections(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of header and dedented block; prose has the header ''."""
    header = ""
    lines: list[str] = []
    for line in text.splitlines():
        if line and not line.startswith(" ") and _is_header(line):
            yield header, _block(lines)
            header, lines = line, []
        elif line and not line.startswith(" ") and header:
            yield header, _block(lines)
            header, lines = "", [line]
        else:
            lines.append(line)
    yield header, _block(lines)


def _is_header(line: str) -> bool:
    return line == "Except:" or line.startswith(("Bad:", "Bad (", "Good:", "Good ("))


def _block(lines: list[str]) -> str:
    text = _dedented("\n".join(lines)).strip("\n")
    return f"{text}\n" if text else ""


def _dedented(text: str) -> str:
    """The lines without the indent that they share; blank ones are empty."""
    lines = [line if line.strip() else "" for line in text.split("\n")]
    margin = min((len(line) - len(line.lstrip(" ")) for line in lines if line), default=0)
    return "\n".join(line[margin:] for line in lines)


def _files(first: str, text: str) -> tuple[tuple[str, str], ...]:
    files: dict[str, list[str]] = {first: []}
    current = files[first]
    for line in text.splitlines(keepends=True):
        named = _FILE.fullmatch(line.rstrip("\n"))
        if named:
            current = files.setdefault(named[1], [])
        else:
            current.append(line)
    return tuple((name, "".join(lines)) for name, lines in files.items())
