"""From the parts of simple commands to commands: values, wrappers, variables, quoted scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.effects import EFFECTIVE, apply_effects
from imagelint.documents.shell.inner import RUNNERS, script_word, takes_input
from imagelint.documents.shell.quoted import (
    SUBSTITUTED,
    Quoted,
    unquote,
    unquote_document,
)
from imagelint.documents.shell.script import Command, Redirect, Word
from imagelint.documents.shell.words import text_value, word_fields, word_value
from imagelint.documents.shell.wrappers import program_name, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.shell.scope import Scope

Range = tuple[int, int]  # offsets into the text that is read

_DEEPEST = 6  # scripts within quotes within scripts


class CommandPosition(NamedTuple):
    """Where a command stands: `pipe` is -1 when it does not share a pipeline."""

    pipe: int = -1
    stage: int = 0
    unconditional: bool = True


class RawRedirect(NamedTuple):
    """A redirect as found. `body` marks a here-document: `target` is its text, then.

    `literal` is true when the here-document's delimiter is quoted.
    """

    whole: Range
    operator: str
    target: Range | None
    body: bool = False
    literal: bool = False


class RawCommand(NamedTuple):
    """A simple command as found, before anything is made of it."""

    whole: Range
    words: tuple[Range, ...]
    assignments: tuple[Range, ...] = ()
    redirects: tuple[RawRedirect, ...] = ()


class ScriptOutput:
    """What all readers of one script write to; `read` reads a text within quotes."""

    __slots__ = ("base", "commands", "pipes", "read", "readable", "text")

    def __init__(self, text: str, base: int, read: Callable[[Reader], None]) -> None:
        self.text = text
        self.base = base
        self.read = read
        self.commands: list[Command] = []
        self.pipes = 0
        self.readable = True

    def new_pipe(self) -> int:
        """The number of the next pipeline."""
        self.pipes += 1
        return self.pipes - 1


class Reader:
    """Reads one text: the script itself, or one within its quotes (`depth` > 0)."""

    __slots__ = ("_mapped", "_start", "depth", "output", "scope", "text", "unconditional")

    def __init__(self, mapped: MappedText, scope: Scope, output: ScriptOutput) -> None:
        self.text = mapped.text
        self.scope = scope
        self.output = output
        self._mapped = mapped
        self._start = mapped.span.start if mapped.is_verbatim else None
        self.depth = 0
        self.unconditional = True

    def span(self, piece: Range) -> Span:
        """Where a range of the text is written."""
        start = self._start
        if start is None:
            return self._mapped.place(*piece)
        return Span(start + piece[0], start + piece[1])

    def rewrite(self, moved: MappedText) -> None:
        """Read another text instead, whose places are offsets into the one at hand."""
        self._mapped = moved.within(self._mapped)
        self._start = None
        self.text = moved.text

    def emit(self, simple: RawCommand, place: CommandPosition) -> None:
        """Add a command, and those of the script within its quotes, where it has one."""
        words, ranges = self._words(simple.words)
        assignments = [self._assignment(piece) for piece in simple.assignments]
        bare = unwrap(words)
        assignments += [self._assignment(ranges[index]) for index in bare.assigned]
        rest = tuple(words[bare.start :])
        command = Command(
            span=self.span(simple.whole),
            program=program_name(rest[0]) if rest else "",
            words=rest,
            wrappers=bare.wrappers,
            assignments=tuple(assignments),
            redirects=tuple(map(self._redirect, simple.redirects)),
            pipe=place.pipe if place.pipe >= 0 else self.output.new_pipe(),
            stage=place.stage,
            unconditional=place.unconditional,
            nested=self.depth > 0,
            exported=self.scope.exported,
        )
        self.output.commands.append(command)
        if command.program in RUNNERS and self.depth < _DEEPEST:
            self._read_inner(command, ranges[bare.start :], simple.redirects)
        if not rest or command.program in EFFECTIVE:
            whole = self.text[simple.whole[0] : simple.whole[1]]
            apply_effects(command, self.scope, whole)

    def _words(self, pieces: tuple[Range, ...]) -> tuple[list[Word], list[Range]]:
        """The words, and the range of each: one range may become several words, or none."""
        words: list[Word] = []
        ranges: list[Range] = []
        lookup = self.scope.lookup
        for piece in pieces:
            span = self.span(piece)
            raw = self._written(piece, span)
            for value in word_fields(self.text[piece[0] : piece[1]], lookup):
                words.append(Word(span, raw, value))
                ranges.append(piece)
        return words, ranges

    def _written(self, piece: Range, span: Span) -> str:
        if self._mapped.is_verbatim:
            return self.text[piece[0] : piece[1]]
        base = self.output.base
        return self.output.text[span.start - base : span.end - base]

    def _assignment(self, piece: Range) -> EnvVar:
        name, _, raw = self.text[piece[0] : piece[1]].partition("=")
        behind = (piece[0] + len(name) + 1, piece[1])
        value: Fact[str] = UNKNOWN
        if not raw.startswith("(") and name[-1:] not in ("+", "]"):
            value = word_value(raw, self.scope.lookup)
        name = name.removesuffix("+").partition("[")[0]
        name_span = self.span((piece[0], piece[0] + len(name)))
        whole = self.span(piece)
        return EnvVar(whole, name, value, EnvOrigin.SHELL, name_span, self.span(behind))

    def _redirect(self, piece: RawRedirect) -> Redirect:
        span = self.span(piece.whole)
        if piece.target is None:
            return Redirect(span, piece.operator, None)
        text = self.text[piece.target[0] : piece.target[1]]
        if not piece.body:
            value = word_value(text, self.scope.lookup)
        else:
            value = Known(text) if piece.literal else text_value(text, self.scope.lookup)
        target_span = self.span(piece.target)
        target = Word(target_span, self._written(piece.target, target_span), value)
        return Redirect(span, piece.operator, target)

    def _read_inner(
        self, command: Command, ranges: list[Range], redirects: tuple[RawRedirect, ...]
    ) -> None:
        index = script_word(command)
        if index is not None:
            piece = ranges[index]
            quoted = unquote(self.text[piece[0] : piece[1]])
            self._read_quoted(command, quoted, piece)
            return
        if not takes_input(command):
            return
        for redirect in redirects:
            if redirect.target is None or not redirect.operator.startswith("<<"):
                continue
            text = self.text[redirect.target[0] : redirect.target[1]]
            if not redirect.body:
                quoted = unquote(text)
            elif redirect.literal:
                quoted = Quoted(MappedText.verbatim(text, 0), literal=True)
            else:
                quoted = unquote_document(text)
            self._read_quoted(command, quoted, redirect.target)

    def _read_quoted(self, command: Command, quoted: Quoted, piece: Range) -> None:
        """Read what stands in the quotes of a range of the text."""
        text = quoted.mapped.text.strip()
        if not text or text == SUBSTITUTED:
            return
        if command.program == "eval":
            scope = self.scope.copy()
        else:
            scope = self.scope.visible() if quoted.literal else self.scope.frozen()
            for variable in command.assignments:
                scope.assign(variable.name, variable.value)
        whole = MappedText.verbatim(self.text[piece[0] : piece[1]], piece[0]).within(self._mapped)
        inner = Reader(quoted.mapped.within(whole), scope, self.output)
        inner.depth = self.depth + 1
        inner.unconditional = command.unconditional
        self.output.read(inner)
