"""Steps of a build that ask for GPUs: which answers count, and which are passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import Phase
from imagelint.documents.packages.python import is_python
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.shell.lists import PROBES
from imagelint.documents.shell.script import ScriptRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.documents.base import Document
    from imagelint.documents.shell.script import Command, Script, Word

# Programs that ask the driver, which is there only where there is a GPU.
_PROGRAMS = frozenset({"nvidia-smi", "nvidia-debugdump", "deviceQuery", "rocm-smi", "amd-smi"})
ASKING = _PROGRAMS | {"python", "pypy"}
"""The programs by which a command may ask for a GPU."""
_QUESTIONS = pattern(
    r"torch\.cuda\.(?:is_available|device_count)\(|list_physical_devices\(\s*['\"]GPU"
    r"|tf\.test\.(?:is_gpu_available|gpu_device_name)\(|list_logical_devices\(\s*['\"]GPU"
)
# What ends with an error where there is none.
_DEMANDS = pattern(
    r"assert\s+torch\.cuda\.is_available\(\)|\.cuda\(\)|\.to\(\s*['\"]cuda"
    r"|torch\.cuda\.(?:get_device_\w+|current_device|init|mem_get_info|synchronize)\("
    r"|device=['\"]cuda|jax\.devices\(\s*['\"](?:gpu|cuda)"
)
_OPERATOR = pattern(r"(?:[\s)}]|\\\n|\d?>>?&?\s*[^\s;&|]+|\d?>&\d)*+(\|\||&&|;)")
_END_OF_SUBSTITUTION = pattern(r"(?:\s|\\\n|\d?>>?&?\s*[^\s;&|)`]+|\d?>&\d)*+[)`]")
_CONDITION = pattern(r"(?<![\w-])if\s+(!\s+)?\Z")
_USE = pattern(r"\$(?:(\w+)|\{(\w+)\})")
# How far a keyword may stand before its command, in characters: continuations and indentation.
_WINDOW = 40
_HARMLESS = frozenset({"echo", "printf", ":", "true"})
_GIVES_UP = frozenset({"exit", "false"})
# Behind `||` a message or two stand before the end.
_MESSAGES = 3


class GpuQuery(NamedTuple):
    """A question for a GPU; `fails` tells that it ends with an error where there is none."""

    word: Word
    what: str
    fails: bool


def gpu_queries(document: Document, script: Script) -> Iterator[GpuQuery]:
    """The questions of a step of a build whose answer counts."""
    if script.role is not ScriptRole.RUN or script.place.phase is not Phase.BUILD:
        return
    stage = enclosing_stage(document, script.span)
    instruction = stage.instruction_at(script.span.start) if stage is not None else None
    if instruction is not None and instruction.flag("device") is not None:
        return
    asking = [(at, tuple(_asked(command))) for at, command in enumerate(script.commands)]
    if not any(queries for _at, queries in asking):
        return
    outcomes = _Outcomes(script)
    for at, queries in asking:
        fails = outcomes.fails(at) if queries else None
        if fails is not None:
            for query in queries:
                yield query._replace(fails=query.fails and fails)


def _asked(command: Command) -> Iterator[GpuQuery]:
    if command.program in _PROGRAMS:
        yield GpuQuery(command.words[0], f"`{command.program}` runs", fails=True)
    elif is_python(command.program):
        for word in command.arguments:
            if found := _DEMANDS.search(word.text) or _QUESTIONS.search(word.text):
                fails = _DEMANDS.search(word.text) is not None
                yield GpuQuery(word, f"`{found[0].rstrip('(')}` is asked", fails)


class _Outcomes:
    """What becomes of a step when commands of its script fail, by their places in the script.

    True: the step fails. False: it goes on otherwise than with a GPU. None: nothing depends on it,
    or nobody knows.
    """

    __slots__ = ("_commands", "_in_lists", "_last", "_outer", "_start", "_text", "_used")

    def __init__(self, script: Script) -> None:
        self._text = script.text
        self._start = script.span.start
        self._commands = script.commands
        self._last = {command.pipe: at for at, command in enumerate(script.commands)}
        self._outer = _enclosing(script.commands)
        self._used = {use[1] or use[2]: use.start() for use in _USE.finditer(script.text)}
        self._in_lists: list[bool | None] = [None] * len(script.commands)
        for at in reversed(range(len(script.commands))):
            self._in_lists[at] = self._in_list(at)

    def fails(self, at: int) -> bool | None:
        """What becomes of the step; the end of a pipe decides, and gets nothing."""
        command = self._commands[at]
        end = self._last[command.pipe]
        if command.unconditional:
            found = self._in_lists[end]
        elif self._is_substituted(at, end):
            found = self._substituted(self._outer[at])
        else:
            found = self._chosen(at)
        return found if found is None else found and end == at

    def _operator(self, at: int) -> str:
        found = _OPERATOR.match(self._text, self._commands[at].span.end - self._start)
        return found[1] if found else ""

    def _in_list(self, at: int) -> bool | None:
        operator = self._operator(at)
        if operator == "||":
            return True if self._gives_up(self._behind(at)) else None
        if operator != "&&":
            return None if operator else True
        behind = self._behind(at)
        if behind == len(self._commands) or not self._commands[behind].unconditional:
            return True
        later = self._in_lists[self._last[self._commands[behind].pipe]]
        if later is None and not self._is_harmless(self._commands[behind]):
            return False
        return later

    def _behind(self, at: int) -> int:
        """The place of the command behind another, and behind all that stands within it."""
        end = self._commands[at].span.end
        behind = at + 1
        while behind < len(self._commands) and self._commands[behind].span.start < end:
            behind += 1
        return behind

    def _gives_up(self, at: int) -> bool:
        for command in self._commands[at : at + _MESSAGES]:
            if command.program in _GIVES_UP:
                return not any(word.text == "0" for word in command.arguments)
            if not self._is_harmless(command):
                return False
        return False

    def _is_harmless(self, command: Command) -> bool:
        return command.program in _HARMLESS and not any(
            one.operator.startswith(">") for one in command.redirects
        )

    def _before(self, at: int) -> str:
        start = self._commands[at].span.start - self._start
        return self._text[max(0, start - _WINDOW) : start]

    def _is_substituted(self, at: int, end: int) -> bool:
        """Whether a pipeline is all of a substitution: what stands behind it may help it out."""
        behind = self._commands[end].span.end - self._start
        opened = self._before(at).rstrip().endswith(("$(", "`"))
        return opened and _END_OF_SUBSTITUTION.match(self._text, behind) is not None

    def _substituted(self, outer: int) -> bool | None:
        """Of a command whose output is put into another: the status of an assignment is its own."""
        if outer < 0:
            return None
        command = self._commands[outer]
        if not command.unconditional:
            return self._chosen(outer)
        if self._in_lists[outer] is None and self._operator(outer) == "||":
            return None
        if command.words:
            return None if self._is_harmless(command) else False
        if self._in_lists[outer] is not None:
            return self._in_lists[outer]
        end = command.span.end - self._start
        used = any(self._used.get(each.name, -1) >= end for each in command.assignments)
        return False if used else None

    def _chosen(self, at: int) -> bool | None:
        """Of a command behind an `if` that is surely reached: its failure chooses what is done."""
        before = self._commands[at - 1] if at else None
        reached = before is None or (before.unconditional and before.program not in PROBES)
        condition = _CONDITION.search(self._before(at)) if reached else None
        if condition is None:
            return None
        if condition[1] and self._gives_up(at + 1):
            return True
        for command in self._commands[at + 1 :]:
            if command.unconditional:
                break
            if not self._is_harmless(command) and command.program not in _PROGRAMS:
                return False
        return None


def _enclosing(commands: Sequence[Command]) -> list[int]:
    """The place of the command within whose words each stands, -1 where there is none."""
    outer: list[int] = []
    opened: list[int] = []
    for command in commands:
        while opened and commands[opened[-1]].span.end < command.span.end:
            opened.pop()
        outer.append(opened[-1] if opened else -1)
        opened.append(len(outer) - 1)
    return outer
