"""Whether an image is a host that a machine boots, and no container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.queries.dockerfiles.labels import labels
from imagelint.documents.queries.stages import enclosing_stage, stages_where
from imagelint.documents.shell.shells import base_name
from imagelint.knowledge.dockerfile.bootable import COMMANDS, FIRST_PROCESSES, LABELS, is_bootable
from imagelint.knowledge.recognition import engine_of_image

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage

__all__ = ["is_host", "is_of_container"]


def is_host(document: Document, stage: Stage) -> bool:
    """Whether a stage makes the system of a host (bootc, ostree), by its base, labels or checks.

    Kernel modules, drivers, services and root are what such an image is for. A label or a check is
    soon written: an image that starts something else than a host does is a container all the same.
    """
    return stage.index in document.derived(_hosts)


def is_of_container(document: Document, span: Span) -> bool:
    """Whether what stands at a place builds what is delivered, and runs as a container."""
    stage = enclosing_stage(document, span)
    return stage is not None and stage.delivered and not is_host(document, stage)


def _hosts(document: Document) -> frozenset[int]:
    return stages_where(document, _boots)


def _starts_another(stage: Stage) -> bool:
    """Whether a stage holds an engine by its base, or starts what is no first process of a host."""
    base = stage.root_image.known if stage.root_image is not None else None
    if base is not None and engine_of_image(base):
        return True
    starts = (one for one in (stage.entrypoint, stage.cmd) if one is not None)
    programs = (one.words[0].text if one.words else "" for one in starts)
    return any(base_name(program) not in FIRST_PROCESSES for program in programs)


def _boots(stage: Stage) -> bool:
    base = stage.base.reference if stage.base else UNKNOWN
    if isinstance(base, Known) and is_bootable(base.value):
        return True
    if _starts_another(stage):
        return False
    if any(label.key in LABELS for label in labels(stage)):
        return True
    return any(
        (command.program, *(word.text for word in command.arguments[:2])) in COMMANDS
        for script in stage.scripts
        for command in script.commands
    )
