"""A release server on the loopback interface, which fails in every way that one can."""

from __future__ import annotations

import io
import tarfile
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Answer(NamedTuple):
    """What the server says to a path.

    It announces `body`, but sends `sent` where that is given: half of it, say. `pause` are seconds
    before each byte, `times` after how many requests it gives its better answer, `then`.
    """

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    sent: bytes | None = None
    pause: float = 0.0
    times: int = 0
    then: Answer | None = None


class Releases(ThreadingHTTPServer):
    """The server. `asked` are the paths of all requests, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.stopped = threading.Event()

    def answer(self, path: str) -> Answer:
        self.asked.append(path)
        answer = self.answers.get(path, Answer(b"no such file", 404))
        if answer.then is not None and self.asked.count(path) > answer.times:
            return answer.then
        return answer

    def handle_error(self, *_: object) -> None:
        """Who went away in the middle is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: Releases

    def do_GET(self) -> None:
        answer = self.server.answer(self.path)
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        data = answer.body if answer.sent is None else answer.sent
        if answer.pause:
            self._drip(data, answer.pause)
        else:
            self.wfile.write(data)

    def _drip(self, data: bytes, pause: float) -> None:
        for byte in data:
            if self.server.stopped.wait(pause):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, *_: object) -> None:
        """The log is what the tests look at."""


@contextmanager
def serve() -> Iterator[Releases]:
    """Serve until the end of the block."""
    server = Releases()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


def archive(program: bytes, name: str = "trivy", kind: bytes = tarfile.REGTYPE) -> bytes:
    """A release archive: the program between the files that are always beside it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as tar:
        for file, content in (("LICENSE", b"Apache"), (name, program), ("README.md", b"# Trivy")):
            info = tarfile.TarInfo(file)
            info.mtime = int(time.time())
            if file == name:
                info.type = kind
                info.linkname = "/bin/sh" if kind != tarfile.REGTYPE else ""
            info.size = len(content) if info.type == tarfile.REGTYPE else 0
            tar.addfile(info, io.BytesIO(content) if info.isreg() else None)
    return buffer.getvalue()
