"""Stages: what is in force at the end of each."""

from __future__ import annotations

import re
from posixpath import join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.execution import BuildStep, ImageStart
from imagelint.documents.dockerfile.expansion.scopes import (
    VariableHistory,
    VariableScope,
    script_variables,
    stage_scope,
)
from imagelint.documents.dockerfile.health import read_health
from imagelint.documents.dockerfile.model import (
    HealthCheck,
    Instruction,
    Stage,
    StageUser,
    StartCommand,
)
from imagelint.documents.dockerfile.scripts import ScriptContext, holds_script, read_command
from imagelint.documents.dockerfile.validation.jsonform import broken_json_form
from imagelint.documents.execution import names_root
from imagelint.documents.shell.script import Script, ScriptRole, Word

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.graph import StageOutline
    from imagelint.documents.dockerfile.syntax.instructions import ParsedInstruction
    from imagelint.documents.dockerfile.syntax.lines import LogicalLine
    from imagelint.documents.shared import EnvVar, ImageUse

_SHELL = ("/bin/sh", "-c")
_WINDOWS_SHELL = ("cmd", "/S", "/C")
_WINDOWS_IMAGES = pattern(r"windows|nanoserver|servercore", re.IGNORECASE)
_ROLES = {
    "RUN": ScriptRole.RUN,
    "CMD": ScriptRole.START,
    "ENTRYPOINT": ScriptRole.START,
    "HEALTHCHECK": ScriptRole.HEALTHCHECK,
}
_PORT = pattern(r"(\d{1,5})(?:-(\d{1,5}))?(?:/\w+)?", re.ASCII)
_MOST_PORTS = 1_000  # of one range or stage; more tell nothing


class InstructionEffect(NamedTuple):
    """What one instruction is, besides itself."""

    script: Script | None = None
    start: StartCommand | None = None
    health: HealthCheck | None = None


NO_EFFECT = InstructionEffect()  # of most instructions


class StageBuilder:
    """One stage while its instructions are read."""

    __slots__ = (
        "_cmd_is_own",
        "_text",
        "cmd",
        "edges",
        "entrypoint",
        "exposed",
        "final",
        "healthcheck",
        "instructions",
        "outline",
        "root_image",
        "scope",
        "scripts",
        "shell",
        "shipped",
        "user",
        "variables",
        "workdir",
    )

    def __init__(self, text: str, outline: StageOutline | None, base: StageBuilder | None) -> None:
        self._text = text
        self.outline = outline
        self.instructions: list[Instruction] = []
        self.scripts: list[Script] = []
        self.variables: dict[str, list[EnvVar]] = {}
        self.edges: set[int] = set()
        self.shipped = self.final = False
        self._cmd_is_own = False
        if base is None:
            self._begin(outline)
        else:
            self._inherit(base)

    def _begin(self, outline: StageOutline | None) -> None:
        scratch = outline is not None and outline.scratch
        self.scope = stage_scope(scratch=scratch)
        self.root_image: ImageUse | None = outline.base if outline else None
        self.workdir: Fact[str] = Known("/") if scratch else UNKNOWN
        self.user: StageUser | None = None
        self.entrypoint: StartCommand | None = None
        self.cmd: StartCommand | None = None
        self.healthcheck: HealthCheck | None = None
        self.exposed: tuple[int, ...] = ()
        windows = self.root_image is not None and _WINDOWS_IMAGES.search(self.root_image.text)
        self.shell: tuple[str, ...] = _WINDOWS_SHELL if windows else _SHELL

    def _inherit(self, base: StageBuilder) -> None:
        self.scope = base.scope.child()
        self.root_image = base.root_image
        self.workdir = base.workdir
        self.user = base.user
        self.entrypoint = base.entrypoint
        self.cmd = base.cmd
        self.healthcheck = base.healthcheck
        self.exposed = base.exposed
        self.shell = base.shell

    def take(
        self, reading: ParsedInstruction, line: LogicalLine, outer: VariableScope | None
    ) -> InstructionEffect:
        """Let an instruction have its effect; `outer` is the global scope, None in itself."""
        self.instructions.append(reading.instruction)
        if reading.instruction.keyword != "ONBUILD":
            for variable in reading.variables:
                self.variables.setdefault(variable.name, []).append(variable)
                self.scope.add(variable, outer)
        effect = self._effect(reading.instruction, line)
        if effect.script is not None:
            self.scripts.append(effect.script)
        return effect

    def _effect(self, instruction: Instruction, line: LogicalLine) -> InstructionEffect:
        match instruction.keyword:
            case "ONBUILD" if instruction.onbuild and instruction.onbuild.keyword in _ROLES:
                return InstructionEffect(self._left_to_others(instruction.onbuild, line))
            case "RUN":
                return InstructionEffect(self.script(instruction, line, ScriptRole.RUN))
            case "ENTRYPOINT" | "CMD":
                return self._start(instruction, line)
            case "SHELL" if instruction.json and holds_script(instruction.words):
                self._set(instruction)
                return InstructionEffect(self.script(instruction, line, ScriptRole.RUN))
            case "HEALTHCHECK":
                script = self.script(instruction, line, ScriptRole.HEALTHCHECK)
                self.healthcheck = read_health(instruction, script)
                return InstructionEffect(script, health=self.healthcheck)
            case _:
                self._set(instruction)
        return NO_EFFECT

    def _set(self, instruction: Instruction) -> None:
        words = instruction.words
        if not words:
            return
        match instruction.keyword:
            case "USER":
                self.user = _user(words[0])
            case "WORKDIR":
                self.workdir = _workdir(self.workdir, words[0].value)
            case "SHELL" if instruction.json:
                self.shell = instruction.arguments
            case "EXPOSE" if len(self.exposed) < _MOST_PORTS:
                self.exposed = tuple(dict.fromkeys((*self.exposed, *_ports(words))))

    def script(
        self, instruction: Instruction, line: LogicalLine, role: ScriptRole
    ) -> Script | None:
        """The script of an instruction at this point of the stage; none of a broken array."""
        if broken_json_form(instruction) is not None:
            return None
        workdir = self.workdir.value if isinstance(self.workdir, Known) else ""
        variables = script_variables(self.scope)
        around = ScriptContext(self._text, self.shell, variables, workdir)
        script = read_command(instruction, line, around, role)
        if script is None:
            return None
        step = self.step(instruction)
        return script.standing_in(step if role is ScriptRole.RUN else ImageStart(*step))

    def step(self, instruction: Instruction) -> BuildStep:
        """What an instruction is at this point of the stage."""
        return BuildStep(self.shipped, self._is_root(), self.scope.history, instruction.span.start)

    def _is_root(self) -> Fact[bool]:
        """Whether what follows runs as root; unknown where the base image decides."""
        if self.user is not None:
            return self.user.is_root
        return Known(value=True) if self.scope.otherwise is ABSENT else UNKNOWN

    def _left_to_others(self, instruction: Instruction, line: LogicalLine) -> Script | None:
        """The script behind ONBUILD: where and with what it will run, nobody knows."""
        if broken_json_form(instruction) is not None:
            return None
        around = ScriptContext(self._text, self.shell, {}, "")
        role = _ROLES[instruction.keyword]
        script = read_command(instruction, line, around, role)
        step = BuildStep(self.shipped, UNKNOWN, VariableHistory(UNKNOWN), 0)
        place = step if role is ScriptRole.RUN else ImageStart(*step)
        return None if script is None else script.standing_in(place)

    def _start(self, instruction: Instruction, line: LogicalLine) -> InstructionEffect:
        script = self.script(instruction, line, ScriptRole.START)
        words = instruction.words if instruction.json else ()
        start = StartCommand(
            instruction.span, instruction, instruction.json, words, script, final=False
        )
        if instruction.keyword == "CMD":
            self.cmd, self._cmd_is_own = start, True
        else:
            self.entrypoint = start
            if not self._cmd_is_own:  # an ENTRYPOINT resets the CMD of what is below the stage
                self.cmd = None
        return InstructionEffect(script, start)

    def finish(self) -> None:
        """Mark what is in force at the end of the final stage."""
        if self.entrypoint is not None:
            self.entrypoint = self.entrypoint._replace(final=True)
        if self.cmd is not None:
            self.cmd = self.cmd._replace(final=True)
        if self.healthcheck is not None:
            self.healthcheck = self.healthcheck._replace(final=True)

    def in_force(self, effect: InstructionEffect) -> InstructionEffect:
        """The effect, marked when it is one of those in force."""
        start, health = effect.start, effect.health
        if start is None and health is None:
            return effect
        if start is not None:
            final = _same(start, self.entrypoint) or _same(start, self.cmd)
            start = start._replace(final=final)
        if health is not None:
            health = health._replace(final=_same(health, self.healthcheck))
        return InstructionEffect(effect.script, start, health)

    def stage(self, outline: StageOutline, *, used: bool, delivered: bool) -> Stage:
        """The finished stage of that outline."""
        return Stage(
            span=outline.instruction.span,
            index=outline.number,
            name=outline.name,
            base=outline.base,
            base_stage=outline.base_stage,
            scratch=outline.scratch,
            context=outline.context,
            platform=outline.platform,
            instructions=tuple(self.instructions),
            final=self.final,
            shipped=self.shipped,
            used=used,
            delivered=delivered,
            user=self._final_user(outline),
            env=self.scope.environment,
            workdir=self.workdir,
            entrypoint=self.entrypoint,
            cmd=self.cmd,
            healthcheck=self.healthcheck,
            shell=self.shell,
            exposed=self.exposed,
            root_image=self.root_image,
            env_complete=self.scope.otherwise is ABSENT,
            scripts=tuple(self.scripts),
            variables={name: tuple(found) for name, found in self.variables.items()},
        )

    def _final_user(self, outline: StageOutline) -> StageUser:
        if self.user is not None:
            return self.user
        root: Fact[bool] = Known(value=True) if self.scope.otherwise is ABSENT else ABSENT
        return StageUser(outline.instruction.span, ABSENT, ABSENT, root)


def _same(node: StartCommand | HealthCheck, other: StartCommand | HealthCheck | None) -> bool:
    return other is not None and other.span == node.span


def _user(word: Word) -> StageUser:
    if not isinstance(word.value, Known):
        return StageUser(word.span, UNKNOWN, UNKNOWN, UNKNOWN)
    name, colon, group = word.value.value.partition(":")
    group_fact: Fact[str] = Known(group, word.span) if colon else ABSENT
    # Without a name it is nobody in particular, which is root.
    root = Known(not name or names_root(name), word.span)
    return StageUser(word.span, Known(name, word.span), group_fact, root)


def _workdir(before: Fact[str], value: Fact[str]) -> Fact[str]:
    if not isinstance(value, Known):
        return UNKNOWN
    path = value.value
    if path.startswith("/"):
        return Known(normpath("/" + path.lstrip("/")), value.span)
    if "\\" in path or path[1:2] == ":":  # a path of Windows
        return value
    if not isinstance(before, Known):
        return UNKNOWN
    return Known(normpath(join(before.value, path)), value.span)


def _ports(words: tuple[Word, ...]) -> list[int]:
    ports: list[int] = []
    for word in words:
        written = word.value.value if isinstance(word.value, Known) else ""
        for part in written.split():
            match = _PORT.fullmatch(part)
            if match is None:
                continue
            first, last = int(match[1]), int(match[2] or match[1])
            if first <= last <= min(first + _MOST_PORTS, 65_535):
                ports.extend(range(first, last + 1))
    return ports
