"""What a pipeline hands to the shell at its end, where that can be told without running it.

`echo 'curl … | sh' | sh`, `base64 -d <<< … | bash`: text is a script wherever it comes from.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.shell.scope import VARIABLE
from imagelint.documents.shell.script import Given, Word
from imagelint.documents.shell.shells import is_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from imagelint.documents.shell.script import Command, Redirect

_LONGEST = 100_000
_PLACEHOLDERS = ("%s", "%b")
_ITEM = pattern(r"\\n|([^\s\"'\\]+)")
# Options of xargs by which it takes its input apart in another way, or ends it early.
_OTHERWISE = ("-0", "--null", "-d", "--delimiter", "-E", "--eof", "-e")
_REPLACING = ("-I", "-i", "--replace")
_BRACES = "{}"
_ONE_BY_ONE = frozenset(("-n", "-n1", "--max-args=1", "-L", "-L1", "-l", "--max-lines=1"))
# What grep finds that is no word: comments, empty lines.
_NOTE = pattern(r"\^(?:\\s|\[\[:space:\]\]|[ *+])*[#$]")
_QUOTING = pattern(r"[\\'\"]")


class Output(NamedTuple):
    """What a command writes to the next one of its pipeline; `span` is where it is written.

    `words` are those that are written there. Where it is what a file in the image holds, but for
    comments, the `text` is empty.
    """

    pipe: int
    stage: int
    text: str
    span: Span
    words: tuple[Word, ...] = ()
    file: Word | None = None

    def reaches(self, command: Command) -> bool:
        """Whether a command reads it."""
        return command.pipe == self.pipe and command.stage == self.stage + 1


def output_of(command: Command, before: Output | None) -> Output | None:
    """What a command writes; None where nobody knows. `before` is what the one before it wrote."""
    if command.program not in _WRITERS or any(_is_lost(one.operator) for one in command.redirects):
        return None
    given = before if before is not None and before.reaches(command) else None
    file = _lines_of(command, given)
    if file is not None:
        return Output(command.pipe, command.stage, "", command.span, file=file)
    writer = _WRITERS[command.program]
    text = writer(command, _input(command, given))
    if text is None or len(text) > _LONGEST:
        return None
    pipe, stage, words = command.pipe, command.stage, command.words[1:]
    if given is None:
        return Output(pipe, stage, text, command.span, words)
    return Output(pipe, stage, text, given.span, given.words)


def given_to(
    command: Command, before: Output | None, loops: Mapping[str, tuple[Word, ...]]
) -> tuple[Given, ...]:
    """What a command gets in place of variables of loops, and from xargs."""
    given: list[Given] = []
    for at, word in enumerate(command.words if loops else ()):
        match = VARIABLE.fullmatch(word.raw) if word.value is UNKNOWN else None
        words = loops.get(match[1] or match[2]) if match else None
        if words:
            given.append(Given(at, words))
    fed = _fed(command, before) if "xargs" in command.wrappers else None
    return (*given, fed) if fed else tuple(given)


def _fed(command: Command, before: Output | None) -> Given | None:
    """The words that xargs gives to a command, where they are written.

    https://www.gnu.org/software/findutils/manual/html_node/find_html/xargs-options.html
    """
    options = [one.text for one in _of_xargs(command)]
    file = _file_of(command, before)
    if file is not None:
        return Given(len(command.words), (), file)
    source = _source(command, before)
    if source is None or any(one.startswith(_OTHERWISE) for one in options):
        return None
    text, whole, written = source
    at, items = len(command.words), text.split()
    if any(one.startswith(_REPLACING) for one in options):
        texts = [word.text for word in command.words]
        # A line as a whole takes the place of a word, or of a part of one.
        if _BRACES not in texts or len(items) > len(text.splitlines()):
            return None
        at = texts.index(_BRACES)
    if not items or _QUOTING.search(text):
        return None
    spans = _items(written)
    words = tuple(Word(spans.get(one, whole), one, Known(one)) for one in items)
    return Given(at, words, together=at == len(command.words) and not _ONE_BY_ONE & {*options})


def _file_of(command: Command, before: Output | None) -> Word | None:
    """The file that xargs reads: `-a FILE`, `< FILE`, `cat FILE | …`."""
    own = _of_xargs(command)
    for at, word in enumerate(own[:-1]):
        if word.text in ("-a", "--arg-file"):
            return own[at + 1]
    redirect = _redirected(command)
    if redirect is not None:
        return redirect.target if redirect.operator == "<" else None
    return before.file if before is not None and before.reaches(command) else None


def _lines_of(command: Command, given: Output | None) -> Word | None:
    """The file that a command passes on, but for comments: `cat FILE`, `grep -v '^#' FILE`."""
    operands = [word for word in command.words[1:] if word.text[:1] != "-"]
    if command.program == "grep":
        if not operands or not command.has_flag("-v") or not _NOTE.fullmatch(operands[0].text):
            return None
        operands = operands[1:]
    elif command.program != "cat":
        return None
    if not operands:
        return given.file if given is not None and _redirected(command) is None else None
    return operands[0] if len(operands) == 1 and isinstance(operands[0].value, Known) else None


def _of_xargs(command: Command) -> tuple[Word, ...]:
    names = [word.text.rpartition("/")[2] for word in command.wrapping]
    return command.wrapping[names.index("xargs") + 1 :] if "xargs" in names else ()


def _source(command: Command, before: Output | None) -> tuple[str, Span, tuple[Word, ...]] | None:
    """What xargs reads, where that is written, and the words there."""
    redirect = _redirected(command)
    if redirect is not None:
        here = _here(redirect)
        return (here.text, here.span, (here,)) if here else None
    if before is None or not before.reaches(command):
        return None
    return before.text, before.span, before.words


def _items(words: Iterable[Word]) -> dict[str, Span]:
    """Where each item of some words is written, as far as they are written plainly."""
    return {
        match[1]: Span(word.span.start + match.start(1), word.span.start + match.end(1))
        for word in words
        if len(word.raw) == word.span.end - word.span.start
        for match in _ITEM.finditer(word.raw)
        if match[1]
    }


def _is_lost(operator: str) -> bool:
    return ">" in operator and not operator.startswith("2")


def _input(command: Command, given: Output | None) -> str | None:
    """What a command reads: a here-document or a here-string, or what is piped into it."""
    redirect = _redirected(command)
    if redirect is not None:
        here = _here(redirect)
        return f"{here.text}\n" if here else None
    return (given.text or None) if given else None


def _redirected(command: Command) -> Redirect | None:
    return next((one for one in command.redirects if one.operator.startswith("<")), None)


def _here(redirect: Redirect) -> Word | None:
    """A here-document or a here-string of which all is known."""
    target = redirect.target if redirect.operator.startswith("<<") else None
    return target if target is not None and isinstance(target.value, Known) else None


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
    count = form.count("\0")
    if (
        "%" in form
        or "\\" in form
        or bool(values) != bool(count)
        or (count and len(values) % count)
    ):
        return None
    # A form is used again for the values that are left.
    pieces = (form * (len(values) // count if count else 1)).replace("\1", "%").split("\0")
    return pieces[0] + "".join(map("".join, zip(values, pieces[1:], strict=True)))


def _pass_on(command: Command, given: str | None) -> str | None:
    others = [word.text for word in command.words[1:] if word.text[:1] != "-"]
    return given if command.program == "tee" or not others else None


def _nothing_known(_command: Command, _given: str | None) -> str | None:
    return None


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
    "grep": _nothing_known,
    "tee": _pass_on,
    "base64": _base64,
    "xxd": _xxd,
}
