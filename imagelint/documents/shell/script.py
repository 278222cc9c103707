"""Shell scripts as rules see them: commands with words, whatever file they stand in."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.fact import Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import UNKNOWN_PLACE
from imagelint.documents.shell.wrappers import FETCH_BESIDES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Node
    from imagelint.documents.execution import ExecutionPlace
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.shared import EnvVar


class Word(NamedTuple):
    """One word of a command.

    `raw` is what is written; `value` what the shell makes of it, unknown when a variable, a
    command substitution or a glob takes part whose result cannot be known. `written` tells where
    each character of a script stands that a shell is given; None: as far as `raw` shows it.
    """

    span: Span
    raw: str
    value: Fact[str]
    written: MappedText | None = None

    @property
    def text(self) -> str:
        """The value, or what is written when the value is unknown."""
        return self.value.value if isinstance(self.value, Known) else self.raw


class Given(NamedTuple):
    """Words that a command is given for its word at `at`, or behind its last one.

    A loop runs through them (`for p in a b; do pip install "$p"; done`), or xargs reads them,
    perhaps from a `file`: one after another, or `together`.
    """

    at: int
    words: tuple[Word, ...]
    file: Word | None = None
    together: bool = False

    def of(self, number: int) -> tuple[Word, ...]:
        """Those of one round, the last for all rounds behind it."""
        if self.together or not self.words:
            return self.words
        return (self.words[min(number, len(self.words) - 1)],)


class Redirect(NamedTuple):
    """`operator` is `>`, `>>`, `<`, `2>` …; `target` the file's word."""

    span: Span
    operator: str
    target: Word | None


class Exports:
    """What a script exports at one point of it: a chain, so that each command has its own.

    `name` was exported last, or is no more where there is no `variable`.
    """

    __slots__ = ("_before", "_name", "_variable")

    def __init__(
        self, name: str = "", variable: EnvVar | None = None, before: Exports | None = None
    ) -> None:
        self._name = name
        self._variable = variable
        self._before = before

    def __eq__(self, other: object) -> bool:
        """Whether it is the same, however it came about."""
        return isinstance(other, Exports) and self.variables() == other.variables()

    def __hash__(self) -> int:
        """By what is exported."""
        return hash(self.variables())

    def plus(self, variable: EnvVar) -> Exports:
        """The same with a variable, in place of what had its name."""
        return Exports(variable.name, variable, self)

    def without(self, name: str) -> Exports:
        """The same without a variable."""
        return Exports(name, None, self) if self._before is not None else self

    @classmethod
    def of(cls, variables: Iterable[EnvVar]) -> Exports:
        """What exports some variables, the latest last."""
        found = cls()
        for variable in variables:
            found = found.plus(variable)
        return found

    def moved(self, move: Callable[[EnvVar], EnvVar], done: dict[int, Exports]) -> Exports:
        """The same with its variables moved; `done` holds what was moved before, by identity."""
        chain: list[Exports] = []
        one: Exports | None = self
        while one is not None and id(one) not in done:
            chain.append(one)
            one = one._before  # noqa: SLF001 - its own kind
        for each in reversed(chain):
            name, variable, before = each._name, each._variable, each._before  # noqa: SLF001
            done[id(each)] = Exports(name, variable and move(variable), before and done[id(before)])
        return done[id(self)]

    def variables(self) -> tuple[EnvVar, ...]:
        """The variables, the latest last."""
        latest: dict[str, EnvVar | None] = {}
        link: Exports | None = self
        while link is not None:
            latest.setdefault(link._name, link._variable)  # noqa: SLF001 - it is one of us
            link = link._before  # noqa: SLF001
        return tuple(variable for variable in reversed(latest.values()) if variable is not None)


class Command(NamedTuple):
    """A simple command: `words[0]` is its program, wrappers (`sudo`, `env`, `exec`, …) removed.

    `program` is the base name of the program, empty when unknown. `wrappers` are the removed
    ones in order, `wrapping` the words of them all. `pipe` counts the pipeline in the script that
    the command belongs to, `stage` its place therein; commands with the same `pipe` are connected
    by `|`. `unconditional` is false inside `if`, loops, functions, after `||`, and in
    substitutions. `nested` is true for commands found within another's quoted script
    (`sh -c '…'`, `bash <<EOF`). `exported` are the variables that the script has exported before.
    `place` is what the script is a part of, `given` what it gets in place of some words.
    """

    span: Span
    program: str
    words: tuple[Word, ...]
    wrappers: tuple[str, ...] = ()
    assignments: tuple[EnvVar, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    pipe: int = 0
    stage: int = 0
    unconditional: bool = True
    nested: bool = False
    exported: Exports = Exports()
    place: ExecutionPlace = UNKNOWN_PLACE
    wrapping: tuple[Word, ...] = ()
    given: tuple[Given, ...] = ()

    @property
    def trigger(self) -> str | frozenset[str]:
        """Its program, and what fetches packages for it, by which rules are chosen."""
        if not self.wrappers or FETCH_BESIDES.isdisjoint(self.wrappers):
            return self.program
        return FETCH_BESIDES.intersection(self.wrappers) | {self.program}

    @property
    def arguments(self) -> tuple[Word, ...]:
        """The words after the program."""
        return self.words[1:]

    def rounds(self) -> Iterator[tuple[Word, ...]]:
        """The words after the program, for each time that a loop or xargs runs it."""
        return map(self._round, range(self._count))

    @property
    def told(self) -> int:
        """How many words all rounds together have."""
        together = sum(len(one.words) for one in self.given if one.together)
        return self._count * (len(self.words) + together)

    @property
    def _count(self) -> int:
        return max((1, *(len(one.words) for one in self.given if not one.together)))

    def _round(self, number: int) -> tuple[Word, ...]:
        words = self.words
        for one in reversed(self.given):
            words = (*words[: one.at], *one.of(number), *words[one.at + 1 :])
        return words[1:]

    @property
    def environment(self) -> tuple[EnvVar, ...]:
        """What its script sets for it, the latest last: exported before, or before its program.

        All else that is set comes from where the script stands: see `place`.
        """
        return (*self.exported.variables(), *self.assignments)

    def has_flag(self, *names: str) -> bool:
        """Whether a flag is given: `-y` also inside `-qy`, `--name` also as `--name=…`."""
        for word in self.arguments:
            text = word.text
            for name in names:
                if text == name or text.startswith(f"{name}="):
                    return True
                if _is_short(name) and _is_cluster(text) and name[1] in text[1:]:
                    return True
        return False


def _is_short(flag: str) -> bool:
    return len(flag) == 2 and flag[0] == "-" and flag[1] != "-"  # noqa: PLR2004


def _is_cluster(text: str) -> bool:
    return len(text) > 1 and text[0] == "-" and text[1:].isalpha()


class ScriptRole(Enum):
    """Where a script stands."""

    RUN = "run"
    START = "start"  # shell-form CMD or ENTRYPOINT, `command: [sh, -c, …]`
    HEALTHCHECK = "healthcheck"


class Script(NamedTuple):
    """A whole script: the shell text of one RUN, CMD, HEALTHCHECK or `sh -c`.

    `text` is exactly the text under `span`, with comments inside continuations and the
    Dockerfile's own escape character made harmless without moving a character. `readable` is
    false where the grammar gave up: then absence of a command proves nothing. `mounts` are the
    targets of `RUN --mount=type=cache` and `type=secret` as `type:target`. `shell` is `sh`, `bash`,
    `powershell`, …; `place` is what it is a part of: an instruction, a container, a service.
    `operands` are the words behind the text that a shell is given: its `$0`, `$1` and so on.
    """

    span: Span
    text: str
    role: ScriptRole
    commands: tuple[Command, ...]
    shell: str = "sh"
    readable: bool = True
    mounts: tuple[str, ...] = ()
    workdir: str = ""
    path: str = ""
    place: ExecutionPlace = UNKNOWN_PLACE
    operands: tuple[Word, ...] = ()

    def standing_in(self, place: ExecutionPlace) -> Script:
        """The same script, which knows with all of its commands what it is a part of."""
        commands = tuple(
            command._replace(
                assignments=tuple(one._replace(place=place) for one in command.assignments),
                place=place,
            )
            for command in self.commands
        )
        return self._replace(commands=commands, place=place)

    def nodes(self) -> Iterator[Node]:
        """Itself, and each of its commands with what that sets."""
        yield self
        for command in self.commands:
            yield command
            yield from command.assignments

    @property
    def trigger(self) -> frozenset[str]:
        """The programs of its commands, by which rules are chosen."""
        return frozenset(command.program for command in self.commands)

    def of(self, *programs: str) -> tuple[Command, ...]:
        """The commands that run one of the programs."""
        return tuple(command for command in self.commands if command.program in programs)
