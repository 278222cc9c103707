"""Ask a daemon over HTTP on its socket: the only module that opens sockets of the machine.

An answer may be as large as an image: it comes in pieces. A socket is shut when its time is over,
since a byte now and then starts the time of each read anew.
"""

from __future__ import annotations

import http.client
import math
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1024 * 1024
_LARGEST_ANSWER = 4 * 1024 * 1024
_CUT = "the answer was cut"
_HEADERS = {"User-Agent": "imagelint"}


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
        self._peer: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
        self._peer = self.sock  # which is forgotten here once an answer ends the connection

    @contextmanager
    def until(self, seconds: float) -> Iterator[http.client.HTTPConnection]:
        """Itself, for so many seconds in all: what is asked of it then is cut off."""
        timer = threading.Timer(seconds, self._cut) if seconds < math.inf else None
        if timer is not None:
            timer.daemon = True
            timer.start()
        try:
            yield self
        except (OSError, http.client.HTTPException) as error:
            raise SocketError(str(error) or type(error).__name__) from None
        finally:
            if timer is not None:
                timer.cancel()
            self.close()

    def _cut(self) -> None:
        if self._peer is not None:
            with suppress(OSError):  # it is closed already
                self._peer.shutdown(socket.SHUT_RDWR)


def ask_socket(path: str, target: str, seconds: float) -> SocketAnswer:
    """The answer to a GET of `target` on a socket, which may take so many seconds.

    Raises:
        SocketError: there is none.
    """
    with _Connection(path, seconds).until(seconds) as connection:
        connection.request("GET", target, headers=_HEADERS)
        response = connection.getresponse()
        body = response.read(_LARGEST_ANSWER + 1)
    if len(body) > _LARGEST_ANSWER:
        raise SocketError(f"the answer has more than {_LARGEST_ANSWER:,} bytes")
    if response.length:
        raise SocketError(_CUT)
    return SocketAnswer(response.status, body)


def stream_socket(path: str, target: str, seconds: float, whole: float) -> Iterator[bytes]:
    """The pieces of the answer to a GET of `target`.

    Each may take `seconds`, all together `whole`, which may be infinite.

    Raises:
        SocketError: the daemon does not answer, refuses, or ends too early.
    """
    with _Connection(path, min(seconds, whole)).until(whole) as connection:
        connection.request("GET", target, headers=_HEADERS)
        response = connection.getresponse()
        if response.status != http.client.OK:
            said = response.read(_LARGEST_ANSWER).decode("utf-8", "replace")
            raise SocketError(f"{response.status} {said}".strip())
        while piece := response.read(_CHUNK):
            yield piece
        if response.length:
            raise SocketError(_CUT)
