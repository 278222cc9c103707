"""From a joined line to an instruction whose words, flags and bodies have their exact places."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.complaints import (
    BadSubstitution,
    InvalidOnbuildTrigger,
    MissingArgument,
    ShellNotInJsonForm,
    UnclosedQuote,
    UnknownHealthcheckType,
    UnknownInstruction,
)
from imagelint.documents.dockerfile.expansion.substitution import (
    ExpansionError,
    RequiredVariableError,
    UnclosedQuoteError,
)
from imagelint.documents.dockerfile.expansion.variables import (
    ExpansionStyle,
    Lookup,
    expand,
    is_expanded,
)
from imagelint.documents.dockerfile.model import Flag, HereDoc, Instruction
from imagelint.documents.dockerfile.syntax.arguments import (
    KEYWORDS,
    ArgumentFault,
    Arguments,
    read_arguments,
)
from imagelint.documents.dockerfile.syntax.splitting import InstructionParts, split_instruction
from imagelint.documents.dockerfile.validation.instruction import instruction_complaints
from imagelint.documents.dockerfile.validation.jsonform import broken_json_form
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.script import Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.dockerfile.syntax.lines import HereDocBody, LogicalLine
    from imagelint.documents.dockerfile.syntax.words import RawWord

# Which instructions expand variables: those whose commands have an Expand method in
# frontend/dockerfile/instructions/commands.go of moby/buildkit. FROM expands its image only.
_EXPANDING = frozenset(
    ("ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
)
_EXPANDING_FLAGS = frozenset(("platform", "chown", "chmod", "checksum", "mount"))
_FEWEST = {"ADD": 2, "COPY": 2, "ARG": 1, "ENV": 2, "LABEL": 2, "FROM": 1, "USER": 1}
_FEWEST |= {"WORKDIR": 1, "EXPOSE": 1, "VOLUME": 1, "STOPSIGNAL": 1, "HEALTHCHECK": 1, "SHELL": 1}
_FEWEST |= {"MAINTAINER": 1, "ONBUILD": 1}
_NOT_IN_ONBUILD = ("FROM", "MAINTAINER", "ONBUILD")
_STYLES = {escape: ExpansionStyle(escape) for escape in ("\\", "`")}
_SHORTEST, _LONGEST = 3, 20  # what may be a misspelt keyword
_new = tuple.__new__  # a record without its constructor, in half of the time
_CLOSE = 0.66  # `RNU` is that close to RUN


class ParseContext(NamedTuple):
    """All that the meaning of a line depends on."""

    text: str
    escape: str
    stage: int
    lookup: Lookup
    given: Mapping[str, Fact[str]] = MappingProxyType({})


class ParsedInstruction(NamedTuple):
    """An instruction, the variables that it sets, and what is wrong with it."""

    instruction: Instruction
    variables: tuple[EnvVar, ...]
    complaints: tuple[Complaint, ...]


def read_instruction(line: LogicalLine, setting: ParseContext) -> ParsedInstruction:
    """Read one joined line."""
    reader = _Reader(line, setting)
    instruction = reader.instruction(
        split_instruction(line.text, setting.escape), line.keyword, setting
    )
    return ParsedInstruction(instruction, tuple(reader.variables), tuple(reader.complaints))


class _Reader:
    """Reads one line, and collects what is found on the way."""

    __slots__ = (
        "_given",
        "_line",
        "_lookup",
        "_nesting",
        "_style",
        "_text",
        "complaints",
        "variables",
    )

    def __init__(self, line: LogicalLine, setting: ParseContext) -> None:
        self._line = line
        self._text = setting.text
        self._style = _STYLES[setting.escape]
        self._lookup = setting.lookup
        self._given = setting.given
        self._nesting = False
        self.complaints: list[Complaint] = []
        self.variables: list[EnvVar] = []

    def instruction(
        self, parts: InstructionParts, keyword: str, setting: ParseContext
    ) -> Instruction:
        """The instruction of these parts."""
        line = self._line
        keyword_end = parts.keyword_start + len(parts.keyword)
        keyword_span = line.original(parts.keyword_start, keyword_end)
        span = Span(keyword_span.start, line.end)
        arguments = read_arguments(keyword, parts, setting.escape)
        before = len(self.complaints)
        nested = None
        if keyword == "ONBUILD" and parts.rest and not self._nesting:
            nested = self._nested(parts, setting)
        instruction = Instruction(
            span=span,
            keyword=keyword,
            keyword_span=keyword_span,
            flags=tuple(self._flag(flag) for flag in parts.flags),
            words=self._words(keyword, arguments),
            json=arguments.json,
            heredocs=tuple(self._heredoc(body) for body in line.bodies),
            start_line=line.first + 1,
            end_line=line.last + 1,
            value=parts.rest,
            onbuild=nested,
            stage=setting.stage,
            arguments=arguments.values,
        )
        self._complain(instruction, arguments)
        for body in instruction.heredocs if keyword in ("ADD", "COPY") else ():
            self._check_body(body, setting.escape)
        broken = None if arguments.fault else broken_json_form(instruction)
        if broken is not None:
            self.complaints[before:] = [broken]  # the rest only follows from it
        elif len(self.complaints) == before:
            for complaint in instruction_complaints(instruction):
                self._add(complaint)
        return instruction

    def _nested(self, parts: InstructionParts, setting: ParseContext) -> Instruction:
        """What ONBUILD leaves to the builds of other files, whose variables nobody knows."""
        inner = split_instruction(self._line.text, setting.escape, parts.rest_start)
        self._lookup = unknown
        self._nesting = True
        nested = self.instruction(inner, inner.keyword.upper(), setting)
        self._nesting = False
        return nested

    def _complain(self, instruction: Instruction, arguments: Arguments) -> None:
        keyword, span = instruction.keyword, instruction.keyword_span
        if keyword not in KEYWORDS:
            written = self._text[span.start : span.end]
            message = f"there is no instruction {written[:40]}"
            near = _near(keyword)
            help_ = f"did you mean {near}?" if near else ""
            instead = (near.lower() if written.islower() else near) if written.isalpha() else ""
            self._add(UnknownInstruction(span, written, message, help_, instead))
        elif self._nesting and keyword in _NOT_IN_ONBUILD:
            message = f"ONBUILD {keyword} is not allowed"
            help_ = "write it into the files that build upon this image"
            self._add(InvalidOnbuildTrigger(span, keyword, message, help_))
        elif fault := arguments.fault or _fault(keyword, arguments):
            word = fault.word
            place = (
                self._line.original(word.start, word.end) if word else _arguments_span(instruction)
            )
            self._add(fault.kind(place, fault.subject or keyword, fault.message, fault.help))
        elif _count(instruction) < _FEWEST.get(keyword, 0):
            several = _FEWEST[keyword] > 1 and keyword in ("ADD", "COPY")
            message = f"{keyword} needs {'a source and a target' if several else 'an argument'}"
            self._add(MissingArgument(span, keyword, message))

    def _add(self, complaint: Complaint) -> None:
        """Keep a complaint, unless something has just been said against the very same words."""
        if not self.complaints or self.complaints[-1].span != complaint.span:
            self.complaints.append(complaint)

    def _flag(self, piece: RawWord) -> Flag:
        span = self._line.original(piece.start, piece.end)
        raw = self._text[span.start : span.end]
        name, equals, value = piece.text.removeprefix("--").partition("=")
        fact: Fact[str] = Known(value, span)
        begin = span.start + len(raw.partition("=")[0]) + len(equals)
        place = Span(min(begin, span.end), span.end)
        if "$" in value and name in _EXPANDING_FLAGS:
            fact = self._expanded(value, place, f"--{name}")
        return Flag(span, name, fact, place, raw, value)

    def _heredoc(self, body: HereDocBody) -> HereDoc:
        word = body.word
        return HereDoc(
            span=self._line.original(word.start, word.end),
            name=word.name,
            content_span=body.span,
            content=self._text[body.span.start : body.span.end],
            expand=word.expand,
            chomp=word.chomp,
            terminated=body.terminated,
        )

    def _check_body(self, body: HereDoc, escape: str) -> None:
        """Complain about what cannot be expanded in a text that is copied as a file."""
        if not body.expand or "${" not in body.content:
            return
        from imagelint.documents.dockerfile.expansion.failures import first_failure

        style = ExpansionStyle(escape, quotes=False)
        refusal = first_failure(body.content, self._lookup, style)
        if refusal is not None:
            start = body.content_span.start
            place = Span(start + refusal.start, start + refusal.end)
            help_ = f"write `<<'{body.name}'` to have the file as it stands"
            self._add(BadSubstitution(place, body.name, refusal.message, help_))

    def _words(self, keyword: str, arguments: Arguments) -> tuple[Word, ...]:
        if keyword in ("ENV", "ARG") and arguments.pieces:
            return self._assigning(keyword, arguments)
        return tuple(
            self._word(piece, _owner(keyword, number, piece))
            for number, piece in enumerate(arguments.pieces)
        )

    def _word(self, piece: RawWord, expanded_for: str) -> Word:
        span = self._line.original(piece.start, piece.end)
        raw = self._text[span.start : span.end]
        if expanded_for:
            return _new(Word, (span, raw, self._expanded(piece.text, span, expanded_for), None))
        return _new(Word, (span, raw, _new(Known, (piece.text, span)), None))

    def _expanded(self, text: str, span: Span, owner: str) -> Fact[str]:
        """What a text comes to; `owner` is the variable, flag or instruction that it belongs to."""
        try:
            if not is_expanded(text):
                return _new(Known, (text, span))
            fact = expand(text, self._lookup, self._style)
        except (
            RequiredVariableError
        ):  # the author demands a build argument: nothing is wrong with that
            return UNKNOWN
        except UnclosedQuoteError as error:
            help_ = "close it, or put a backslash in front of it"
            self._add(UnclosedQuote(span, owner, str(error), help_))
            return UNKNOWN
        except ExpansionError as error:
            help_ = (
                "write `${<name>}` or `${<name>:-<default>}`, and `\\$` for the character itself"
            )
            self._add(BadSubstitution(span, owner, str(error), help_))
            return UNKNOWN
        return Known(fact.value, span) if isinstance(fact, Known) else fact

    def _assigning(self, keyword: str, arguments: Arguments) -> tuple[Word, ...]:
        """The words of ENV and ARG, and the variables that they set."""
        origin = EnvOrigin.ENV if keyword == "ENV" else EnvOrigin.ARG
        words: list[Word] = []
        pieces = arguments.pieces
        if keyword == "ENV" and "=" not in pieces[0].text:
            words = [self._word(piece, pieces[0].text) for piece in pieces]
            if len(words) > 1:
                self.variables.append(_old_variable(*words))
            return tuple(words)
        for piece in pieces:
            variable = self._variable(piece, origin)
            self.variables.append(variable)
            if origin is EnvOrigin.ARG and len(pieces) > 1:
                self._lookup = self._behind(variable)
            span = variable.span
            words.append(Word(span, self._text[span.start : span.end], _assignment(variable)))
        return tuple(words)

    def _behind(self, argument: EnvVar) -> Lookup:
        """What an ARG sees of those before it in the same instruction; ENV sees none of them.

        frontend/dockerfile/dockerfile2llb/convert.go, dispatchArg
        """
        before = self._lookup
        value = UNKNOWN if argument.value is ABSENT else argument.value
        value = self._given.get(argument.name, value)

        def lookup(name: str) -> Fact[str]:
            return value if name == argument.name else before(name)

        return lookup

    def _variable(self, piece: RawWord, origin: EnvOrigin) -> EnvVar:
        name, equals, _ = piece.text.partition("=")
        span = self._line.original(piece.start, piece.end)
        middle = piece.start + len(name)
        name_span = self._line.original(piece.start, middle)
        known = self._expanded(name, name_span, name) if origin is EnvOrigin.ENV else Known(name)
        shown = known.value if isinstance(known, Known) else name
        if not equals:
            return EnvVar(span, shown, ABSENT, origin, name_span, span)
        value_span = self._line.original(middle + 1, piece.end)
        text = piece.text[len(name) + 1 :]
        return EnvVar(
            span, shown, self._expanded(text, value_span, name), origin, name_span, value_span
        )


def _old_variable(name: Word, value: Word) -> EnvVar:
    span = Span(name.span.start, value.span.end)
    return EnvVar(span, name.text, value.value, EnvOrigin.ENV, name.span, value.span)


def _assignment(variable: EnvVar) -> Fact[str]:
    if variable.value is ABSENT:
        return Known(variable.name, variable.span)
    if isinstance(variable.value, Known):
        return Known(f"{variable.name}={variable.value.value}", variable.span)
    return UNKNOWN


def unknown(_name: str) -> Fact[str]:
    """A lookup that knows no variable."""
    return UNKNOWN


def _fault(keyword: str, arguments: Arguments) -> ArgumentFault | None:
    """What BuildKit says no to although its parser reads it."""
    if not arguments.values:
        return None
    first = arguments.values[0]
    if keyword == "SHELL" and not arguments.json:
        message = "SHELL takes its words in JSON form"
        return ArgumentFault(ShellNotInJsonForm, message, 'write `SHELL ["/bin/…", "-c"]`', first)
    if keyword == "HEALTHCHECK" and first.upper() not in ("CMD", "NONE"):
        message = "HEALTHCHECK takes CMD and a command, or NONE"
        return ArgumentFault(UnknownHealthcheckType, message, "put CMD in front of it", first)
    return None


def _count(instruction: Instruction) -> int:
    """How many arguments an instruction has; what ONBUILD keeps is one."""
    return (
        bool(instruction.value) if instruction.keyword == "ONBUILD" else len(instruction.arguments)
    )


def _near(keyword: str) -> str:
    if not _SHORTEST <= len(keyword) <= _LONGEST:
        return ""
    from difflib import get_close_matches

    close = get_close_matches(keyword, KEYWORDS, n=1, cutoff=_CLOSE)
    return close[0] if close else ""


def _owner(keyword: str, number: int, piece: RawWord) -> str:
    """The label or the instruction whose word is expanded; empty when it is left as it is."""
    if keyword == "LABEL":
        return piece.text.partition("=")[0]
    return keyword if keyword in _EXPANDING or (keyword == "FROM" and number == 0) else ""


def _arguments_span(instruction: Instruction) -> Span:
    return Span(instruction.words[0].span.start, instruction.words[-1].span.end)
