"""A PostgreSQL of one's own on the loopback interface, run by another user than root."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tools.lab.registry import free_port

if TYPE_CHECKING:
    from types import TracebackType

_FOLDERS = "/usr/lib/postgresql"
_START_SECONDS = 30


def programs() -> Path | None:
    """Where `initdb` and `postgres` are; None where they are not."""
    found = sorted(Path(_FOLDERS).glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    path = shutil.which("initdb")
    return Path(path).resolve().parent if path else None


class PostgreSQL:
    """`with PostgreSQL(folder) as server:` runs it; `url` is for SQLAlchemy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        # It refuses to run as root.
        self._user = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/postgres"

    def __enter__(self) -> Self:
        place = programs()
        if place is None:
            raise RuntimeError("there is no PostgreSQL: apt-get install postgresql")
        self._folder.mkdir(parents=True)
        shutil.chown(self._folder, self._user)
        for parent in self._folder.parents:
            if parent.stat().st_uid == os.getuid() and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
        data = str(self._folder / "data")
        init = (str(place / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-N")
        subprocess.run(self._as_user(init), check=True, capture_output=True, cwd=self._folder)
        options = {"port": self._port, "listen_addresses": "127.0.0.1", "fsync": "off"}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = (str(place / "postgres"), "-D", data, "-k", str(self._folder), *words)
        self._process = subprocess.Popen(
            self._as_user(command), cwd=self._folder, stderr=subprocess.DEVNULL
        )
        self._wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            # Told to terminate, it would wait for clients that never go away: a test that failed.
            self._process.send_signal(signal.SIGINT)
            self._process.wait()

    def _as_user(self, command: tuple[str, ...]) -> tuple[str, ...]:
        if os.getuid():
            return command
        return (
            "setpriv",
            f"--reuid={self._user}",
            f"--regid={self._user}",
            "--init-groups",
            *command,
        )

    def _wait(self) -> None:
        import psycopg

        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.url.replace("+psycopg", "")).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                return
