from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Source
from imagelint.documents.dockerfile.reading import parse_dockerfile
from imagelint.documents.shell.script import Script

if TYPE_CHECKING:
    from imagelint.documents.dockerfile.document import Dockerfile


def dockerfile(*lines: str) -> Dockerfile:
    return parse_dockerfile(Source("Dockerfile", "\n".join(lines) + "\n"))


def scripts(document: Dockerfile) -> list[Script]:
    return [node for node in document.walk() if isinstance(node, Script)]
