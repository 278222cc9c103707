"""A server that answers as GitHub's API does, by a script, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Asked(NamedTuple):
    """One request: how, for what, with which token and body."""

    method: str
    path: str
    token: str
    body: Any


class ScriptedApi(NamedTuple):
    """Where it answers, what it was asked, and the answers by method and path (status, body)."""

    url: str
    asked: list[Asked]
    answers: dict[str, tuple[int, Any]]

    def written(self) -> list[Asked]:
        """The requests that change something."""
        return [each for each in self.asked if each.method != "GET"]


@contextmanager
def scripted(answers: Mapping[str, tuple[int, Any]]) -> Iterator[ScriptedApi]:
    """The server; what is not in the script is not found."""
    asked: list[Asked] = []
    script = dict(answers)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            path = self.path.partition("?")[0]
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            asked.append(Asked(self.command, path, token, body))
            status, said = script.get(f"{self.command} {path}", (404, {"message": "Not Found"}))
            data = json.dumps(said).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", str(said))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = answer  # noqa: N815 - as the library calls them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield ScriptedApi(f"http://127.0.0.1:{server.server_port}", asked, script)
    finally:
        server.shutdown()
        server.server_close()
