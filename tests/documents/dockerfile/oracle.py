"""BuildKit's own parser (the package `dockerfile`, BuildKit 0.12.5) beside ours."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

import dockerfile

from imagelint.core.source import Source
from imagelint.documents.dockerfile.reading import parse_dockerfile

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.model import Instruction


# It looks for spaces byte by byte, and finds U+00A0 and the like in the middle of a character.
SPLIT_A_CHARACTER = "the oracle split a character"


class Seen(NamedTuple):
    """What both parsers say about one instruction."""

    keyword: str
    nested: str
    json: bool
    lines: tuple[int, int]
    flags: tuple[str, ...]
    values: tuple[str, ...]
    heredocs: tuple[tuple[str, str], ...]


class Refused(NamedTuple):
    """BuildKit does not read the file."""

    message: str


def theirs(text: str) -> tuple[Seen, ...] | Refused:
    """What BuildKit reads."""
    try:
        commands = dockerfile.parse_string(text)
    except dockerfile.GoParseError as error:
        return Refused(str(error))
    except UnicodeDecodeError:
        return Refused(SPLIT_A_CHARACTER)
    return tuple(
        Seen(
            command.cmd.upper(),
            (command.sub_cmd or "").upper(),
            command.json,
            (command.start_line, command.end_line),
            command.flags,
            tuple(value for value in command.value if value or command.json),
            tuple((heredoc.name, heredoc.content) for heredoc in command.heredocs),
        )
        for command in commands
        if command.cmd
    )


def ours(text: str) -> tuple[Seen, ...]:
    """What we read."""
    document = parse_dockerfile(Source("Dockerfile", text))
    return tuple(_seen(instruction) for instruction in document.instructions)


def _seen(instruction: Instruction) -> Seen:
    inner = instruction.onbuild or instruction
    return Seen(
        instruction.keyword,
        instruction.onbuild.keyword if instruction.onbuild else "",
        inner.json,
        (instruction.start_line, instruction.end_line),
        tuple(_flag(flag.name, flag.raw, flag.written) for flag in instruction.flags),
        tuple(value for value in inner.arguments if value or inner.json),
        # The package does not hand out the bodies behind an ONBUILD, but counts their lines.
        ()
        if instruction.onbuild
        else tuple((heredoc.name, heredoc.content) for heredoc in instruction.heredocs),
    )


def differ(text: str) -> tuple[Seen, Seen] | None:
    """The first instruction that the two read differently, known differences left out."""
    expected = theirs(text)
    if isinstance(expected, Refused):
        return None
    found = ours(text)
    nothing = Seen("", "", json=False, lines=(0, 0), flags=(), values=(), heredocs=())
    for a, b in zip_longest(expected, found, fillvalue=nothing):
        if a == b or (_ungarbled(a) == b):
            continue
        return None if any(known(text, a, b) for known in DIFFERENCES) else (a, b)
    return None


def _ungarbled(seen: Seen) -> Seen:
    """BuildKit reads flags byte by byte, and so garbles what is not ASCII."""
    try:
        flags = tuple(flag.encode("latin-1").decode() for flag in seen.flags)
    except UnicodeError:
        return seen
    return seen._replace(flags=flags)


def _junk_behind_json(_text: str, a: Seen, b: Seen) -> bool:
    """BuildKit 0.12 read an array with something behind it as JSON; since 0.13 it does not."""
    return a.json and not b.json and a[:2] == b[:2]


def _backslash_in_flag(text: str, a: Seen, b: Seen) -> bool:
    """BuildKit 0.12 took a backslash for the escape character of flags, whatever was declared."""
    hidden = a.keyword == "ONBUILD" and "--" in text  # the package does not hand out its flags
    return "`" in text and a.keyword == b.keyword and (hidden or a.flags != b.flags)


def _check_directive(text: str, _a: Seen, _b: Seen) -> bool:
    """BuildKit 0.12 did not know `check`, and took it for the end of the directives."""
    return re.search(r"(?i)^\s*#\s*check\s*=", text, re.MULTILINE) is not None


def _blank_before_name(_text: str, a: Seen, b: Seen) -> bool:
    """BuildKit 0.12 did not know a blank between `<<` and the name of a here-document."""
    blank = any(re.search(r"<<([ \t\r]|$)", value) for value in b.values)
    return blank and a[:2] == b[:2] and a.heredocs != b.heredocs


def _new_operators(_text: str, a: Seen, b: Seen) -> bool:
    """BuildKit 0.12 gave up looking for here-documents at an operator that it did not know."""
    return not a.heredocs and bool(b.heredocs) and bool(re.search(r"\$\{\w*[#%/]", f"{b.values}"))


DIFFERENCES = (
    _junk_behind_json,
    _backslash_in_flag,
    _check_directive,
    _blank_before_name,
    _new_operators,
)


def _flag(name: str, raw: str, text: str) -> str:
    return f"--{name}={text}" if "=" in raw else f"--{name}"
