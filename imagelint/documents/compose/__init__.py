"""Compose files: services with their images, variables, ports and runtimes."""

from __future__ import annotations

from imagelint.documents.compose.document import ComposeFile, parse_compose
from imagelint.documents.compose.model import ComposeService, PublishedPort

__all__ = ["ComposeFile", "ComposeService", "PublishedPort", "parse_compose"]
