"""Whether an image is a host that a machine boots, and no container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.queries.dockerfiles.labels import labels
from imagelint.documents.queries.stages import stages_where
from imagelint.knowledge.dockerfile.bootable import COMMANDS, LABELS, is_bootable

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage

__all__ = ["is_host"]


def is_host(document: Document, stage: Stage) -> bool:
    """Whether a stage makes the system of a host (bootc, ostree), by its base, labels or checks.

    Kernel modules, drivers, services and root are what such an image is for.
    """
    return stage.index in document.derived(_hosts)


def _hosts(document: Document) -> frozenset[int]:
    return stages_where(document, _boots)


def _boots(stage: Stage) -> bool:
    base = stage.base.reference if stage.base else UNKNOWN
    if isinstance(base, Known) and is_bootable(base.value):
        return True
    if any(label.key in LABELS for label in labels(stage)):
        return True
    return any(
        (command.program, *(word.text for word in command.arguments[:2])) in COMMANDS
        for script in stage.scripts
        for command in script.commands
    )
