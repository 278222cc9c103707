"""Dockerfiles: text in, a typed and positioned document out."""

from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.model import (
    Flag,
    HealthCheck,
    HereDoc,
    Instruction,
    Stage,
    StageUser,
    StartCommand,
)
from imagelint.documents.dockerfile.reading import parse_dockerfile

__all__ = [
    "Dockerfile",
    "Flag",
    "HealthCheck",
    "HereDoc",
    "Instruction",
    "Stage",
    "StageUser",
    "StartCommand",
    "parse_dockerfile",
]
