"""Connections that stay open."""

from __future__ import annotations

import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.registry import transport
from imagelint.collect.registry.connections import Connections
from imagelint.collect.registry.transport import Question, TransportError
from imagelint.testing.registry import MemoryRegistry, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def registry() -> Iterator[MemoryRegistry]:
    with MemoryRegistry() as running:
        yield running


@pytest.fixture
def connections() -> Iterator[Connections]:
    made = Connections()
    yield made
    made.close()


def asked(registry: MemoryRegistry, path: str = "/a", authorization: str = "") -> Question:
    return Question(f"http://{registry.host}{path}", authorization=authorization, seconds=5)


def test_one_connection_serves_many_questions(
    registry: MemoryRegistry, connections: Connections
) -> None:
    registry.script("/a", Reply(200, b"yes"))
    for _ in range(3):
        assert connections.ask(asked(registry)).body == b"yes"
    assert len(registry.open) == 1


def test_one_that_was_closed_meanwhile_is_opened_again(
    registry: MemoryRegistry, connections: Connections
) -> None:
    registry.script("/a", Reply(200, b"yes"))
    connections.ask(asked(registry))
    for opened in tuple(registry.open):
        registry.loop.call_soon_threadsafe(opened.close)
    while registry.open:
        time.sleep(0.01)
    assert connections.ask(asked(registry)).body == b"yes"


def test_who_is_led_elsewhere_shows_no_login_there(
    registry: MemoryRegistry, connections: Connections
) -> None:
    with MemoryRegistry() as other:
        other.script("/b", Reply(200, b"there"))
        registry.script("/a", Reply(307, headers={"Location": f"http://{other.host}/b"}))
        assert connections.ask(asked(registry, "/a", "Basic x")).body == b"there"
        assert [one.headers.get("authorization") for one in other.log] == [None]
    registry.script("/c", Reply(307, headers={"Location": "/d"}))
    registry.script("/d", Reply(200, b"here"))
    connections.ask(asked(registry, "/c", "Basic x"))
    assert registry.log[-1].headers["authorization"] == "Basic x"


def test_a_head_has_no_body(registry: MemoryRegistry, connections: Connections) -> None:
    registry.script("/a", Reply(200, b"never sent", {"X": "1"}))
    answer = connections.ask(asked(registry)._replace(head=True))
    assert (answer.status, answer.body, answer.headers["x"]) == (200, b"", "1")


def test_who_answers_too_late_is_cut_off(
    registry: MemoryRegistry, connections: Connections
) -> None:
    registry.script("/a", Reply(200, b"x", delay=5))
    with pytest.raises(TransportError, match="did not answer within") as caught:
        connections.ask(asked(registry)._replace(seconds=0.3))
    assert caught.value.late
    with pytest.raises(TransportError, match="did not answer within"):
        connections.ask(asked(registry)._replace(seconds=0))


def test_an_answer_that_is_too_large_or_cut_is_none(
    registry: MemoryRegistry, connections: Connections
) -> None:
    registry.script("/a", Reply(200, b"x" * 100))
    with pytest.raises(TransportError, match="more than 10 bytes") as caught:
        connections.ask(asked(registry)._replace(most=10))
    assert caught.value.large
    registry.script("/a", Reply(200, b"x" * 100, cut=20))
    with pytest.raises(TransportError, match="was cut after") as caught:
        connections.ask(asked(registry))
    assert caught.value.cut


def test_threads_that_begin_together_read_the_authorities_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made, begin = [], threading.Barrier(8)

    def slowly() -> ssl.SSLContext:
        made.append(1)
        time.sleep(0.05)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    def ask() -> ssl.SSLContext:
        begin.wait()
        return transport.tls_context()

    monkeypatch.setattr(ssl, "create_default_context", slowly)
    transport._context.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        found = {future.result() for future in [pool.submit(ask) for _ in range(8)]}
    transport._context.cache_clear()
    assert (len(made), len(found)) == (1, 1)
