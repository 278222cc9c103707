"""One exchange of HTTP/1.1 over a connection that may be used again.

https://www.rfc-editor.org/rfc/rfc9112. An audit makes thousands of small ones: that of the standard
library takes most of its time for headers of which nobody asks.
"""

from __future__ import annotations

from http.client import HTTPException, RemoteDisconnected
from typing import TYPE_CHECKING, Protocol

from imagelint.collect.registry.transport import Response, TransportError, headers_of
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 65536
_LONGEST_HEAD = 256 * 1024
_LONGEST_LINE = 64 * 1024
_MOST_INTERIM = 16
_MOST_TRAILERS = 100
_HEAD_END = pattern(rb"\r?\n\r?\n")
_UNFIT = pattern(r"[\x00-\x20\x7f]")
_LENGTH = pattern(rb"[0-9A-Fa-f]{1,16}")  # 64 bits
_STATUS = pattern(r"HTTP/1\.(\d) ([1-9]\d\d)(?: .*)?")
_WITHOUT_BODY = frozenset((204, 304))
_INTERIM = range(100, 200)


class Socket(Protocol):
    """What is written to and read from."""

    def sendall(self, data: bytes, /) -> None:
        """Send all of it."""
        ...

    def recv(self, most: int, /) -> bytes:
        """Some bytes; empty: there are no more."""
        ...


class Exchanged(NamedTuple):
    """An answer, and whether the connection may be used for another one."""

    response: Response
    stays: bool


def request_of(method: str, target: str, host: str, headers: dict[str, str]) -> bytes:
    """A request without a body, as it is sent.

    Raises:
        ValueError: something does not fit on its line.
    """
    if _UNFIT.search(target) or not target.isascii():
        raise ValueError(f"the address {target!r} cannot be asked for")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    text = "\r\n".join((*lines, "", ""))
    if text.count("\n") != len(lines) + 1 or text.count("\r") != len(lines) + 1:
        raise ValueError("a header has more than one line")
    return text.encode("latin-1")


def exchange(connected: Socket, request: bytes, most: int, *, head: bool) -> Exchanged:
    """Send a request, and read the answer to its end; `head`: it has no body.

    Raises:
        TransportError: the answer has more than so many bytes, or is cut.
        HTTPException: it is no answer.
        OSError: the connection is gone.
    """
    connected.sendall(request)
    reader = _Reader(connected)
    for _ in range(_MOST_INTERIM):
        version, status, headers = _head(reader.head())
        if status not in _INTERIM:
            break
    else:
        raise HTTPException("the answer does not come to its point")
    said = headers.get("connection", "").lower()
    stays = "close" not in said if version else "keep-alive" in said
    if head or status in _WITHOUT_BODY:
        body = b""
    elif "chunked" in headers.get("transfer-encoding", "").lower():
        body = b"".join(reader.chunks(most))
    elif "content-length" in headers:
        body = reader.exactly(_length(headers["content-length"]), most)
    else:
        stays, body = False, reader.rest(most)
    return Exchanged(Response(status, headers, body), stays and not reader.has_more)


def _length(said: str) -> int:
    """The length of a body; the same one told several times is one.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.6: to wait for the end of what has another
    length would be to wait for ever on a connection that stays open.

    Raises:
        TransportError: it is none.
    """
    lengths = {one.strip() for one in said.split(",")}
    length = lengths.pop()
    if lengths or not (length.isascii() and length.isdigit()):
        raise TransportError(f"the answer has no length: {said[:40]!r}", cut=True)
    return int(length[:18])


def _head(text: bytes) -> tuple[int, int, dict[str, str]]:
    """The minor version, the status and the headers of an answer."""
    first, *lines = text.decode("latin-1").replace("\r\n", "\n").split("\n")
    said = _STATUS.fullmatch(first)
    if said is None:
        raise HTTPException(f"no answer of HTTP: {first[:80]!r}")
    return int(said[1]), int(said[2]), headers_of(_pairs(lines))


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    """The headers on some lines; one that goes on, on the next line, ends there."""
    for line in lines:
        name, colon, value = line.partition(":")
        if colon and name and not name[0].isspace():
            yield name, value.strip()


def _cut(got: int) -> TransportError:
    return TransportError(f"the answer was cut after {got:,} bytes", cut=True)


def _large(most: int) -> TransportError:
    return TransportError(f"the answer has more than {most:,} bytes", large=True)


class _Reader:
    """Reads from a socket as much as is wanted."""

    def __init__(self, connected: Socket) -> None:
        self._connected = connected
        self._data = bytearray()
        self._at = 0

    @property
    def has_more(self) -> bool:
        """Whether more came than was wanted."""
        return self._at < len(self._data)

    def head(self) -> bytes:
        """What stands before the first empty line."""
        seen = self._at
        while (end := _HEAD_END.search(self._data, max(self._at, seen - 3))) is None:
            seen = len(self._data)
            if seen - self._at > _LONGEST_HEAD:
                raise HTTPException("its headers have no end")
            if not self._more():
                raise _cut(seen) if seen else RemoteDisconnected("it closed the connection")
        found = bytes(self._data[self._at : end.start()])
        self._at = end.end()
        return found

    def exactly(self, length: int, most: int) -> bytes:
        """A body of so many bytes."""
        if length > most:
            raise _large(most)
        while len(self._data) - self._at < length:
            if not self._more():
                raise _cut(len(self._data) - self._at)
        found = bytes(self._data[self._at : self._at + length])
        self._at += length
        return found

    def rest(self, most: int) -> bytes:
        """A body that ends with the connection."""
        while len(self._data) - self._at <= most:
            if not self._more():
                return bytes(self._data[self._at :])
        raise _large(most)

    def chunks(self, most: int) -> Iterator[bytes]:
        """A body in pieces, each of which says how long it is; what follows them is passed over."""
        got = 0
        while length := _hexadecimal(self._line().partition(b";")[0].strip()):
            got += length
            if got > most:
                raise _large(most)
            yield self.exactly(length, most)
            if self._line().strip():
                raise HTTPException("a piece of the answer is longer than it says")
            self._forget()
        for _ in range(_MOST_TRAILERS):
            if not self._line().strip():
                return
        raise HTTPException("its trailers have no end")

    def _line(self) -> bytes:
        seen = self._at
        while (end := self._data.find(b"\n", seen)) < 0:
            seen = len(self._data)
            if seen - self._at > _LONGEST_LINE:
                raise HTTPException("a line of the answer has no end")
            if not self._more():
                raise _cut(seen)
        found = bytes(self._data[self._at : end])
        self._at = end + 1
        return found

    def _more(self) -> bool:
        """Read on; false where the connection ends."""
        piece = self._connected.recv(_PIECE)
        self._data += piece
        return bool(piece)

    def _forget(self) -> None:
        """Let go of what was read, not at every step."""
        if self._at > _PIECE:
            del self._data[: self._at]
            self._at = 0


def _hexadecimal(said: bytes) -> int:
    # Not all that `int` takes is a number here: `+5`, `0x5`, `1_0`.
    if _LENGTH.fullmatch(said) is None:
        raise HTTPException("a piece of the answer does not say how long it is")
    return int(said, 16)
