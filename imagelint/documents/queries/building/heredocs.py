"""Questions about here-documents that are filled in while an image is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.queries.dockerfiles.references import escape_of, references_in
from imagelint.documents.queries.dockerfiles.runscripts import scripts_by_step
from imagelint.documents.queries.stages import is_windows, set_before
from imagelint.knowledge.dockerfile.base_variables import sets_variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import HereDoc, Instruction, Stage
    from imagelint.documents.queries.dockerfiles.references import Reference

__all__ = ["Emptied", "emptied_documents"]

# What a shell has, whoever runs it.
_OF_SHELLS = frozenset(
    {"HOME", "PATH", "PWD", "OLDPWD", "USER", "HOSTNAME", "UID", "EUID", "RANDOM", "SHELL", "TERM"}
    | {"LANG", "OSTYPE", "MACHTYPE", "HOSTTYPE", "LOGNAME", "SECONDS", "BASH", "BASH_VERSION"}
    | {"PPID", "IFS", "LINENO", "SHLVL", "OPTARG", "OPTIND", "REPLY", "PS1", "_"}
)
_WRITERS = ("cat", "tee", "dd")


class Emptied(NamedTuple):
    """A here-document in which a variable comes to nothing, the first of them, and whether all do.

    `sure` tells whether the base image certainly does not set it.
    """

    document: HereDoc
    first: Reference
    every: bool
    sure: bool


def emptied_documents(
    document: Document, stage: Stage, instruction: Instruction
) -> Iterator[Emptied]:
    """The here-documents of an instruction that are written to files, and lose variables."""
    written = tuple(one for one in instruction.heredocs if one.expand and "$" in one.content)
    if not written or is_windows(stage):
        return
    script = ""
    if instruction.keyword == "RUN":
        found = _writing_script(document, instruction)
        if found is None:
            return
        script = found
    escape = escape_of(document) if instruction.keyword != "RUN" else "\\"
    for one in written:
        start = one.content_span.start
        references = tuple(references_in(one.content, start, escape, quotes=False))
        lost = [each for each in references if _is_lost(document, stage, each, script)]
        if lost:
            sure = _base_sets(stage, lost[0].name) is False
            yield Emptied(one, lost[0], len(lost) == len(references), sure)


def _writing_script(document: Document, instruction: Instruction) -> str | None:
    """The script of a RUN whose here-documents are all written as they are; None for any other."""
    for script in document.derived(scripts_by_step).get(instruction.span.start, ()):
        fed = [
            command.program
            for command in script.commands
            if any(one.operator.startswith("<<") for one in command.redirects)
        ]
        sourced = any(command.program in ("source", ".", "eval") for command in script.commands)
        if fed and set(fed) <= {*_WRITERS} and not sourced:
            return script.text
    return None


def _is_lost(document: Document, stage: Stage, reference: Reference, script: str) -> bool:
    name = reference.name
    if reference.default or any(set_before(document, stage, (name,), reference.span)):
        return False
    if script and (name in _OF_SHELLS or _is_set(script, name)):
        return False
    sets = _base_sets(stage, name)
    # Images set variables in capitals.
    return name.islower() if sets is None else not sets


def _is_set(script: str, name: str) -> bool:
    """Whether a script may set a variable."""
    return any(mark in script for mark in (f"{name}=", f"for {name}", f"read {name}", f"-r {name}"))


def _base_sets(stage: Stage, name: str) -> bool | None:
    """Whether the image at the bottom sets a variable; None where nobody knows."""
    if stage.env_complete:
        return False
    image = stage.root_image
    if image is None or not isinstance(image.reference, Known):
        return None
    return sets_variable(image.reference.value, name)
