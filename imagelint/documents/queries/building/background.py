"""Questions about what an image starts: whether it stays, or goes on in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.requests import commands_run
from imagelint.documents.queries.stages import is_windows, stages, words_started
from imagelint.documents.shell.shells import SHELLS, base_name
from imagelint.knowledge.containers.daemons import leaves
from imagelint.knowledge.containers.programs import starts_what_it_is_told

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage, StartCommand
    from imagelint.documents.shell.script import Word

__all__ = ["Leaver", "leaving_start", "runs_shell"]

_WRAPPED = 4  # a shell stands behind an init at most, and its switches
_NGINX, _SETTINGS = "nginx", "/etc/nginx"
_SITES = ("conf.d", "sites-available", "sites-enabled", "templates", "snippets")


class Leaver(NamedTuple):
    """A program that leaves the container to end: its place, its name, and what keeps it."""

    span: Span
    program: str
    front: str


def leaving_start(document: Document, stage: Stage) -> Leaver | None:
    """The program that the final stage starts last, where that certainly goes to the background."""
    start = stage.start
    if start is None or is_windows(stage):
        return None
    if not start.json or runs_shell(start.words):
        return _of_script(document, start)
    if stage.entrypoint is None and not _runs_words(stage):
        return None
    run = commands_run(words_started(document), in_shell=False)
    return _of_words(document, run[-1]) if run else None


def _runs_words(stage: Stage) -> bool:
    """Whether the image that a stage is built upon runs the words of CMD as they are."""
    image = stage.root_image.known if stage.root_image is not None else None
    return image is not None and (
        starts_what_it_is_told(image) or image.repository.startswith("library/")
    )


def runs_shell(words: tuple[Word, ...]) -> bool:
    """Whether words in JSON form give a script to a shell."""
    return any(base_name(word.text) in SHELLS for word in words[:_WRAPPED])


def _of_script(document: Document, start: StartCommand) -> Leaver | None:
    script = start.script
    if script is None or not script.readable or not script.commands:
        return None
    text = script.text.rstrip()
    last = script.commands[-1]
    if text.endswith("&") and not text.endswith("&&"):
        return Leaver(last.span, last.program or "what it starts", "leave out `&`")
    if not last.unconditional or last.nested or last.stage or not last.words:
        return None
    return _of_words(document, last.words)


def _of_words(document: Document, words: tuple[Word, ...]) -> Leaver | None:
    if not all(isinstance(word.value, Known) for word in words):
        return None
    program = base_name(words[0].text)
    if words[0].text.startswith("/etc/init.d/"):
        program = "service"
    found = leaves(program, [word.text for word in words[1:]])
    if found is None or (program == _NGINX and _told_otherwise(document, words)):
        return None
    return Leaver(words[found.word].span, program, found.front)


def _told_otherwise(document: Document, words: tuple[Word, ...]) -> bool:
    """Whether nginx may be told by its settings to stay in front."""
    if any("daemon" in word.text for word in words) or "daemon off" in document.source.text:
        return True
    for stage in stages(document):
        image = stage.root_image.known if stage.root_image is not None else None
        if image is None or not image.repository.startswith("library/"):
            return True
        for instruction in stage.of("COPY", "ADD"):
            target = instruction.words[-1].text if instruction.words else ""
            inside = target.removeprefix(_SETTINGS).lstrip("/")
            if target in ("/", "/etc", "/etc/") or "$" in target:
                return True
            if target.startswith(_SETTINGS) and not inside.startswith(_SITES):
                return True
    return False
