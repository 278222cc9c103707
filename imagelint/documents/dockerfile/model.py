"""The nodes of a Dockerfile."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.fact import Fact, value_or
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.source import Span
    from imagelint.documents.base import Node
    from imagelint.documents.shared import EnvVar, ImageUse
    from imagelint.documents.shell.script import Script, Word

BEFORE_THE_FIRST_STAGE = -1


def start_of(node: Node) -> int:
    """Where a node begins: to look for places among nodes that stand in order."""
    return node.span.start


def end_of(node: Node) -> int:
    """Where a node ends."""
    return node.span.end


class Flag(NamedTuple):
    """`--name=value` behind an instruction's keyword; the value is empty in `--link`.

    `raw` is what is written, `written` its value without quotes. `value` is expanded where BuildKit
    expands it; `value_span` is empty, behind the name, for a flag without a value.
    """

    span: Span
    name: str
    value: Fact[str]
    value_span: Span
    raw: str
    written: str = ""

    @property
    def text(self) -> str:
        """The value, or what is written when the value is unknown."""
        return value_or(self.value, self.written)

    def options(self) -> dict[str, str]:
        """The comma separated `key=value` pairs of `--mount`; a bare key has the value ``""``."""
        pairs = (part.partition("=") for part in self.text.split(",") if part)
        return {name.strip().lower(): value.strip() for name, _, value in pairs}


class HereDoc(NamedTuple):
    """A here-document: `span` is its word (`<<-EOF`), `content_span` its body with the last feed.

    `content` is the body as it stands in the text: `chomp` tells whether leading tabs go,
    `expand` whether variables in it are expanded. `terminated` is false where the file ends first.
    """

    span: Span
    name: str
    content_span: Span
    content: str
    expand: bool
    chomp: bool
    terminated: bool = True


class Instruction(NamedTuple):
    """One instruction of a Dockerfile.

    `keyword` is in upper case, lines count from 1, `value` is BuildKit's joined text behind the
    flags and `arguments` what BuildKit's parser makes of it, before any expansion. `words` have
    their exact places and their expanded values; the shell form of RUN, CMD and ENTRYPOINT is one
    word. `stage` is the index of the stage, -1 before the first FROM.
    """

    span: Span
    keyword: str
    keyword_span: Span
    flags: tuple[Flag, ...]
    words: tuple[Word, ...]
    json: bool
    heredocs: tuple[HereDoc, ...]
    start_line: int
    end_line: int
    value: str
    onbuild: Instruction | None
    stage: int
    arguments: tuple[str, ...] = ()

    @property
    def trigger(self) -> str:
        """Its keyword, by which rules are chosen."""
        return self.keyword

    def flag(self, name: str) -> Flag | None:
        """The last flag of that name (without dashes), or None."""
        for flag in reversed(self.flags):
            if flag.name == name:
                return flag
        return None

    def flags_named(self, name: str) -> tuple[Flag, ...]:
        """All flags of that name (without dashes) in order."""
        return tuple(flag for flag in self.flags if flag.name == name)


class StartCommand(NamedTuple):
    """An ENTRYPOINT or CMD. `words` are those of the JSON form; the shell form has a script.

    `script` is there also for a JSON form: the third word of `["sh", "-c", "…"]`, else the one
    command that the words are. `final` is true when it is in force in the final stage.
    """

    span: Span
    instruction: Instruction
    json: bool
    words: tuple[Word, ...]
    script: Script | None
    final: bool


class HealthCheck(NamedTuple):
    """A HEALTHCHECK. Times are in seconds, and absent where the instruction does not set them."""

    span: Span
    instruction: Instruction
    disabled: bool
    interval: Fact[float]
    timeout: Fact[float]
    start_period: Fact[float]
    retries: Fact[int]
    script: Script | None
    words: tuple[Word, ...]
    final: bool = False


class StageUser(NamedTuple):
    """Who a stage runs as at its end. All is absent when the base image decides.

    `span` is the USER instruction's word, or the stage's FROM where there is none.
    """

    span: Span
    name: Fact[str]
    group: Fact[str]
    is_root: Fact[bool]


class Stage(NamedTuple):
    """A stage: from one FROM up to the next. `span` is its FROM instruction.

    `base` is the outside image named there: none for `scratch`, another stage (`base_stage`) and a
    named context (`context`). `root_image` is the outside image that the chain of bases starts
    from. `shipped` stages are the final one and those in its chain of bases; `used` ones are
    reachable from it; `delivered` ones are shipped by this build or by one whose `--target` names
    a stage that nothing in the file uses. `env` holds ENV (not ARG), `workdir` the absolute path,
    both with what the stages below set; `exposed` are the numbers of EXPOSE. `user`, `entrypoint`,
    `cmd`, `healthcheck` and `shell` are what is in force at the end, inherited from stages below;
    `env_complete` is false where an outside image may set more. `scripts` are its own, those of
    health checks and ONBUILD included, and `variables` what its own ENV and ARG set, in order.
    """

    span: Span
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody wants of a stage
    name: str
    base: ImageUse | None
    base_stage: int | None
    scratch: bool
    context: str
    platform: Fact[str]
    instructions: tuple[Instruction, ...]
    final: bool
    shipped: bool
    used: bool
    delivered: bool
    user: StageUser
    env: Mapping[str, EnvVar]
    workdir: Fact[str]
    entrypoint: StartCommand | None
    cmd: StartCommand | None
    healthcheck: HealthCheck | None
    shell: tuple[str, ...]
    exposed: tuple[int, ...]
    root_image: ImageUse | None
    env_complete: bool = False
    scripts: tuple[Script, ...] = ()
    variables: Mapping[str, tuple[EnvVar, ...]] = {}

    @property
    def trigger(self) -> frozenset[str]:
        """The keywords of its own instructions and the programs of its own scripts, for rules."""
        return frozenset(entry.keyword for entry in self.instructions).union(
            *(script.trigger for script in self.scripts)
        )

    @property
    def start(self) -> StartCommand | None:
        """What is run first: the entry point, or the command where that is empty."""
        entry = self.entrypoint
        empty = entry is not None and entry.json and not entry.words
        return self.cmd if entry is None or (empty and self.cmd is not None) else entry

    def of(self, *keywords: str) -> tuple[Instruction, ...]:
        """The stage's own instructions with one of the (upper-case) keywords."""
        return tuple(entry for entry in self.instructions if entry.keyword in keywords)

    def settings(self, name: str, before: int) -> tuple[EnvVar, ...]:
        """What the stage's own ENV and ARG set a variable to before an offset, the latest last."""
        found = self.variables.get(name, ())
        return found[: bisect_right(found, before, key=end_of)]

    def instruction_at(self, offset: int) -> Instruction | None:
        """The stage's own instruction in which an offset lies."""
        at = bisect_right(self.instructions, offset, key=start_of) - 1
        if at >= 0 and offset < self.instructions[at].span.end:
            return self.instructions[at]
        return None

    def says(self, word: str) -> bool:
        """Whether one of the stage's own scripts holds a word."""
        return any(word in script.text for script in self.scripts)
