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
_GIVEN = "${_"  # what stands for an expression of a workflow, or a variable of make
_UNREAD = "what is handed over here cannot be examined"
_OPEN = "it depends on variables that are not known here"
_TABS = pattern(r"^\t+", re.MULTILINE)


class HandedText(NamedTuple):
    """A word that may be a whole document, and the name that a file of it has.

    `operator` is that of a here-document, empty for a word in quotes.
    """

    name: str
    word: Word
    operator: str = ""


def hands_documents(text: str) -> bool:
    """Whether a script may hold manifests or compose files as here-documents, or within quotes."""
    if "apiVersion" not in text and "services:" not in text:
        return False
    return bool(("<<" in text and _OPENED.search(text)) or _SAID.search(text))


def handed_texts(command: Command) -> Iterator[HandedText]:
    """The words of a command that may be documents as a whole."""
    if command.program in _INTERPRETERS:
        return
    name = _written_to(command)
    for redirect in command.redirects:
        if redirect.operator.startswith("<<") and redirect.target is not None:
            here = redirect.operator if redirect.operator != "<<<" else ""
            yield HandedText(name, redirect.target, here)
    if command.program in _SPEAKERS:
        for word in command.arguments:
            if "apiVersion" in word.raw:
                yield HandedText(name, word)


def _written_to(command: Command) -> str:
    """What a file is called that is made of it; a name that says nothing where it is none."""
    targets = [one.target for one in command.redirects if one.operator in (">", ">|", ">>")]
    if command.program == "tee":
        targets += [word for word in command.arguments if not word.text.startswith("-")]
    names = (basename(target.text) for target in targets if target is not None)
    return next(filter(_is_told, names), "text.yaml")


def _is_told(name: str) -> bool:
    from imagelint.documents.detect import same_by_name

    return name.endswith((".yaml", ".yml", ".json")) or same_by_name(name, "Dockerfile")


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
    if kind == "dockerfile" and not (known and _GIVEN not in mapped.text):
        raise DocumentError(ProblemKind.TEMPLATE, f"{_UNREAD}: {_OPEN}", place)
    try:
        return Embedded(parse(Source(origin, mapped.text), kind), mapped)
    except DocumentError as error:
        place = mapped.place(*error.span) if error.span is not None else place
        told, why = error.kind, error.message
        if told is ProblemKind.UNPARSABLE and not known:
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
