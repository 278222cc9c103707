"""Questions about the environments of Python that a build installs into, and starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.python import PIP, POETRY, UV, is_python
from imagelint.documents.queries.building.depth import is_deep
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts
from imagelint.documents.queries.stages import chain, is_windows
from imagelint.documents.shell.shells import base_name
from imagelint.knowledge.containers.libraries import c_library, is_externally_managed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.packages.model import PackageInstall
    from imagelint.documents.shell.script import Word

__all__ = ["Hidden", "hidden_environment", "refused_by_pip", "refused_by_uv"]

# What stands in a file that has another Python, or that lets pip do as it likes.
_OTHERWISE = (
    "venv",
    "virtualenv",
    "conda",
    "mamba",
    "pyenv",
    "get-pip",
    "deadsnakes",
    "altinstall",
)
_MANAGED = ("EXTERNALLY-MANAGED", "BREAK_SYSTEM_PACKAGES", "pip.conf", "config set", "ensurepip")
_ELSEWHERE = ("--break-system-packages", "--target", "-t", "--prefix", "--root", "--dry-run")
_OF_PIP = ("python3-pip", "py3-pip")
_OF_UV = (
    "UV_SYSTEM_PYTHON",
    "VIRTUAL_ENV",
    "CONDA",
    "UV_PYTHON",
    "UV_PROJECT",
    "uv sync",
    "uv.toml",
)
_TOLD_UV = ("--system", "--python", "-p", "--target", "-t", "--prefix", "--dry-run")
_CREATES = ("virtualenvs.create", "VIRTUALENVS_CREATE")
# Programs that the environments of projects hold, and not the image.
_STARTED = frozenset(
    {"uvicorn", "gunicorn", "celery", "fastapi", "flask", "hypercorn", "granian", "streamlit"}
)


class Hidden(NamedTuple):
    """A program that is started, and what keeps its packages in an environment of its own."""

    word: Word
    program: str
    folder: str


def _text(document: Document, stage: Stage) -> str:
    """What stands in the instructions of a stage and of those below it, behind their FROM.

    Nothing where there are too many: see `DEEPEST`.
    """
    if is_deep(document, stage):
        return ""
    text = document.source.text
    return " ".join(
        text[one.span.start : one.span.end]
        for part in chain(document, stage)
        for one in part.instructions[1:]
    )


def _installs(stage: Stage) -> Iterator[PackageInstall]:
    for script in own_scripts(stage):
        for command in script.commands:
            if command.unconditional and not command.nested and not command.wrappers:
                yield from package_installs(command)


def _is_plain(stage: Stage) -> bool:
    """Whether a stage is built upon an image that certainly brings no environment."""
    image = stage.root_image.known if stage.root_image is not None else None
    return image is not None and bool(c_library(image) or image.repository == "astral-sh/uv")


def refused_by_pip(document: Document, stage: Stage) -> Iterator[PackageInstall]:
    """What pip is to install into the Python that the distribution manages."""
    image = stage.root_image.known if stage.root_image is not None else None
    if image is None or not is_externally_managed(image) or "PATH" in stage.env:
        return
    text = _text(document, stage)
    if not any(word in text for word in _OF_PIP):
        return
    if any(word in text for word in (*_OTHERWISE, *_MANAGED)):
        return
    for install in _installs(stage):
        bare = "/" not in install.command.words[0].text
        told = any(option.name in _ELSEWHERE for option in install.options)
        if install.manager is PIP and install.verb == "install" and bare and not told:
            yield install


def refused_by_uv(document: Document, stage: Stage) -> Iterator[PackageInstall]:
    """What uv is to install where there is no environment, and nobody says `--system`."""
    if not _is_plain(stage) or is_windows(stage):
        return
    text = _text(document, stage)
    if not text or any(word in text for word in (*_OTHERWISE, *_OF_UV)):
        return
    for install in _installs(stage):
        told = any(option.name in _TOLD_UV for option in install.options)
        if install.manager is UV and install.verb.startswith("pip") and not told:
            yield install


def hidden_environment(document: Document, stage: Stage) -> Hidden | None:
    """What the final stage starts by a bare name, while its packages lie in an environment."""
    start = stage.start
    if (
        not _is_plain(stage)
        or start is None
        or start.script is None
        or "PATH" in stage.env
        or "PYTHONPATH" in stage.env
    ):
        return None
    commands = start.script.commands
    if len(commands) != 1 or commands[0].wrappers or not commands[0].words:
        return None
    word = commands[0].words[0]
    if "/" in word.text or not (is_python(word.text) or word.text in _STARTED):
        return None
    text = _text(document, stage)
    if any(name in text for name in ("activate", "pip install", "conda", "UV_PROJECT_ENV", "PATH")):
        return None
    folder = _folder(document, stage, text) if text else ""
    return Hidden(word, base_name(word.text), folder) if folder else None


def _folder(document: Document, stage: Stage, text: str) -> str:
    """Where the packages of the project lie, in words; empty where that is not certain."""
    for part in chain(document, stage):
        for install in _synced(part):
            if install.manager is UV:
                return "`.venv`"
            if install.manager is POETRY and not any(one in text for one in _CREATES):
                return "poetry's own folder"
        if any(_copies_environment(one) for one in part.of("COPY")):
            return "`.venv`"
    return ""


def _synced(stage: Stage) -> Iterator[PackageInstall]:
    for script in own_scripts(stage):
        for command in script.commands:
            yield from (
                one
                for one in package_installs(command)
                if one.verb in ("sync", "install") and one.manager in (UV, POETRY)
            )


def _copies_environment(copy: Instruction) -> bool:
    words = copy.words
    return copy.flag("from") is not None and any(
        word.text.rstrip("/").endswith("/.venv") for word in words[:-1]
    )
