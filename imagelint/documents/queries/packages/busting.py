"""Questions about the order in which files are copied and packages installed."""

from __future__ import annotations

from fnmatch import fnmatchcase
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.locknames import GO_FETCH
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.queries.context import sources, whole_context
from imagelint.documents.queries.packages.hashes import listed_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.packages.model import PackageInstall
    from imagelint.documents.shell.script import Command, Script, Word

__all__ = ["EarlyCopy", "early_copy"]

_ELSEWHERE = ("-g", "--global", "--prefix", "-C", "--dir", "--cwd")
_INSTALLED = frozenset({"node_modules", ".venv", "venv", "site-packages"})


class EarlyCopy(NamedTuple):
    """A word by which the whole context is copied, and what installs the packages of a file."""

    word: Word
    instruction: Instruction
    command: Command
    file: str


def early_copy(document: Document, stage: Stage) -> EarlyCopy | None:
    """The first COPY of all files in a stage for which an installation behind it starts anew."""
    if any(map(_is_installed_elsewhere, stage.instructions)) or _clones(stage):
        return None
    earlier: list[str] = []
    whole: tuple[Word, Instruction] | None = None
    scripts = _by_instruction(stage)
    for instruction in stage.instructions:
        if instruction.keyword in ("COPY", "ADD") and whole is None:
            word = whole_context(instruction)
            earlier += [] if word else _brought(instruction)
            whole = (word, instruction) if word else None
        elif instruction.keyword == "RUN" and whole is not None:
            for script in scripts.get(instruction.span.start, ()):
                for command, file in _installations(document, script):
                    if not any(_brings(source, file) for source in earlier):
                        return EarlyCopy(*whole, command, file)
    return None


def _is_installed_elsewhere(instruction: Instruction) -> bool:
    """Whether what another stage has installed is taken from it."""
    if instruction.flag("from") is None:
        return False
    return any(basename(word.text.rstrip("/")) in _INSTALLED for word in instruction.words)


def _clones(stage: Stage) -> bool:
    """Whether a stage fetches other files than those of the context."""
    return any(script.of("git") for script in stage.scripts if "git" in script.text)


def _by_instruction(stage: Stage) -> dict[int, list[Script]]:
    found: dict[int, list[Script]] = {}
    for script in stage.scripts:
        inside = stage.instruction_at(script.span.start)
        if inside is not None:
            found.setdefault(inside.span.start, []).append(script)
    return found


def _brought(instruction: Instruction) -> list[str]:
    """The sources of an instruction; `*` for what is not known, or copies what lies in a folder."""
    into = instruction.words[-1].text if instruction.words else ""
    return [
        "*"
        if not isinstance(word.value, Known)
        or (into in (".", "./") and "." not in basename(word.text.rstrip("/")))
        else word.text
        for word in sources(instruction)
    ]


def _installations(document: Document, script: Script) -> Iterator[tuple[Command, str]]:
    """What a script installs from files that the context holds, each with the file's name."""
    if any(map(_needs_more, script.commands)):
        return
    for command in script.commands:
        if not command.unconditional:
            continue
        if tuple(word.text for word in command.words[:3]) == GO_FETCH:
            yield command, "go.mod"
        for install in package_installs(command):
            file = _manifest(document, install)
            if file:
                yield command, file


def _needs_more(command: Command) -> bool:
    """Whether it installs the project itself, or goes where other files lie."""
    if command.program == "cd":
        return any(word.text.startswith(("/", "$", "~")) for word in command.arguments)
    if command.program == "pushd":
        return True
    return any(one.local for install in package_installs(command) for one in install.packages)


def _manifest(document: Document, install: PackageInstall) -> str:
    """The file of the context that lists what is installed, empty when nothing like it does."""
    if install.packages or not install.complete:
        return ""
    project = install.manager.project
    if project.file and not project.without:
        return "" if install.option(*_ELSEWHERE) else project.file
    if install.verb in project.verbs:
        return project.file if install.option(*project.without) else ""
    if install.ecosystem is not Ecosystem.PYPI or not install.files:
        return ""
    # `-e .` in the file needs the source.
    if any(one.local or one.editable for one in listed_packages(document, install)):
        return ""
    word = install.files[0]
    plain = isinstance(word.value, Known) and not word.text.startswith(("/", "..", "-"))
    return word.text.removeprefix("./") if plain and "://" not in word.text else ""


def _brings(source: str, file: str) -> bool:
    """Whether a COPY of a source may bring a file: itself, what matches it, a folder of it."""
    source = source.removeprefix("./").rstrip("/")
    if fnmatchcase(basename(file), basename(source)):
        return True
    return file.startswith(f"{source}/")
