"""Which stage stands upon what: the FROM lines of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import UNKNOWN_PART
from imagelint.documents.base import Text
from imagelint.documents.complaints import InvalidStageName, MalformedFrom, UnknownStage
from imagelint.documents.quantity import parse_count
from imagelint.documents.shared import ImageRole, ImageUse, image_use

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from imagelint.core.source import Span
    from imagelint.documents.base import Complaint, Node
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.shell.script import Word

# https://github.com/moby/buildkit/blob/master/frontend/dockerfile/instructions/parse.go
_NAME = pattern(r"[a-z][a-z0-9-_.]*")
_VARIABLE = pattern(r"\$\{(?:[^{}]|\{[^{}]*\})*\}|\$\w+")
_SCRATCH = "scratch"


class StageOutline(NamedTuple):
    """One FROM: what it names, and what that is."""

    instruction: Instruction
    number: int
    name: str = ""
    base: ImageUse | None = None
    base_stage: int | None = None
    scratch: bool = False
    context: str = ""
    platform: Fact[str] = ABSENT


class StageGraph(NamedTuple):
    """All stages, and where to find each by its (lower-case) name: the last one of a name.

    `last` is the stage that the build ends with, `shipped` that one and the chain of its bases.
    """

    outlines: tuple[StageOutline, ...]
    names: dict[str, int]
    contexts: Collection[str]
    last: int
    shipped: frozenset[int]

    def find(self, reference: str) -> int | None:
        """The stage that `--from` names, by name or number."""
        number = parse_count(reference)
        if number is not None:
            return number if number < len(self.outlines) else None
        return self.names.get(reference.lower())

    def image(self, value: Fact[str], span: Span, text: str, role: ImageRole) -> ImageUse | None:
        """The outside image that `--from` names, which is no stage; None for a context."""
        if isinstance(value, Known):
            name = value.value
            if not name or name in self.contexts or name.isdigit() or name == _SCRATCH:
                return None
        return read_image(value, Text(span), text, role)._replace(final=False)


def read_image(value: Fact[str], at: Node, text: str, role: ImageRole) -> ImageUse:
    """An image that an instruction names; variables without a value are gaps in its name."""
    if isinstance(value, Known):
        return image_use(at, role, text, value.value)
    quoted = any(character in text for character in "\"'\\")
    return image_use(at, role, text, UNKNOWN_PART if quoted else _VARIABLE.sub(UNKNOWN_PART, text))


def read_graph(
    origins: Sequence[Instruction], contexts: Collection[str], target: str = ""
) -> StageGraph:
    """The graph of the FROM instructions, which are expanded already.

    The build ends with the stage of the name or number `target`, or else with the last one.
    """
    names: dict[str, int] = {}
    outlines: list[StageOutline] = []
    for number, instruction in enumerate(origins):
        outline = _outline(instruction, number, names, contexts)
        outlines.append(outline)
        if outline.name:
            names[outline.name.lower()] = number
    last = _target(target, names, len(outlines))
    shipped = _shipped(outlines, last)
    finished = tuple(_finished(outline, shipped) for outline in outlines)
    return StageGraph(finished, names, contexts, last, shipped)


def _target(target: str, names: dict[str, int], count: int) -> int:
    """The stage that is asked for, by its name first; the last one where there is none."""
    number = names.get(target.lower())
    if number is None:
        number = parse_count(target) if target else None
    return number if number is not None and number < count else count - 1


def _shipped(outlines: list[StageOutline], last: int) -> frozenset[int]:
    chain: list[int] = []
    at = last if outlines else None
    while at is not None:
        chain.append(at)
        at = outlines[at].base_stage
    return frozenset(chain)


def _finished(outline: StageOutline, shipped: frozenset[int]) -> StageOutline:
    if outline.base is None:
        return outline
    return outline._replace(base=outline.base._replace(final=outline.number in shipped))


def _outline(
    instruction: Instruction, number: int, names: dict[str, int], contexts: Collection[str]
) -> StageOutline:
    flag = instruction.flag("platform")
    outline = StageOutline(
        instruction,
        number,
        stage_name(instruction.words),
        platform=flag.value if flag else ABSENT,
    )
    if not instruction.words:
        return outline
    word = instruction.words[0]
    if isinstance(word.value, Known):
        name = word.value.value
        if name.lower() in names:
            return outline._replace(base_stage=names[name.lower()])
        if name in contexts:
            return outline._replace(context=name)
        if name == _SCRATCH:
            return outline._replace(scratch=True)
    image = read_image(word.value, Text(word.span), word.raw, ImageRole.BASE)
    return outline._replace(base=image)


def stage_name(words: tuple[Word, ...]) -> str:
    """The name in `FROM image AS name`, in lower case as BuildKit keeps it; or empty."""
    if len(words) != 3 or words[1].raw.lower() != "as":  # noqa: PLR2004 - image, AS, name
        return ""
    return words[2].text.lower()


def complaint_about(outline: StageOutline) -> Complaint | None:
    """What is wrong with the words of a FROM."""
    words = outline.instruction.words
    if outline.base_stage is not None and words[0].text != words[0].text.lower():
        # Names are kept in lower case, and only `--from` looks for them so.
        message = f"there is no stage {words[0].text[:40]}: FROM finds names in lower case only"
        help_ = f"write `FROM {words[0].text.lower()}`"
        return UnknownStage(words[0].span, words[0].text, message, help_)
    if len(words) < 2:  # noqa: PLR2004 - nothing but an image
        return None
    name = stage_name(words)
    if name and not _NAME.fullmatch(name):
        message = f"{words[2].raw[:40]} cannot be the name of a stage"
        help_ = "begin with a letter; letters, digits, dashes, dots and underscores may follow"
        return InvalidStageName(words[2].span, words[2].raw, message, help_)
    if name:
        return None
    message = "FROM takes an image, or an image AS a name"
    return MalformedFrom(words[1].span, words[0].raw, message, "write `FROM <image> AS <name>`")
