"""Manifests and compose files that a script writes: `kubectl apply -f - <<EOF`.

A here-document is one whoever gets it: a program that applies it, or a file that is applied later.
"""

from __future__ import annotations

import re
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError, Embedded
from imagelint.documents.kinds import kind_named
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.values import mapped_word
from imagelint.documents.shell.quoted import unquote_document
from imagelint.documents.shell.shells import POSIX_SHELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.shell.script import Command, Word

_OPENED = pattern(
    r"<<-?[ \t]*[\"'\\]?\w[^\n]*\n(?:[ \t]*+(?:#[^\n]*+|---[^\n]*+)?\n)*+[ \t]*+"
    r"(?:[\"']?(?:apiVersion|kind|metadata|spec|items|services|version|name|x-[\w-]+|networks"
    r"|volumes|configs|secrets)[\"']?[ \t]*:|\{)"
)
_SAID = pattern(
    r"(?:\becho|\bprintf|<<<)[^\n'\"]{0,99}(?:['\"]%s(?:\\n)?['\"][ \t]{1,99})?['\"]\s{0,99}"
    r"(?:\{[^\n]{0,999}apiVersion|apiVersion|kind:)"
)
# What these read is a program of their own.
_INTERPRETERS = frozenset({*POSIX_SHELLS, "python", "python3", "node", "perl", "ruby", "psql"})
_SPEAKERS = frozenset({"echo", "printf"})
_VARIABLE = pattern(r"\$(?:[A-Za-z_]\w*|\{[#!]?\w*[^{}\n]*\}|[0-9@*#?!-])", re.ASCII)
_EXPRESSION = pattern(r"\$\{_\w*\}", re.ASCII)
_WORD = pattern(r"[A-Z][A-Z0-9_]*")
_UNNAMED = "VALUE"
_UNNAMED_FILE = "text.yaml"
_APPENDING = frozenset({"-a", "--append", "-ai", "-ia"})
_GIVEN = "${_"  # what stands for an expression of a workflow, or a variable of make
_UNREAD = "what is handed over here cannot be examined"
_OPEN = "it depends on variables that are not known here"
_AT_ONCE = "write it at once, or check the file that it becomes"
_ANEW = pattern(r"(?:\s*+#[^\n]*\n)*+\s*+(?:---|\{|[\"']?(?:apiVersion|kind)[\"']?[ \t]*:)")
_ENDED = pattern(r"\n---\s*$")
_TABS = pattern(r"^\t+", re.MULTILINE)


class HandedText(NamedTuple):
    """A word that may be a whole document, and the name that a file of it has.

    `operator` is that of a here-document, empty for a word in quotes, `written` the file that it is
    written to, as the script names it. The script puts more behind what `goes_on`.
    """

    name: str
    word: Word
    operator: str = ""
    written: str = ""
    goes_on: bool = False


def hands_documents(text: str) -> bool:
    """Whether a script may hold manifests or compose files as here-documents, or within quotes."""
    if "apiVersion" not in text and "services:" not in text:
        return False
    return bool(("<<" in text and _OPENED.search(text)) or _SAID.search(text))


def handed_texts(command: Command) -> Iterator[HandedText]:
    """The words of a command that may be documents as a whole."""
    if command.program in _INTERPRETERS:
        return
    files = _files_written(command)
    name = next(filter(_is_told, map(basename, files)), _UNNAMED_FILE)
    written = next(iter(files), "")
    for redirect in command.redirects:
        if redirect.operator.startswith("<<") and redirect.target is not None:
            here = redirect.operator if redirect.operator != "<<<" else ""
            yield HandedText(name, redirect.target, here, written)
    if command.program in _SPEAKERS:
        for word in command.arguments:
            if "apiVersion" in word.raw:
                yield HandedText(name, word, "", written)


def _files_written(command: Command) -> tuple[str, ...]:
    """The files that what a command says is written to, as the script names them."""
    targets = [one.target for one in command.redirects if one.operator in (">", ">|", ">>")]
    words = [target.raw for target in targets if target is not None]
    if command.program == "tee":
        words += [word.raw for word in command.arguments if not word.text.startswith("-")]
    return tuple(word.strip("\"'") for word in words)


def files_added(command: Command) -> tuple[str, ...]:
    """The files that a command writes to behind what is there: `>> FILE`, `tee -a FILE`."""
    added = [one.target for one in command.redirects if one.operator == ">>"]
    words = [target.raw for target in added if target is not None]
    if command.program == "tee" and any(w.text in _APPENDING for w in command.arguments):
        words += [word.raw for word in command.arguments if not word.text.startswith("-")]
    return tuple(word.strip("\"'") for word in words)


def _is_told(name: str) -> bool:
    from imagelint.documents.detect import same_by_name

    return name.endswith((".yaml", ".yml", ".json")) or same_by_name(name, "Dockerfile")


def added_text(command: Command) -> str:
    """What a command writes as its script has it; empty where that comes from elsewhere."""
    here = (one.target for one in command.redirects if one.operator.startswith("<<"))
    texts = [target.raw for target in here if target is not None]
    if command.program in _SPEAKERS:
        texts += (word.raw.lstrip("\"'") for word in command.arguments if word.raw[:1] != "-")
    return next(filter(str.strip, texts), "")


def begins_anew(text: str) -> bool:
    """Whether a text that is put behind a document is another one."""
    return _ANEW.match(text) is not None


def document_of(origin: str, handed: HandedText) -> Embedded | None:
    """The document that a word of a file is; None where it is none.

    Raises:
        DocumentError: it cannot be examined, at its place in the file.
    """
    from imagelint.documents.detect import detect, parse

    mapped = _mapped(handed)
    kind = detect(handed.name, mapped.text)
    if not kind_named(kind).is_handed:
        return None
    known, place = isinstance(handed.word.value, Known), handed.word.span
    if handed.goes_on and not _ENDED.search(mapped.text):
        more = f"the script puts more behind it in `{handed.written}`"
        raise DocumentError(ProblemKind.UNREADABLE, f"{_UNREAD}: {more}", place, _AT_ONCE)
    if kind == "dockerfile" and not (known and _GIVEN not in mapped.text):
        raise DocumentError(ProblemKind.TEMPLATE, f"{_UNREAD}: {_OPEN}", place)
    try:
        return Embedded(parse(Source(origin, mapped.text), kind), mapped)
    except DocumentError as error:
        place = mapped.place(*error.span) if error.span is not None else place
        told, why = error.kind, error.message
        if told in (ProblemKind.UNPARSABLE, ProblemKind.TEMPLATE) and not known:
            told, why = ProblemKind.TEMPLATE, _OPEN
        raise DocumentError(told, f"{_UNREAD}: {why}", place, error.help) from error


def _mapped(handed: HandedText) -> MappedText:
    """The text of a word, with a word of a template for each variable that is not known."""
    if not handed.operator:
        return _filled(mapped_word(handed.word).mapped)
    text = _body(handed.word)
    if _GIVEN in text.text:
        text = _replaced(_EXPRESSION, text)
    return _without_tabs(text) if handed.operator == "<<-" else text


def _body(word: Word) -> MappedText:
    exact = word.span.end - word.span.start == len(word.raw)
    outer = MappedText.verbatim(word.raw, word.span.start)
    if not isinstance(word.value, Known):
        inner = unquote_document(word.raw).mapped
        inner = inner.within(outer) if exact else MappedText(inner.text, word.span, ())
        return _filled(inner)
    text = word.value.value
    if text == word.raw and exact:
        return outer
    return _by_lines(text, outer) if exact else MappedText(text, word.span, ())


def _without_tabs(text: MappedText) -> MappedText:
    return text.replaced((*match.span(), "") for match in _TABS.finditer(text.text))


def _filled(text: MappedText) -> MappedText:
    """A text whose variables are such that YAML and its readers leave them open."""
    return _replaced(_VARIABLE, text)


def _replaced(variable: re.Pattern[str], text: MappedText) -> MappedText:
    found = variable.finditer(text.text)
    return text.replaced((*match.span(), _placeholder(match)) for match in found)


def _placeholder(match: re.Match[str]) -> str:
    name = match[0].strip("${}#!").partition(":")[0].upper().strip("_")
    return f"__{name if _WORD.fullmatch(name) else _UNNAMED}__"


def _by_lines(text: str, outer: MappedText) -> MappedText:
    """A text of which the shell changed parts of lines: each character stands on its line."""
    lines, written = text.split("\n"), outer.text.split("\n")
    if len(lines) != len(written):
        return MappedText(text, outer.span, ())
    starts: list[int] = []
    at = outer.span.start
    for line, raw in zip(lines, written, strict=True):
        starts += (at + min(index, len(raw)) for index in range(len(line) + 1))
        at += len(raw) + 1
    return MappedText(text, outer.span, starts[: len(text)])
