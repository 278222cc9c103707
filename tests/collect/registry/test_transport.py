"""Large answers, piece by piece, from servers that take their time."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.registry.transport import Question, TransportError, stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"


@contextmanager
def serving(answer: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server of one answer; the event tells it that the test is over."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with listening.accept()[0] as connected:
                connected.recv(65536)
                answer(connected, over)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/blob"
        finally:
            over.set()
            thread.join()


def test_pieces_are_given_as_they_come() -> None:
    met = threading.Event()

    def answer(connected: socket.socket, _over: threading.Event) -> None:
        connected.sendall(HEAD + b"abc")
        met.wait()
        connected.sendall(b"def")

    with serving(answer) as url:
        pieces = stream(Question(url, "*/*"))
        first = next(pieces)
        met.set()
        assert first + b"".join(pieces) == b"abcdef"
        assert first


@pytest.mark.parametrize("then", [HEAD[15:], b""])
def test_a_head_that_drips_is_not_waited_for(then: bytes) -> None:
    """Nobody waits any more; no connection is left to the collector of garbage."""

    def answer(connected: socket.socket, over: threading.Event) -> None:
        with suppress(OSError):
            connected.sendall(HEAD[:17] + b"X: ")
            while not over.wait(0.02):
                connected.sendall(b"x")
            connected.sendall(then)
            connected.shutdown(socket.SHUT_WR)
            connected.recv(1)

    with serving(answer) as url, pytest.raises(TransportError) as error:
        list(stream(Question(url, "*/*", seconds=0.5)))
    assert error.value.late


def test_what_is_cut_or_not_there_is_an_error() -> None:
    def answer(connected: socket.socket, _over: threading.Event) -> None:
        connected.sendall(HEAD + b"abc")

    with serving(answer) as url, pytest.raises(TransportError, match="cut"):
        list(stream(Question(url, "*/*")))
    with pytest.raises(TransportError):
        list(stream(Question("http://127.0.0.1:1/", "*/*")))
