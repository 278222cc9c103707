"""A Dockerfile among the files of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Source
from imagelint.documents.dockerfile.context.image import ImageFiles
from imagelint.documents.dockerfile.reading import parse_dockerfile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.dockerfile.document import Dockerfile
    from imagelint.documents.kinds import Beside


def lister(files: Mapping[str, str]) -> Beside:
    """What reads some files, and the names in their folders."""

    def read(name: str) -> str | None:
        if not name.endswith("/"):
            return files.get(name)
        start = "" if name == "./" else name
        inside = [one[len(start) :] for one in files if one.startswith(start)]
        names = {first + slash for first, slash, _ in (one.partition("/") for one in inside)}
        return "\n".join(sorted(names)) if names else None

    return read


def dockerfile(*lines: str, files: Mapping[str, str] | None = None) -> Dockerfile:
    """The document of a text beside which there are files."""
    source = Source("Dockerfile", "\n".join(lines) + "\n")
    return parse_dockerfile(source, read=lister(files or {}))


def content(path: str, *lines: str, files: Mapping[str, str] | None = None) -> str:
    """What a file of the final stage holds that is run at its end; empty when nobody knows."""
    document = dockerfile(*lines)
    images = ImageFiles(document.stages, document.source.text, (files or {}).get)
    last = document.stages[-1]
    found = images.program(path, last, last.instructions[-1].span.end)
    return found.text if found else ""
