"""What a pipeline hands to the shell at its end, where that can be told without running it.

`echo 'curl … | sh' | sh`, `base64 -d <<< … | bash`: text is a script wherever it comes from.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.shell.shells import is_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.core.source import Span
    from imagelint.documents.shell.script import Command

_LONGEST = 100_000
_PLACEHOLDERS = ("%s", "%b")


class Output(NamedTuple):
    """What a command writes to the next one of its pipeline; `span` is where it is written."""

    pipe: int
    stage: int
    text: str
    span: Span

    def reaches(self, command: Command) -> bool:
        """Whether a command reads it."""
        return command.pipe == self.pipe and command.stage == self.stage + 1


def output_of(command: Command, before: Output | None) -> Output | None:
    """What a command writes; None where nobody knows. `before` is what the one before it wrote."""
    writer = _WRITERS.get(command.program)
    if writer is None or any(_is_lost(one.operator) for one in command.redirects):
        return None
    given = before if before is not None and before.reaches(command) else None
    text = writer(command, _input(command, given))
    if text is None or len(text) > _LONGEST:
        return None
    return Output(command.pipe, command.stage, text, given.span if given else command.span)


def _is_lost(operator: str) -> bool:
    return ">" in operator and not operator.startswith("2")


def _input(command: Command, given: Output | None) -> str | None:
    """What a command reads: a here-document or a here-string, or what is piped into it."""
    for redirect in command.redirects:
        if redirect.operator.startswith("<"):
            known = redirect.target is not None and isinstance(redirect.target.value, Known)
            told = known and redirect.operator.startswith("<<") and redirect.target is not None
            return f"{redirect.target.text}\n" if told and redirect.target is not None else None
    return given.text if given else None


def _arguments(command: Command) -> list[str] | None:
    """The words behind the program, None where one of them is not known."""
    words = command.words[1:]
    return [word.text for word in words] if all(isinstance(w.value, Known) for w in words) else None


def _echo(command: Command, _given: str | None) -> str | None:
    words = _arguments(command)
    while words and is_cluster(words[0]) and not words[0].strip("-neE"):
        words = words[1:]
    text = None if words is None else " ".join(words)
    return None if text is None or "\\" in text else f"{text}\n"


def _printf(command: Command, _given: str | None) -> str | None:
    words = _arguments(command)
    if not words or words[0].startswith("-"):
        return None
    form, *values = words
    for placeholder in _PLACEHOLDERS if values else ():
        form = form.replace(placeholder, "\0")
    form = form.replace("\\n", "\n").replace("%%", "\1")
    if "%" in form or "\\" in form or form.count("\0") != len(values):
        return None
    pieces = form.replace("\1", "%").split("\0")
    return pieces[0] + "".join(map("".join, zip(values, pieces[1:], strict=True)))


def _pass_on(command: Command, given: str | None) -> str | None:
    others = [word.text for word in command.words[1:] if word.text[:1] != "-"]
    return given if command.program == "tee" or not others else None


def _base64(command: Command, given: str | None) -> str | None:
    words = _arguments(command)
    decodes = words is not None and any(
        word == "--decode" or (is_cluster(word) and word[-1] in "dD") for word in words
    )
    if given is None or not decodes or _pass_on(command, given) is None:
        return None
    return _decoded(binascii.a2b_base64, given)


def _xxd(command: Command, given: str | None) -> str | None:
    words = _arguments(command)
    plain = words in (["-r", "-p"], ["-p", "-r"], ["-rp"], ["-pr"])
    return _decoded(binascii.unhexlify, "".join(given.split())) if given and plain else None


def _decoded(decode: Callable[[str], bytes], text: str) -> str | None:
    try:
        return decode(text).decode("utf-8")
    except ValueError:  # binascii.Error and UnicodeError are such
        return None


_WRITERS: Mapping[str, Callable[[Command, str | None], str | None]] = {
    "echo": _echo,
    "printf": _printf,
    "cat": _pass_on,
    "tee": _pass_on,
    "base64": _base64,
    "xxd": _xxd,
}
