"""A registry of one's own on the loopback interface, with nothing in it."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_CONFIG = """\
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {storage}}}, delete: {{enabled: true}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""
_AUTH = 'auth: {{htpasswd: {{realm: lab, path: "{path}"}}}}\n'
_START_SECONDS = 20


class Registry:
    """`with Registry(folder, port) as registry:` runs docker-registry; `host` is where it is."""

    def __init__(self, folder: Path, port: int, *, htpasswd: str = "") -> None:
        self.host = f"127.0.0.1:{port}"
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "registry.yml"
        text = _CONFIG.format(storage=folder / "storage", port=port)
        if htpasswd:
            (folder / "htpasswd").write_text(htpasswd, encoding="utf-8")
            text += _AUTH.format(path=folder / "htpasswd")
        config.write_text(text, encoding="utf-8")
        self._log = (folder / "registry.log").open("wb")
        self._config = config
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        command = ["docker-registry", "serve", str(self._config)]
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log)
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.__exit__(None, None, None)
                raise RuntimeError(f"the registry does not start: see {self._log.name}")
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

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.host}/v2/", timeout=2):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return error.code == 401
        except OSError:
            return False


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
