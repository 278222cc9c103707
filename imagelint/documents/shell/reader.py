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
from imagelint.documents.shell.piped import Output, given_to, output_of
from imagelint.documents.shell.quoted import (
    SUBSTITUTED,
    Quoted,
    unquote,
    unquote_document,
)
from imagelint.documents.shell.scope import (
    ALL_WORDS,
    ARRAY,
    MOST_WORDS,
    VARIABLE,
    Array,
    elements,
    partial_fields,
    partial_value,
)
from imagelint.documents.shell.script import Command, Redirect, Word
from imagelint.documents.shell.words import text_value, word_fields, word_value
from imagelint.documents.shell.wrappers import program_name, unwrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.shell.scope import Scope

Range = tuple[int, int]  # offsets into the text that is read

_FEW, _TIMES, _EACH, _ROUND = 300, 8, 20, 5
"""Characters of unwritten texts that are read: a few, and so many for each written one.

A word of an array counts as some of them, and one of a command in each round of its loop.
"""
_EXECUTING = ("-exec", "-execdir", "-ok", "-okdir")
_DEEPEST = 6  # scripts within quotes within scripts
_UNTOLD = (UNKNOWN,)
_new = tuple.__new__  # a record without its constructor, in half of the time


class RawRedirect(NamedTuple):
    """A redirect as found. `body` marks a here-document: `target` is its text, then.

    `literal` is true when the here-document's delimiter is quoted.
    """

    whole: Range
    operator: str
    target: Range | None
    body: bool = False
    literal: bool = False


class CommandPosition(NamedTuple):
    """Where a command stands: `pipe` is -1 when it does not share a pipeline.

    `output` is where what is around it sends what it writes: `{ …; } > FILE`. All commands in it
    share that redirect, by its place.
    """

    pipe: int = -1
    stage: int = 0
    unconditional: bool = True
    output: RawRedirect | None = None


class RawCommand(NamedTuple):
    """A simple command as found, before anything is made of it."""

    whole: Range
    words: tuple[Range, ...]
    assignments: tuple[Range, ...] = ()
    redirects: tuple[RawRedirect, ...] = ()


class ScriptOutput:
    """What all readers of one script write to; `read` reads a text within quotes."""

    __slots__ = ("base", "commands", "pipes", "read", "readable", "text", "unwritten", "written")

    def __init__(self, text: str, base: int, read: Callable[[Reader], None]) -> None:
        self.text = text
        self.base = base
        self.read = read
        self.commands: list[Command] = []
        self.pipes = 0
        self.readable = True
        self.written: Output | None = None
        self.unwritten = _FEW + _TIMES * len(text)

    def new_pipe(self) -> int:
        """The number of the next pipeline."""
        self.pipes += 1
        return self.pipes - 1


class Reader:
    """Reads one text: the script itself, or one within its quotes (`depth` > 0)."""

    __slots__ = ("_mapped", "_start", "_whole", "depth", "output", "scope", "text", "unconditional")

    def __init__(self, mapped: MappedText, scope: Scope, output: ScriptOutput) -> None:
        self.text = mapped.text
        self.scope = scope
        self.output = output
        self._mapped = mapped
        self._start = mapped.span.start if mapped.is_verbatim else None
        self.depth = 0
        self.unconditional = True
        self._whole = ""

    def span(self, piece: Range) -> Span:
        """Where a range of the text is written."""
        start = self._start
        if start is None:
            return self._mapped.place(*piece)
        return _new(Span, (start + piece[0], start + piece[1]))

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
            wrapping=tuple(words[: bare.start]),
        )
        before = self.output.written
        extra = given_to(command, before, self.scope.loops())
        if extra:
            several = command._replace(given=extra)
            cost = _ROUND * several.told
            if cost <= self.output.unwritten:
                self.output.unwritten -= cost
                command = several
        self.output.commands.append(command)
        self.output.written = output_of(command, before) if place.pipe >= 0 else None
        if command.program in RUNNERS and self.depth < _DEEPEST:
            given = before if before and before.text and before.reaches(command) else None
            self._read_inner(command, ranges[bare.start :], simple.redirects, given)
        elif command.program == "find" and self.depth < _DEEPEST:
            self._read_executed(command, ranges[bare.start :])
        if not rest or command.program in EFFECTIVE:
            whole = self.text[simple.whole[0] : simple.whole[1]]
            before_arrays = self._arrays(simple.assignments, sure=place.unconditional)
            partial = self._partial(simple.assignments, sure=place.unconditional)
            apply_effects(command, self.scope, whole)
            for name, array in before_arrays:
                self.scope.assign_array(name, array)
            for name, text in partial:
                self.scope.assign_partly(name, text)

    def loop(self, name: str, pieces: tuple[Range, ...]) -> None:
        """A loop begins, whose variable is each of these words, one after another."""
        words = tuple(self._words(pieces)[0])
        if words and not any(isinstance(one.value, Known) and " " in one.text for one in words):
            self.scope.loop(name, words)

    def _words(self, pieces: tuple[Range, ...]) -> tuple[list[Word], list[Range]]:
        """The words, and the range of each: one range may become several words, or none."""
        words: list[Word] = []
        ranges: list[Range] = []
        lookup = self.scope.lookup
        verbatim = self._start is not None
        for piece in pieces:
            span = self.span(piece)
            text = self.text[piece[0] : piece[1]]
            raw = text if verbatim else self._written(piece, span)
            if ("[" in text or "@" in text) and (
                held := self._held(text, Word(span, raw, UNKNOWN))
            ):
                words += held
                ranges += [piece] * len(held)
                continue
            fields = word_fields(text, lookup)
            if fields == _UNTOLD and self.scope.knows_parts():
                fields = partial_fields(text, self.scope)
            for value in fields:
                words.append(_new(Word, (span, raw, value, None)))
                ranges.append(piece)
        return words, ranges

    def _held(self, text: str, word: Word) -> tuple[Word, ...]:
        """The words of the array that all of a word stands for; none where it is not known.

        Behind those of an array that may have more, the word itself stands for the rest.
        """
        match = ALL_WORDS.fullmatch(text)
        array = self.scope.array(match[match.lastindex or 0]) if match else None
        if array is None:
            return ()
        self.output.unwritten -= len(array.words) * _EACH
        if self.output.unwritten < 0:
            return ()
        return array.words if array.complete else (*array.words, word)

    def _arrays(self, pieces: tuple[Range, ...], *, sure: bool) -> list[tuple[str, Array]]:
        """The arrays that a command sets, or adds to."""
        found: list[tuple[str, Array]] = []
        for start, end in pieces:
            match = ARRAY.fullmatch(self.text[start:end]) if self.text[end - 1] == ")" else None
            if match is None:
                continue
            name, place = match["name"], self.span((start, end))
            adds = match["more"] or (not sure and _begins_with(name, match["words"]))
            if not (sure or adds):
                continue
            before = self.scope.array(name) if adds else Array(())
            array = (before or Array((), complete=False)).plus(
                self._listed(start + match.start("words"), match["words"], sure=sure),
                Word(place, f"${{{name}[@]}}", UNKNOWN),
            )
            if len(array.words) <= MOST_WORDS:
                found.append((name, array))
        return found

    def _partial(self, pieces: tuple[Range, ...], *, sure: bool) -> list[tuple[str, str]]:
        """What is known of variables whose whole value will not be."""
        found: list[tuple[str, str]] = []
        for start, end in pieces:
            name, _, raw = self.text[start:end].partition("=")
            if raw.startswith("(") or name[-1:] == "]":
                continue
            known = sure and not name.endswith("+") and word_value(raw, self.scope.lookup)
            if known is False or known is UNKNOWN:
                text = partial_value(name, raw, self.scope, sure=sure)
                if text:
                    found.append((name.removesuffix("+"), text))
        return found

    def _listed(self, start: int, text: str, *, sure: bool) -> Array:
        """The words of a literal; of one that may not count only that there may be more."""
        listed = elements(text) if sure else None
        if listed is None:
            return Array((), complete=False)
        pieces = tuple((start + at, start + end) for at, end in listed)
        return Array(tuple(self._words(pieces)[0]))

    def _written(self, piece: Range, span: Span) -> str:
        if self._mapped.is_verbatim:
            return self.text[piece[0] : piece[1]]
        if self._mapped.starts or not self._whole:
            base = self.output.base
            self._whole = self.output.text[span.start - base : span.end - base]
        return self._whole

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
        self,
        command: Command,
        ranges: list[Range],
        redirects: tuple[RawRedirect, ...],
        given: Output | None,
    ) -> None:
        index = script_word(command)
        if index is not None:
            self._read_word(command, command.words[index], ranges[index])
        elif command.program == "eval":
            self._read_joined(command, command.words[1:])
        elif takes_input(command):
            if given is not None:
                self._read_text(command, given.text, given.span)
            self._read_documents(command, redirects)

    def _read_word(self, command: Command, word: Word, piece: Range) -> None:
        if isinstance(word.value, Known) and VARIABLE.fullmatch(word.raw):
            self._read_text(command, word.text, word.span)
        else:
            self._read_quoted(command, unquote(self.text[piece[0] : piece[1]]), piece)

    def _read_joined(self, command: Command, words: tuple[Word, ...]) -> None:
        """Read the words of `eval`, which it puts together."""
        if words and all(isinstance(word.value, Known) for word in words):
            place = Span(words[0].span.start, words[-1].span.end)
            self._read_text(command, " ".join(word.text for word in words), place)

    def _read_documents(self, command: Command, redirects: tuple[RawRedirect, ...]) -> None:
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

    def _read_executed(self, command: Command, ranges: list[Range]) -> None:
        """Read what `find` runs for each file: the words behind `-exec`."""
        texts = [word.text for word in command.words]
        end = 0
        for at, text in enumerate(texts):
            if at < end or text not in _EXECUTING:
                continue
            end = next((n for n in range(at + 1, len(texts)) if texts[n] in (";", "+")), len(texts))
            if end == at + 1:
                continue
            whole = (ranges[at + 1][0], ranges[end - 1][1])
            inner = Reader(self._mapped, self.scope.copy(), self.output)
            inner.depth = self.depth + 1
            place = CommandPosition(unconditional=False)
            inner.emit(RawCommand(whole, tuple(dict.fromkeys(ranges[at + 1 : end]))), place)

    def _read_text(self, command: Command, text: str, span: Span) -> None:
        """Read a text that is not written anywhere: all of it stands at the span.

        One value may be run again and again: what is read of such texts is bounded by what is
        written, and a script with more of them is not read whole.
        """
        self.output.unwritten -= len(text) + _EACH
        if self.output.unwritten < 0:
            self.output.readable = False
            return
        scope = self.scope.copy() if command.program == "eval" else self.scope.visible()
        self._read_within(command, MappedText(text, span, ()), scope)

    def _read_quoted(self, command: Command, quoted: Quoted, piece: Range) -> None:
        """Read what stands in the quotes of a range of the text."""
        text = quoted.mapped.text.strip()
        if not text or text == SUBSTITUTED:
            return
        if command.program in ("eval", "trap"):
            scope = self.scope.copy()
        else:
            scope = self.scope.visible() if quoted.literal else self.scope.frozen()
            for variable in command.assignments:
                scope.assign(variable.name, variable.value)
        whole = MappedText.verbatim(self.text[piece[0] : piece[1]], piece[0]).within(self._mapped)
        self._read_within(command, quoted.mapped.within(whole), scope)

    def _read_within(self, command: Command, mapped: MappedText, scope: Scope) -> None:
        inner = Reader(mapped, scope, self.output)
        inner.depth = self.depth + 1
        inner.unconditional = command.unconditional and command.program != "trap"
        self.output.read(inner)


def _begins_with(name: str, words: str) -> bool:
    """Whether a literal begins with all words of an array: `("${NAME[@]}" --more)`."""
    return words.lstrip().startswith((f'"${{{name}[@]}}"', f"${{{name}[@]}}", f"${{{name}[*]}}"))
