"""One exchange of HTTP, read as the standard library reads it."""

from __future__ import annotations

import http.client
import io
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.registry.exchange import exchange, request_of
from imagelint.collect.registry.transport import TransportError, headers_of

if TYPE_CHECKING:
    import socket

OK = b"HTTP/1.1 200 OK\r\n"


class Played:
    """A connection on which bytes come in pieces of some size, and then no more."""

    def __init__(self, data: bytes, piece: int = 1 << 20) -> None:
        self._data = data
        self._piece = piece
        self.sent = b""

    def sendall(self, data: bytes, /) -> None:
        self.sent += data

    def recv(self, most: int, /) -> bytes:
        size = min(most, self._piece)
        found, self._data = self._data[:size], self._data[size:]
        return found

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


ANSWERS = {
    "a length": (OK + b"Content-Length: 3\r\nX-A: 1\r\n\r\nabc", True),
    "no body": (b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", True),
    "no reason": (b"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", True),
    "until it closes": (OK + b"\r\nabc", False),
    "says that it closes": (OK + b"Connection: Close\r\nContent-Length: 1\r\n\r\na", False),
    "an older version": (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", False),
    "an older version that stays": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na",
        True,
    ),
    "pieces": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
        True,
    ),
    "pieces with a trailer": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\n\r\n",
        True,
    ),
    "line feeds alone": (b"HTTP/1.1 200 OK\nContent-Length: 2\nA: b\n\nhi", True),
    "several of one name": (
        OK + b"Link: <a>\r\nlink: <b>\r\nContent-Length: 0\r\n\r\n",
        True,
    ),
    "first something else": (
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\na",
        True,
    ),
    "the same length twice": (OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab", True),
}


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
@pytest.mark.parametrize("name", ANSWERS)
def test_it_is_read_as_the_standard_library_reads_it(name: str, piece: int) -> None:
    data, stays = ANSWERS[name]
    read = exchange(Played(data, piece), b"", 1000, head=False)
    played: socket.socket = Played(data)  # type: ignore[assignment]
    response = http.client.HTTPResponse(played, method="GET")
    response.begin()
    assert read.response.status == response.status
    assert read.response.headers == headers_of(response.getheaders())
    assert read.response.body == response.read()
    assert read.stays is stays


def test_what_was_asked_without_a_body_has_none() -> None:
    played = Played(OK + b"Content-Length: 100\r\n\r\n")
    read = exchange(played, b"HEAD", 1000, head=True)
    assert (read.response.body, read.stays, played.sent) == (b"", True, b"HEAD")


def test_a_connection_on_which_more_came_is_not_used_again() -> None:
    data = OK + b"Content-Length: 1\r\n\r\na" + OK
    assert not exchange(Played(data), b"", 1000, head=False).stays


@pytest.mark.parametrize(
    ("data", "sign"),
    [
        (OK + b"Content-Length: x\r\n\r\nab", "no length"),
        (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc", "no length"),
        (OK + b"Content-Length: 9\r\n\r\nabc", "cut after 3 bytes"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", "cut after 2 bytes"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", "cut after"),
        (OK + b"Content-Le", "cut after"),
        (OK + b"Content-Length: 99\r\n\r\n" + b"x" * 99, "more than 10 bytes"),
        (OK + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n", "more than 10 bytes"),
        (OK + b"\r\n" + b"x" * 11, "more than 10 bytes"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nB\r\n" + b"x" * 20, "more than 10 bytes"),
    ],
)
def test_what_is_cut_or_too_large_is_said(data: bytes, sign: str) -> None:
    with pytest.raises(TransportError, match=sign):
        exchange(Played(data, 5), b"", 10, head=False)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"\x15\x03\x01\x00\x02\r\n\r\n",
        b"HTTP/1.1 99 No\r\n\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        OK + b"X: y\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
        OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n0_1\r\na\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 100_000,
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 200,
    ],
)
def test_what_is_no_answer_is_none(data: bytes) -> None:
    with pytest.raises(http.client.HTTPException):
        exchange(Played(data), b"", 1000, head=False)


def test_who_closes_without_an_answer_may_be_asked_again() -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        exchange(Played(b""), b"", 10, head=False)


def test_a_request_is_written_line_by_line() -> None:
    sent = request_of("GET", "/v2/a?n=1", "registry.example.com", {"Accept": "*/*"})
    assert sent.split(b"\r\n") == [
        b"GET /v2/a?n=1 HTTP/1.1",
        b"Host: registry.example.com",
        b"Accept-Encoding: identity",
        b"Accept: */*",
        b"",
        b"",
    ]


@pytest.mark.parametrize(
    ("target", "token"),
    [
        ("/a b", ""),
        ("/a\r\nX: y", ""),
        ("/\xe4", ""),
        ("/a", "Bearer x\r\nX: y"),
        ("/a", "Bearer x\ny"),
        ("/a", "Bearer \u20ac"),
    ],
)
def test_nothing_gets_onto_a_line_of_its_own(target: str, token: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be asked for|more than one line|latin-1"):
        request_of("GET", target, "registry.example.com", {"Authorization": token})
