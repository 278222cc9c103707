"""Questions about a Dockerfile's stages that no single node can answer."""

from __future__ import annotations

from bisect import bisect_right
from heapq import merge
from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.complaints import UnknownFlag
from imagelint.documents.dockerfile.model import end_of
from imagelint.documents.shell.shells import shell_named
from imagelint.knowledge.recognition import module_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.documents.base import Document, Node
    from imagelint.documents.dockerfile.model import Instruction, Stage, StartCommand
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Command, Script, Word

__all__ = [
    "anchor",
    "base_word",
    "chain",
    "enclosing_stage",
    "ends_soon",
    "is_windows",
    "last_set_before",
    "says",
    "server_of",
    "set_before",
    "shell_chosen",
    "stage_scripts",
    "stages",
    "stages_where",
    "starts_web_server",
    "words_started",
    "workdir_before",
]

# Programs that do one thing and end, whatever they are told.
_ENDING = frozenset(
    {"basename", "cat", "chgrp", "chmod", "chown", "cp", "cut", "date", "dirname", "dpkg-deb"}
    | {"echo", "env", "false", "find", "grep", "gzip", "head", "id", "install", "ln"}
    | {"ls", "md5sum", "mkdir", "mv", "printenv", "printf", "pwd", "rm", "rmdir", "rsync"}
    | {"sed", "sha256sum", "sort", "stat", "tar", "test", "touch", "tr", "true", "uname"}
    | {"uniq", "unzip", "wc", "which", "xz", "zip", "zstd"}
)


def stages(document: Document) -> tuple[Stage, ...]:
    """The stages of a Dockerfile in order; none for any other document."""
    if document.kind != "dockerfile":
        return ()
    from imagelint.documents.dockerfile.document import Dockerfile

    return document.stages if isinstance(document, Dockerfile) else ()


def enclosing_stage(document: Document, span: Span) -> Stage | None:
    """The stage in which a place lies; None before the first FROM and outside Dockerfiles."""
    if document.kind != "dockerfile":
        return None
    from imagelint.documents.dockerfile.document import Dockerfile

    return document.stage_at(span.start) if isinstance(document, Dockerfile) else None


def chain(document: Document, stage: Stage) -> tuple[Stage, ...]:
    """A stage and those that it is built upon, itself first."""
    every = stages(document)
    found = [stage]
    while found[-1].base_stage is not None and found[-1].base_stage < found[-1].index:
        found.append(every[found[-1].base_stage])
    return tuple(found)


def stages_where(document: Document, has: Callable[[Stage], bool]) -> frozenset[int]:
    """The indexes of the stages that have something, or are built upon one that has it."""
    found: set[int] = set()
    for stage in stages(document):
        if stage.base_stage in found or has(stage):
            found.add(stage.index)
    return frozenset(found)


def workdir_before(document: Document, stage: Stage, span: Span) -> bool:
    """Whether a WORKDIR is in force at a place in a stage, be it of one that it is built upon."""
    if stage.base_stage is not None and stage.base_stage in document.derived(_with_workdir):
        return True
    first = document.derived(_first_workdirs).get(stage.index)
    return first is not None and first <= anchor(document, span)


def anchor(document: Document, span: Span) -> int:
    """Where in the Dockerfile itself a place counts, which may lie in a script that it runs."""
    from imagelint.documents.dockerfile.document import Dockerfile

    return document.anchor(span.start) if isinstance(document, Dockerfile) else span.start


def _with_workdir(document: Document) -> frozenset[int]:
    return stages_where(document, lambda stage: bool(stage.of("WORKDIR")))


def _first_workdirs(document: Document) -> dict[int, int]:
    """Where the first WORKDIR of each stage ends, by the stage's index."""
    return {
        stage.index: own[0].span.end for stage in stages(document) if (own := stage.of("WORKDIR"))
    }


def stage_scripts(document: Document, stage: Stage) -> tuple[Script, ...]:
    """The scripts of a stage and of those that it is built upon, in source order."""
    return tuple(script for part in reversed(chain(document, stage)) for script in part.scripts)


def set_before(
    document: Document, stage: Stage, names: Iterable[str], span: Span
) -> Iterator[EnvVar]:
    """The settings of some variables which hold at a place in a stage, the latest last."""
    places, settings = document.derived(_places), document.derived(_settings)
    start = anchor(document, span)
    for setting in merge(*(settings.get(name, ()) for name in names), key=end_of):
        if setting.span.end > start:
            break
        inside = enclosing_stage(document, setting.span)
        if inside is not None and places[inside.index].covers(places[stage.index]):
            yield setting


def last_set_before(document: Document, stage: Stage, name: str, span: Span) -> EnvVar | None:
    """The setting of a variable that holds at a place in a stage."""
    places, start = document.derived(_places), anchor(document, span)
    settings = document.derived(_settings).get(name, ())
    for at in reversed(range(bisect_right(settings, start, key=end_of))):
        inside = enclosing_stage(document, settings[at].span)
        if inside is not None and places[inside.index].covers(places[stage.index]):
            return settings[at]
    return None


def _settings(document: Document) -> dict[str, tuple[EnvVar, ...]]:
    """What the ENV and ARG of all stages set, by name and in source order."""
    found: dict[str, list[EnvVar]] = {}
    for stage in stages(document):
        for name, variables in stage.variables.items():
            found.setdefault(name, []).extend(variables)
    return {name: tuple(sorted(variables, key=end_of)) for name, variables in found.items()}


def _places(document: Document) -> tuple[Span, ...]:
    """For each stage a range that covers those of the stages which are built upon it."""
    every = stages(document)
    sizes = [1] * len(every)
    for stage in reversed(every):
        if stage.base_stage is not None:
            sizes[stage.base_stage] += sizes[stage.index]
    free, at = [0] * len(every), 0
    found: list[Span] = []
    for stage, size in zip(every, sizes, strict=True):
        if stage.base_stage is None:
            begin, at = at, at + size
        else:
            begin = free[stage.base_stage]
            free[stage.base_stage] += size
        free[stage.index] = begin + 1
        found.append(Span(begin, begin + size))
    return tuple(found)


def shell_chosen(document: Document, stage: Stage) -> bool:
    """Whether a SHELL instruction in sight says what runs the shell forms of a stage."""
    return stage.index in document.derived(_with_shell)


def _with_shell(document: Document) -> frozenset[int]:
    return stages_where(document, lambda stage: bool(stage.of("SHELL")))


def built_upon_nothing(document: Document) -> frozenset[int]:
    """The indexes of the stages that begin without a file: for `document.derived`.

    That is from scratch, or upon a stage that does and into which nothing is copied.
    """
    every, found = stages(document), set[int]()
    for stage in every:
        base = stage.base_stage
        if stage.scratch or (base in found and not every[base].of("ADD", "COPY")):
            found.add(stage.index)
    return frozenset(found)


def base_word(document: Document, stage: Stage) -> Node:
    """What a stage's FROM names: an image, a stage, `scratch`."""
    words = stage.instructions[0].words if stages(document) and stage.instructions else ()
    return words[0] if words else stage


def server_of(document: Document) -> ServingCommand | None:
    """The server of language models that the image of a Dockerfile starts."""
    from imagelint.documents.dockerfile.document import Dockerfile

    return document.serving if isinstance(document, Dockerfile) else None


def words_started(document: Document) -> tuple[Word, ...]:
    """The words that the image of a Dockerfile starts: those of ENTRYPOINT, and of CMD behind."""
    from imagelint.documents.dockerfile.document import Dockerfile

    return document.words_started if isinstance(document, Dockerfile) else ()


def takes_arguments(document: Document) -> bool:
    """Whether an image is made to be given arguments: an ENTRYPOINT in exec form, and no CMD."""
    from imagelint.documents.dockerfile.document import Dockerfile

    stage = document.final_stage if isinstance(document, Dockerfile) else None
    if stage is None or stage.entrypoint is None or stage.cmd is not None:
        return False
    return stage.entrypoint.json


# Programs that do nothing but listen, with the subcommands by which they do; also as modules.
_WEB_SERVERS: Mapping[str, tuple[str, ...]] = {
    "bentoml": ("serve", "serve-http"),
    "caddy": ("run",),
    "chainlit": ("run",),
    "daphne": (),
    "fastapi": ("run", "dev"),
    "flask": ("run",),
    "granian": (),
    "gunicorn": (),
    "http.server": (),
    "hypercorn": (),
    "litserve": (),
    "mlserver": ("start",),
    "nginx": (),
    "streamlit": ("run",),
    "uvicorn": (),
    "waitress-serve": (),
    "waitress": (),
}


def starts_web_server(start: StartCommand | None) -> bool:
    """Whether an ENTRYPOINT or CMD starts a program that only listens: `uvicorn app:app`."""
    script = start.script if start else None
    return script is not None and any(map(_listens, script.commands))


def _listens(command: Command) -> bool:
    words = module_words((command.program, *(word.text for word in command.arguments)))
    if words[:1] == ("python",):
        words = words[1:]
    verbs = _WEB_SERVERS.get(words[0]) if words else None
    return verbs is not None and (not verbs or any(word in verbs for word in words[1:]))


def is_windows(stage: Stage) -> bool:
    """Whether a stage runs its commands by a shell of Windows."""
    shell = shell_named(stage.shell[0]) if stage.shell else None
    return shell is not None and shell.windows


def ends_soon(script: Script) -> bool:
    """Whether the last command of a script ends by itself, and nothing goes on beside it.

    What stands before it has ended as well: it would not be reached otherwise.
    """
    if not script.readable or not script.commands or script.commands[-1].program not in _ENDING:
        return False
    return not any("&" in _between(script, *pair) for pair in pairwise(script.commands))


def _between(script: Script, first: Command, second: Command) -> str:
    """What is written between two commands, without what joins them."""
    start = script.span.start
    return script.text[first.span.end - start : second.span.start - start].replace("&&", "")


def says(document: Document, instruction: Instruction, name: str) -> bool:
    """Whether an instruction has a flag, or one that it does not know: that name, misspelt."""
    flags = instruction.flags
    if any(flag.name == name for flag in flags):
        return True
    return bool(flags) and not document.derived(_unknown).isdisjoint(one.span for one in flags)


def _unknown(document: Document) -> frozenset[Span]:
    return frozenset(one.span for one in document.complaints if isinstance(one, UnknownFlag))
