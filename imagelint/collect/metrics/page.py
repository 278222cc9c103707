"""Read a metrics page, or samples that were saved: from a server, a file, or standard input."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

from imagelint.collect.metrics.endpoint import Endpoint, endpoint, refusal, unanswered
from imagelint.collect.read import unreadable
from imagelint.collect.registry.transport import TransportError, receive
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.metrics.exposition import Limit
from imagelint.documents.metrics.saved import SampleReader

if TYPE_CHECKING:
    from collections.abc import Collection

    from imagelint.documents.metrics.exposition import Sample

LARGEST_PAGE = 512 * 1024 * 1024
"""Bytes. A million lines have some 150 MB."""
STANDARD_INPUT = "-"
_PIECE = 1024 * 1024
_OK = 200
_ACCEPT = "text/plain;version=0.0.4;q=1,application/json;q=0.5,*/*;q=0.1"
_JSON_HELP = "servers that answer with JSON at /metrics have their metrics at /prometheus/metrics"


def read_page(place: str, names: Collection[str], seconds: float) -> list[Sample] | Problem:
    """The samples of some metrics on a page at an address, in a file, or (`-`) standard input."""
    reader = SampleReader(names)
    found = endpoint(place) if "://" in place else place
    if isinstance(found, Problem):
        return found
    try:
        if isinstance(found, Endpoint):
            problem = _download(found, reader, seconds)
        else:
            problem = _read_file(found, reader)
        return problem or reader.samples()
    except Limit as error:
        return _too_large(_origin(found), error)
    except ValueError as error:
        help_ = _JSON_HELP if "answer" in str(error) else ""
        return Problem(ProblemKind.UNPARSABLE, _origin(found), str(error), help=help_)


def _too_large(origin: str, error: Limit) -> Problem:
    return Problem(ProblemKind.TOO_LARGE, origin, str(error))


def _origin(place: Endpoint | str) -> str:
    return place.shown if isinstance(place, Endpoint) else place


def _download(place: Endpoint, reader: SampleReader, seconds: float) -> Problem | None:
    question = place.question("", _ACCEPT, seconds)._replace(most=LARGEST_PAGE)
    met: list[Limit] = []

    def take(piece: bytes) -> None:
        try:
            reader.take(piece)
        except Limit as error:
            met.append(error)
            raise

    try:
        response = receive(question, take)
    except TransportError as error:
        return _too_large(place.shown, met[0]) if met else unanswered(place, error)
    return None if response.status == _OK else refusal(place, response)


def _read_file(path: str, reader: SampleReader) -> Problem | None:
    if path == STANDARD_INPUT:
        while piece := sys.stdin.buffer.read(_PIECE):
            reader.take(piece)
        return None
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Problem(ProblemKind.UNREADABLE, path, "not a regular file")
            while piece := file.read(_PIECE):
                reader.take(piece)
    except OSError as error:
        return unreadable(path, error)
    return None
