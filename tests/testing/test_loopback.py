"""What a scripted server leaves behind."""

from __future__ import annotations

import contextlib
import gc
import socket
from typing import TYPE_CHECKING

from imagelint.testing.loopback import LoopbackServer

if TYPE_CHECKING:
    import pytest


def test_connections_that_come_at_the_end_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[str] = []
    monkeypatch.setattr("sys.unraisablehook", lambda told: left.append(str(told.exc_value)))
    with contextlib.ExitStack() as clients:
        for _ in range(20):
            with LoopbackServer() as server:
                host, _, port = server.host.partition(":")
                clients.enter_context(socket.create_connection((host, int(port))))
        gc.collect()
    assert left == []
