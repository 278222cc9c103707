"""Ask a daemon over HTTP on its socket: the only module that opens sockets of the machine.

An answer may be as large as an image: it comes in pieces, and whoever takes them stops in time.
"""

from __future__ import annotations

import http.client
import socket
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1024 * 1024
_LARGEST_ANSWER = 4 * 1024 * 1024


class SocketError(Exception):
    """Nobody answers there, or not as a daemon does."""


class SocketAnswer(NamedTuple):
    """The status of an answer and its whole body, which is short."""

    status: int
    body: bytes


class _Connection(http.client.HTTPConnection):
    """A connection to a socket of the machine."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def ask_socket(path: str, target: str, seconds: float) -> SocketAnswer:
    """The answer to a GET of `target` on a socket.

    Raises:
        SocketError: there is none.
    """
    connection = _Connection(path, seconds)
    try:
        connection.request("GET", target, headers={"User-Agent": "imagelint"})
        response = connection.getresponse()
        body = response.read(_LARGEST_ANSWER + 1)
    except (OSError, http.client.HTTPException) as error:
        raise SocketError(str(error) or type(error).__name__) from None
    finally:
        connection.close()
    if len(body) > _LARGEST_ANSWER:
        raise SocketError(f"the answer has more than {_LARGEST_ANSWER:,} bytes")
    return SocketAnswer(response.status, body)


def stream_socket(path: str, target: str, seconds: float) -> Iterator[bytes]:
    """The pieces of the answer to a GET of `target`; each may take so many seconds.

    Raises:
        SocketError: the daemon does not answer, refuses, or ends too early.
    """
    connection = _Connection(path, seconds)
    try:
        connection.request("GET", target, headers={"User-Agent": "imagelint"})
        response = connection.getresponse()
        if response.status != http.client.OK:
            said = response.read(_LARGEST_ANSWER).decode("utf-8", "replace")
            raise SocketError(f"{response.status} {said}".strip())
        while piece := response.read(_CHUNK):
            yield piece
        if response.length:
            raise SocketError("the answer was cut")
    except (OSError, http.client.HTTPException) as error:
        raise SocketError(str(error) or type(error).__name__) from None
    finally:
        connection.close()
