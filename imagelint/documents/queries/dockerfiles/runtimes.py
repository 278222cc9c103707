"""Whether an image runs containers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.shared import ImageUse
from imagelint.documents.shell.script import Command

if TYPE_CHECKING:
    from imagelint.documents.base import Document

# What runs containers inside of a container, by the names of its packages and programs.
_RUNTIMES = (
    "docker-ce",
    "docker.io",
    "dockerd",
    "podman",
    "containerd",
    "enroot",
    "k3s",
    "kubelet",
)
# Instructions whose words are files and programs; those of RUN are read as commands.
_NAMING = frozenset(("COPY", "ADD", "CMD", "ENTRYPOINT"))


def brings_runtime(document: Document) -> bool:
    """Whether a Dockerfile names a container runtime as something that it installs or runs."""
    texts = [word.text for command in document.nodes_of(Command) for word in command.words]
    for instruction in document.nodes_of(Instruction):
        if instruction.keyword in _NAMING:
            texts += [word.text for word in instruction.words]
    for use in document.nodes_of(ImageUse):
        texts += [use.known.repository] if use.known else []
    return any(part.startswith(_RUNTIMES) for text in texts for part in _parts(text))


def _parts(text: str) -> list[str]:
    return text.replace("/", " ").split()
