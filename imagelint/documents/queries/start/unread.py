"""Questions about starts of which nobody saw what they start."""

from __future__ import annotations

import re
from itertools import chain as joined
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.python import is_python
from imagelint.documents.queries.serving import is_worker_pod
from imagelint.documents.queries.stages import stage_scripts
from imagelint.documents.serving.launchers import launcher
from imagelint.documents.shell.inner import script_file
from imagelint.documents.shell.shells import SOURCING, base_name
from imagelint.documents.shell.wrappers import unwrap
from imagelint.knowledge.cuda import cuda_of_image
from imagelint.knowledge.engines import engine
from imagelint.knowledge.gpu_stack import ENGINE_PACKAGES
from imagelint.knowledge.recognition import engine_of_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imagelint.documents.dockerfile.document import Dockerfile
    from imagelint.documents.dockerfile.model import Stage, StartCommand
    from imagelint.documents.packages.model import PackageInstall
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shell.script import Command, Word

# What is copied under another name is mostly a program that was built before.
_SCRIPT = pattern(r"\.(?:ba|z|k)?sh$|(?:entry-?point|start|run|launch|serve)[\w-]*$", re.IGNORECASE)
# A script of the base image; one that is called so hands over to what stands behind it.
_OF_BASE = pattern(r"/(?![^/]*entry[_-]?point)[^/]+\.(?:ba|z|k)?sh$", re.IGNORECASE)
_BEHIND = frozenset(("-W", "-X"))


class HiddenStart(NamedTuple):
    """The word that names what is started, and the file that the build context lacks; or empty.

    `serves` tells that the image holds an engine; else it holds only what one needs.
    """

    word: Word
    missing: str = ""
    serves: bool = True


def hidden_start(document: Dockerfile, stage: Stage) -> HiddenStart | None:
    """What the image of a model server starts instead of a server that is seen.

    None where a server is seen, and for images that hold neither an engine nor CUDA.
    """
    server = document.serving
    if server is not None and (server.program is not None or not is_hidden(server)):
        return None
    unread = document.files.unread[0] if document.files.unread else None
    if server is None and not _holds_engine(document, stage):
        # What is missing may be what starts an engine, where there is all that one needs.
        told = unread is not None and _SCRIPT.search(unread.missing) and _holds_cuda(stage)
        return HiddenStart(*unread, serves=False) if unread is not None and told else None
    if unread:
        return HiddenStart(*unread)
    commands = joined(
        (command for start in _starts(stage) for command in _commands(start)),
        (command for one in document.files.started.values() for command in one.commands),
    )
    started = document.files.started
    words = joined(_programs(commands), _base_scripts(stage))
    return next((HiddenStart(one) for one in words if one.text not in started), None)


def missing_start(document: Dockerfile, stage: Stage) -> DocumentError | None:
    """That the start of an image with an engine was not examined: its script is not there."""
    found = hidden_start(document, stage)
    if found is None or not found.missing or not found.serves:
        return None
    start = stage.start
    inside = found.word.span.end <= len(document.source.text)
    span = found.word.span if inside or start is None else start.span
    message = (
        f"the start of the server was not examined: `{found.word.text}` runs `{found.missing}`,"
        " which is not in the build context"
    )
    help_ = "check the Dockerfile where the files lie that it copies"
    return DocumentError(ProblemKind.UNREADABLE, message, span, help_)


def is_hidden(server: ServingCommand) -> bool:
    """Whether a server is taken to be started by something of which nothing was seen."""
    unseen = server.program is None and not server.words and not server.complete
    known = bool(server.engine) and not server.concluded and not is_worker_pod(server)
    return unseen and known and bool(server.launch.argv)


def is_mounted(server: ServingCommand) -> bool:
    """Whether what a container starts lies where a folder or a file of the host is mounted."""
    mounts = server.launch.runtime.mounts
    word = script_file(server.launch.argv)
    if word is None or not isinstance(mounts, Known):
        return False
    known = (one.target.value for one in mounts.value if isinstance(one.target, Known))
    return any(f"{word.text}/".startswith(f"{one.rstrip('/')}/") for one in known if one != "/")


def _starts(stage: Stage) -> Iterator[StartCommand]:
    return filter(None, (stage.entrypoint, stage.cmd))


def _commands(start: StartCommand) -> Sequence[Command]:
    return start.script.commands if start.script is not None else ()


def _programs(commands: Iterable[Command]) -> Iterator[Word]:
    """What commands run that starts something of which only another file tells."""
    for command in commands:
        yield from filter(None, (_python_program(command), launcher(command.words)))


def _base_scripts(stage: Stage) -> Iterator[Word]:
    """The scripts that an image starts, whose files no instruction brings."""
    for command in (command for start in _starts(stage) for command in _commands(start)):
        word = script_file(command.words)
        if word is not None and command.program not in SOURCING and _OF_BASE.search(word.text):
            yield word


def _python_program(command: Command) -> Word | None:
    """The program of Python that a command runs: a file, or a module of its own."""
    words = command.words[unwrap(command.words).start :]
    if not words or not is_python(base_name(words[0].text)):
        return None
    skip = False
    for word in words[1:]:
        if not word.text.startswith("-") and not skip:
            return word if isinstance(word.value, Known) else None
        if word.text == "-c":
            return None
        skip = word.text in _BEHIND
    return None


def _holds_cuda(stage: Stage) -> bool:
    use = stage.root_image
    image = use.known if use is not None else None
    return image is not None and isinstance(cuda_of_image(image), Known)


def _holds_engine(document: Dockerfile, stage: Stage) -> bool:
    """Whether an engine is in the image: of its base, or installed."""
    use = stage.root_image
    name = engine_of_image(use.known) if use is not None and use.known is not None else ""
    if name:
        return True
    commands = (command for script in stage_scripts(document, stage) for command in script.commands)
    installs = (one for command in commands for one in package_installs(command))
    listed = (one for file in document.files.installed for one in file.packages)
    return any(map(_is_engine, joined(_python_packages(installs), (one.name for one in listed))))


def _python_packages(installs: Iterable[PackageInstall]) -> Iterator[str]:
    for install in installs:
        if install.ecosystem.holds_python:
            yield from (package.name for package in install.packages)


def _is_engine(name: str) -> bool:
    found = ENGINE_PACKAGES.get(name, "")
    return bool(found) and not engine(found).traits.launches_others
