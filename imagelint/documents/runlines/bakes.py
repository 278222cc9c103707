"""Lines that build the targets of a bake file with other settings: `docker buildx bake --set`.

https://docs.docker.com/reference/cli/docker/buildx/bake/#set and
https://github.com/docker/bake-action#inputs
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import join, normpath
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.builds import build_argument, known_text
from imagelint.documents.runlines.builds import BuildLine, argument
from imagelint.documents.runlines.line import flags_among, verb_of
from imagelint.documents.runlines.values import Value
from imagelint.knowledge.containers.build_flags import BAKE_VERBS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imagelint.core.source import Span
    from imagelint.documents.bake.document import Target
    from imagelint.documents.kinds import Beside
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command

# Those that are read where none is named, in this order:
# https://docs.docker.com/build/bake/reference/#file-format
_USUAL = ("docker-bake.json", "docker-bake.hcl")
_FIELDS = ("tags", "context", "dockerfile", "target")
_MOST_BUILDS = 200  # of one line


class BakeLine(NamedTuple):
    """A line, or a step, that builds targets of a bake file with settings of its own."""

    span: Span
    files: tuple[Value, ...]
    settings: tuple[Value, ...]


def read_bake(command: Command) -> BakeLine | None:
    """The bake with settings that a command is; None where it is none, or not all is known."""
    verbs = BAKE_VERBS.get(command.program)
    found = verb_of(command, verbs) if verbs is not None else None
    if verbs is None or found is None:
        return None
    name, at = found
    told = flags_among(command.words[at:], verbs[name])
    if told is None:
        return None
    by_name: dict[str, list[Value]] = {}
    for flag in told.flags:
        by_name.setdefault(flag.name, []).extend([flag.value] if flag.value is not None else [])
    settings = tuple(map(_unmatched, by_name.get("set", ())))
    if not settings:
        return None  # the file itself tells what is built
    return BakeLine(command.words[0].span, tuple(by_name.get("file", ())), settings)


def _unmatched(value: Value) -> Value:
    """A setting of several targets by `*.`, which a shell leaves as it is: no file is called so."""
    literal = value.raw.startswith("*.") and not set("$`\"'\\") & set(value.raw)
    return value._replace(text=value.raw) if literal else value


def builds_of(line: BakeLine, folders: Iterable[str], read: Beside) -> tuple[BuildLine, ...]:
    """The builds of the targets whose settings a line changes, which it is read with."""
    for folder in folders:
        names = [one.known for one in line.files] or [
            name for name in _USUAL if read(_at(folder, name)) is not None
        ]
        texts = {name: read(_at(folder, name)) for name in names if name}
        if names and all(name and texts[name] is not None for name in names):
            targets = (one for name in names for one in _targets(name, texts[name] or ""))
            made = (_changed(line, one) for one in targets)
            return tuple(one for one in made if one is not None)[:_MOST_BUILDS]
    return ()


def _at(folder: str, name: str) -> str:
    return normpath(join(folder, name))


def _targets(name: str, text: str) -> tuple[Target, ...]:
    from imagelint.documents.bake.document import parse_bake

    try:
        document = parse_bake(Source(name, text))
    except DocumentError:
        return ()  # which is told of the file
    return document.targets


def _changed(line: BakeLine, target: Target) -> BuildLine | None:
    """The build of a target as a line changes it; None where it changes nothing of it."""
    said: dict[str, list[Value]] = {}
    arguments: list[Value] = []
    for value in line.settings:
        named, _, rest = value.text.partition(".")
        field, equals, _ = rest.partition("=")
        if not equals or not fnmatchcase(target.name, named):
            continue
        behind = value.behind(f"{named}.{field}=")
        if field.startswith("args."):
            arguments.append(value.behind(f"{named}.args."))
        elif field in _FIELDS:
            said.setdefault(field, []).append(behind)
    if not said and not arguments:
        return None
    return _build(line, target, said, tuple(map(argument, arguments)))


def _build(
    line: BakeLine,
    target: Target,
    said: Mapping[str, Sequence[Value]],
    arguments: tuple[EnvVar, ...],
) -> BuildLine:
    given = {one.name for one in arguments}
    context = _word(said, "context", target.context or None)
    dockerfile = _word(said, "dockerfile", target.dockerfile or None)
    # Of a build on a line the option is relative to where that is run, not to the context.
    whole = None if context is None or dockerfile is None else join(context, dockerfile)
    tags = (Value(line.span, one.replace("$", "$$"), one) for one in target.tags)
    return BuildLine(
        span=line.span,
        names=tuple(said.get("tags") or tags),
        context=context,
        dockerfile=whole,
        target=_word(said, "target", target.stage),
        arguments=arguments,
        declared=tuple(
            build_argument(name, known_text(target.arguments.get(name)))
            for name in target.given
            if name not in given
        ),
    )


def _word(said: Mapping[str, Sequence[Value]], field: str, otherwise: str | None) -> str | None:
    """What is set last; None where that is not known."""
    values = said.get(field)
    return otherwise if not values else values[-1].known or None
