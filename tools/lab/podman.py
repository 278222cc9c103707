"""A podman of one's own that answers docker's API on a socket; it runs nothing, it keeps images."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

PROVIDED = Path(__file__).parents[2] / ".tools" / "podman"
_START_SECONDS = 30
_POLICY = '{"default": [{"type": "insecureAcceptAnything"}]}'
_STORAGE = '[storage]\ndriver = "vfs"\ngraphroot = "{folder}/store"\nrunroot = "{folder}/run"\n'
_ENGINE = """\
[engine]
conmon_path = ["{tree}/usr/bin/conmon"]
events_logger = "file"
runtime = "none"
[engine.runtimes]
none = ["/bin/true"]
"""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=60)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self._path)


class Podman:
    """`with Podman(folder) as podman:` starts it; `socket` is where it answers."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.socket = str(folder / "podman.sock")
        (folder / "home" / ".config" / "containers").mkdir(parents=True)
        for name in ("run", "store", "tmp"):
            (folder / name).mkdir()
        (folder / "home/.config/containers/policy.json").write_text(_POLICY, encoding="utf-8")
        storage, engine = folder / "storage.conf", folder / "containers.conf"
        storage.write_text(_STORAGE.format(folder=folder), encoding="utf-8")
        engine.write_text(_ENGINE.format(tree=PROVIDED), encoding="utf-8")
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "LD_LIBRARY_PATH": str(PROVIDED / "usr" / "lib" / "x86_64-linux-gnu"),
            "CONTAINERS_CONF": str(engine),
            "CONTAINERS_STORAGE_CONF": str(storage),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "TMPDIR": str(folder / "tmp"),
        }
        self._log = (folder / "podman.log").open("wb")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        program = str(PROVIDED / "usr" / "bin" / "podman")
        command = [program, "system", "service", "--time", "0", f"unix://{self.socket}"]
        self._process = subprocess.Popen(
            command, stdout=self._log, stderr=self._log, env=self._environment
        )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                self.__exit__(None, None, None)
                raise RuntimeError(f"podman does not start: see {self._log.name}")
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

    def load(self, archive: bytes) -> str:
        """Load an archive as `docker load` does, and give what podman said."""
        connection = _Connection(self.socket)
        connection.request("POST", "/images/load", archive, {"Content-Type": "application/x-tar"})
        answer = connection.getresponse()
        said = answer.read().decode()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {said}")
        return said

    def _answers(self) -> bool:
        connection = _Connection(self.socket)
        try:
            connection.request("GET", "/_ping")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
