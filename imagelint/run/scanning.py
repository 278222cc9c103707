"""How an image is scanned, and the files that the policy and the command line name for that."""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING

from imagelint.collect.read import read_bytes
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.image.exploits import Exploits, parse_epss, parse_kev
from imagelint.documents.image.releases import ReleaseRules

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.collect.tools.trivy import TrivyOptions
    from imagelint.core.environment import ScanSettings

_GZIP = b"\x1f\x8b"
_LARGEST_LIST = 128 * 1024 * 1024


def anchored(settings: ScanSettings, folder: str) -> ScanSettings:
    """The settings with the places of files as absolute paths: they are relative to a folder."""

    def place(path: str) -> str:
        return os.path.abspath(os.path.join(folder, path)) if path else ""

    return settings._replace(
        kev=place(settings.kev),
        epss=place(settings.epss),
        vex=tuple(map(place, settings.vex)),
        texts=tuple((place(path), text) for path, text in settings.texts),
    )


def with_settings(options: TrivyOptions, settings: ScanSettings) -> TrivyOptions:
    """How Trivy is asked, with what the settings say."""
    return options._replace(
        look_for=settings.look_for or options.look_for,
        skip_files=(*options.skip_files, *settings.skip_files),
        server=settings.server,
        releases=ReleaseRules(settings.least_version, settings.denied, settings.sha256),
    )


def read_exploits(settings: ScanSettings) -> Exploits | Problem:
    """What is exploited, by the files that the settings name; the first problem with one."""
    found = Exploits()
    asked = ((settings.kev, parse_kev), (settings.epss, parse_epss))
    for path, parse in asked:
        if path:
            part = _read_list(path, parse, dict(settings.texts))
            if isinstance(part, Problem):
                return part
            found = found.joined(part)
    return found


def _read_list(
    path: str, parse: Callable[[Source], Exploits], texts: dict[str, str]
) -> Exploits | Problem:
    source = read_named(path, texts)
    if isinstance(source, Problem):
        return source
    try:
        return parse(source)
    except DocumentError as error:
        return error.problem(source)


def read_named(path: str, texts: dict[str, str]) -> Source | Problem:
    """A file that the settings name, unpacked where it is gzip; or its text that came with them."""
    if path in texts:
        return Source(path, texts[path])
    data = read_bytes(path, path)
    if isinstance(data, Problem):
        return data
    if data.startswith(_GZIP):
        unpacked = _unpacked(data)
        if unpacked is None:
            detail = "is no whole gzip file, or unpacks to more than is read"
            return Problem(ProblemKind.UNPARSABLE, path, detail, help="download it again")
        data = unpacked
    return Source(path, data.decode("utf-8", "replace"))


def _unpacked(data: bytes) -> bytes | None:
    reader = zlib.decompressobj(wbits=31)
    try:
        text = reader.decompress(data, _LARGEST_LIST)
    except zlib.error:
        return None
    return text if reader.eof else None
