"""A registry that misbehaves: it passes on what it is asked, but for what a test decides."""

from __future__ import annotations

import http.server
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_KEPT = ("Content-Type", "Docker-Content-Digest", "Location")
_BUSY = b'{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}'


class Reply(NamedTuple):
    """An answer; `drip` seconds pass before each of its bytes, `cut` bytes of it are left out."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    drip: float = 0
    cut: int = 0


BUSY = Reply(429, _BUSY)
BROKEN = Reply(503, b"")


class Proxy:
    """`with Proxy(upstream, decide) as host:`; `decide` gives a reply for a path, or None."""

    def __init__(self, upstream: str, decide: Callable[[str], Reply | None]) -> None:
        self.asked: list[str] = []

        class Handler(_Handler):
            proxy = self

        self.upstream = upstream
        self.decide = decide
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    proxy: Proxy
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.proxy.asked.append(self.path)
        self._reply(self.proxy.decide(self.path) or self._upstream())

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's

    def _upstream(self) -> Reply:
        names = ("Accept", "Authorization")
        headers = {name: self.headers[name] for name in names if self.headers[name]}
        url = f"http://{self.proxy.upstream}{self.path}"
        request = urllib.request.Request(url, headers=headers, method=self.command)
        try:
            answer = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            kept = tuple((name, answer.headers[name]) for name in _KEPT if answer.headers[name])
            return Reply(answer.status, answer.read(), kept)

    def _reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        try:
            self._write(reply)
        except OSError:
            self.close_connection = True

    def _write(self, reply: Reply) -> None:
        body = reply.body[: len(reply.body) - reply.cut]
        for at in range(0, len(body), 1 if reply.drip else max(1, len(body))):
            time.sleep(reply.drip)
            self.wfile.write(body[at : at + 1] if reply.drip else body)
            self.wfile.flush()
        if reply.cut:
            self.close_connection = True

    def log_message(self, *_words: object) -> None:
        """Say nothing."""
