"""A server on the loopback interface that answers from memory, in a thread of its own.

It speaks plain HTTP/1.1, keeps connections open, and is fast enough that the time of who asks can
be measured. Each answer may come late, or be cut short.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_REASONS = {200: "OK", 201: "Created", 202: "Accepted", 307: "Temporary Redirect"}
_REASONS |= {401: "Unauthorized", 404: "Not Found"}


class Reply(NamedTuple):
    """An answer: after `delay` seconds, and `cut` short to so many bytes of its body, if at all."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    delay: float = 0.0
    cut: int | None = None


class Asked(NamedTuple):
    """A question as it came. Names of headers are in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes = b""


class LoopbackServer:
    """`with` one that says what to `answer`, it listens; `host` is where, as `127.0.0.1:PORT`."""

    def __init__(self) -> None:
        self.host = ""
        self.loop = asyncio.new_event_loop()
        self.open: set[asyncio.Transport] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def answer(self, asked: Asked) -> Reply:
        """What is answered; called in the thread of the server."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        making = self.loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        server = self.loop.run_until_complete(making)
        self.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self.loop.run_forever()
        self.loop.run_until_complete(self._end(server))
        self.loop.close()

    async def _end(self, server: asyncio.Server) -> None:
        """Close all connections, those too whose making was under way when the loop stopped."""
        server.close()
        await asyncio.sleep(0)
        while self.open or len(asyncio.all_tasks()) > 1:
            for transport in self.open:
                transport.abort()
            await asyncio.sleep(0)


class _Connection(asyncio.Protocol):
    """One connection, which stays open."""

    def __init__(self, server: LoopbackServer) -> None:
        self._server = server
        self._data = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._server.open.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._transport is not None:
            self._server.open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._data[:1].isalpha() and self._transport is not None:
            self._transport.close()  # TLS is not spoken here
            return
        while (asked := self._question()) is not None:
            reply = self._server.answer(asked)
            if reply.delay:
                self._server.loop.call_later(reply.delay, self._send, asked, reply)
            else:
                self._send(asked, reply)

    def _question(self) -> Asked | None:
        """The next question that has come as a whole, taken out of what has come."""
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *lines = self._data[:end].decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        if headers.get("transfer-encoding") == "chunked":
            body, after = _dechunked(self._data, end + 4)
        else:
            after = end + 4 + int(headers.get("content-length", "0"))
            body = bytes(self._data[end + 4 : after])
        if after > len(self._data):
            return None
        del self._data[:after]
        method, target, _ = first.split(" ")
        parts = urlsplit(target)
        return Asked(method, parts.path, parse_qs(parts.query), headers, body)

    def _send(self, asked: Asked, reply: Reply) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        headers = {"Content-Length": str(len(reply.body)), **reply.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        reason = _REASONS.get(reply.status, "Answer")
        head = f"HTTP/1.1 {reply.status} {reason}\r\n{lines}\r\n".encode("latin-1")
        body = b"" if asked.method == "HEAD" else reply.body
        self._transport.write(head + (body if reply.cut is None else body[: reply.cut]))
        if reply.cut is not None:
            self._transport.close()


def _dechunked(data: bytearray, at: int) -> tuple[bytes, int]:
    """A body in chunks from `at` on, and where it ends: behind all data while some is to come."""
    body = bytearray()
    while (line := data.find(b"\r\n", at)) >= 0:
        size = int(data[at:line], 16)
        body += data[line + 2 : line + 2 + size]
        at = line + 2 + size + 2
        if size == 0:
            return bytes(body), at
    return b"", len(data) + 1
