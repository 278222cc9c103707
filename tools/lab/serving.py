"""Stand-ins for model servers: pages of metrics on the loopback interface; a real Prometheus."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from types import TracebackType

_CONFIG = """\
global: {{scrape_interval: {interval}, scrape_timeout: {interval}}}
scrape_configs:
  - job_name: engine
    convert_classic_histograms_to_nhcb: {native}
    static_configs: [{{targets: [{targets}]}}]
"""
_START_SECONDS = 30


class Pages:
    """`with Pages({"/metrics": page}) as pages:` serves what the functions give, at `pages.url`.

    A page is a text, or a status with headers and a text.
    """

    def __init__(self, pages: Mapping[str, Callable[[], Any]]) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(pages))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"http://{self.host}"

    def _handler(self, pages: Mapping[str, Callable[[], Any]]) -> type[BaseHTTPRequestHandler]:
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urllib.parse.urlsplit(self.path).path
                asked.append((self.path, dict(self.headers.items())))
                said = pages[path]() if path in pages else (404, {}, "")
                status, headers, text = (200, {}, said) if isinstance(said, str) else said
                body = text.encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Prometheus:
    """`with Prometheus(folder, port, hosts) as server:` runs the real one; `url` is where it is.

    With `native` it keeps histograms as native ones.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        hosts: tuple[str, ...],
        interval: str,
        *,
        native: bool = False,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "prometheus.yml"
        said = {"interval": interval, "targets": ", ".join(hosts), "native": str(native).lower()}
        config.write_text(_CONFIG.format(**said), encoding="utf-8")
        self._command = [
            *("prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"),
            *(f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"),
            "--scrape.discovery-reload-interval=100ms",
            *(("--enable-feature=native-histograms",) if native else ()),
        ]
        self._log = (folder / "prometheus.log").open("wb")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.__exit__(None, None, None)
                raise RuntimeError(f"Prometheus does not start: see {self._log.name}")
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def query(self, expression: str, at: float) -> Any:
        """The result of an expression at a time."""
        asked = urllib.parse.urlencode({"query": expression, "time": f"{at:.3f}"})
        with urllib.request.urlopen(f"{self.url}/api/v1/query?{asked}", timeout=10) as response:
            return json.load(response)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=2):
                return True
        except OSError:
            return False
