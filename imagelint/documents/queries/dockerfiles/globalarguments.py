"""Questions about the arguments above the first FROM, which no stage sees by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.vocabulary import PLATFORM_ARGUMENTS
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.queries.dockerfiles.references import Reference, escape_of, references_in
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts
from imagelint.documents.queries.stages import is_windows, stages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shell.script import Command, Script, Word

__all__ = ["from_names", "told_to_programs", "used_in_runs"]


def used_in_runs(document: Dockerfile, stage: Stage) -> Iterator[Reference]:
    """Where the scripts of a stage's RUN use such an argument, and set nothing of its name.

    What BuildKit knows of the platforms is told to those alone who ask with an ARG of their own.
    """
    if is_windows(stage):
        return
    for script in own_scripts(stage):
        text = _plain(script.text)
        every = dict.fromkeys((*document.arguments, *PLATFORM_ARGUMENTS))
        names = [name for name in every if f"${name}" in text]
        if not names or any(_sets(script, name) for name in names):
            continue
        for command in script.commands:
            if command.nested:
                continue
            for written, start in _written(document, command):
                found = references_in(written, start)
                yield from (one for one in found if one.name in names and not one.default)


def _plain(text: str) -> str:
    return text.replace("${", "$")


def _sets(script: Script, name: str) -> bool:
    """Whether a script may set a variable: itself, in a loop, or by what it reads."""
    marks = (f"{name}=", f"for {name} ", f"read {name}", f"-r {name}")
    return any(mark in script.text for mark in marks) or any(
        command.program in ("source", ".", "eval") for command in script.commands
    )


def _written(document: Dockerfile, command: Command) -> Iterator[tuple[str, int]]:
    """What a shell fills in of a command: its words, and what is set for it alone."""
    for one in command.assignments:
        yield document.source.text[one.span.start : one.span.end], one.span.start
    for word in _words(command):
        yield word.raw, word.span.start


def _words(command: Command) -> Iterator[Word]:
    """The words of a command that a shell fills in; those of its wrappers too."""
    yield from command.wrapping
    yield from command.words
    for one in command.redirects:
        if one.target is not None and not one.operator.startswith("<<"):
            yield one.target


def told_to_programs(document: Dockerfile, stage: Stage) -> Iterator[Reference]:
    """The installations that would obey such an argument, if they were told it.

    Each with the word that begins it.
    """
    names = document.arguments.keys()
    for script in own_scripts(stage):
        for command in script.commands:
            for install in package_installs(command):
                manager = install.manager
                read = (*manager.index_variables, *manager.assume_yes_variables)
                for name in read:
                    if name in names and not any(one.name == name for one in command.environment):
                        yield Reference(command.words[0].span, name)


def from_names(document: Document) -> frozenset[str]:
    """The arguments of which the FROM of some stage is made, directly or by way of others."""
    return document.derived(_from_names)


def _from_names(document: Document) -> frozenset[str]:
    escape, text = escape_of(document), document.source.text
    arguments = document.arguments if isinstance(document, Dockerfile) else {}
    found: set[str] = set()
    for stage in stages(document):
        for word in stage.instructions[0].words:
            found.update(one.name for one in references_in(word.raw, word.span.start, escape))
    for name, argument in reversed(tuple(arguments.items())):
        if name in found:
            written = text[argument.value_span.start : argument.value_span.end]
            found.update(one.name for one in references_in(written, 0, escape))
    return frozenset(found)
