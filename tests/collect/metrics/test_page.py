from __future__ import annotations

import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.metrics.endpoint import TOKEN, Endpoint, endpoint, refusal
from imagelint.collect.metrics.page import read_page
from imagelint.collect.registry.transport import Response
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.metrics import exposition
from tools.lab.serving import Pages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = frozenset({"nv_x"})


def problem_of(place: str, seconds: float = 10.0) -> Problem:
    found = read_page(place, NAMES, seconds)
    assert isinstance(found, Problem)
    return found


def test_a_page_is_read_at_its_address() -> None:
    with Pages({"/metrics": lambda: "nv_x 1\nother 2\n"}) as pages:
        found = read_page(f"{pages.url}/metrics", NAMES, 10)
        ((_, headers),) = pages.asked
    assert not isinstance(found, Problem)
    assert [sample.value for sample in found] == [1]
    assert "Authorization" not in headers
    assert "text/plain" in headers["Accept"]


def test_a_page_is_read_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("nv_x 1\n", encoding="utf-8")
    found = read_page(str(path), NAMES, 10)
    assert not isinstance(found, Problem)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("status", "headers", "kind", "said"),
    [
        (404, {}, ProblemKind.NOT_FOUND, "status 404"),
        (401, {}, ProblemKind.UNAUTHORIZED, "status 401"),
        (503, {}, ProblemKind.UNREACHABLE, "status 503"),
        (302, {"Location": "/nowhere"}, ProblemKind.NOT_FOUND, "status 404"),
        (
            302,
            {"Location": "http://127.0.0.1:1/metrics"},
            ProblemKind.UNREACHABLE,
            "leads on to http://127.0.0.1:1, which is not followed",
        ),
        (
            307,
            {"Location": "https://elsewhere.test/metrics"},
            ProblemKind.UNREACHABLE,
            "leads on to https://elsewhere.test, which is not followed",
        ),
        (302, {}, ProblemKind.UNREACHABLE, "leads on to nowhere"),
        (302, {"Location": "http://[::1/"}, ProblemKind.UNREACHABLE, ""),
    ],
)
def test_what_is_no_page_is_told(
    status: int, headers: dict[str, str], kind: ProblemKind, said: str
) -> None:
    with Pages({"/metrics": lambda: (status, headers, "no")}) as pages:
        found = problem_of(f"{pages.url}/metrics")
    assert found.kind is kind
    assert said in found.detail


def test_within_one_host_a_page_may_lead_on() -> None:
    moved = (301, {"Location": "/metrics/"}, "")
    with Pages({"/metrics": lambda: moved, "/metrics/": lambda: "nv_x 3\n"}) as pages:
        found = read_page(f"{pages.url}/metrics", NAMES, 10)
    assert not isinstance(found, Problem)


def test_nobody_there_is_told() -> None:
    found = problem_of("http://127.0.0.1:1/metrics")
    assert found.kind is ProblemKind.UNREACHABLE
    assert "Connection refused" in found.detail


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections, and sends a header and then a byte at a time."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while not done.wait(0.05):
                connection.sendall(b"#")

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/metrics"
    done.set()
    thread.join()
    listener.close()


def test_who_answers_byte_by_byte_is_not_waited_for(silent: str) -> None:
    found = problem_of(silent, 0.3)
    assert found.kind is ProblemKind.TIMED_OUT
    assert "--timeout" in found.help


@pytest.mark.parametrize("name", ["MOST_LINES", "_LONGEST_LINE"])
def test_a_huge_page_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(exposition, name, 3)
    with Pages({"/metrics": lambda: "nv_x 1\n" * 100 + "y" * 100}) as pages:
        found = problem_of(f"{pages.url}/metrics")
    assert found.kind is ProblemKind.TOO_LARGE
    assert "more than 3" in found.detail


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    assert problem_of(str(tmp_path / "none")).detail == "no such file"
    assert problem_of(str(tmp_path)).kind is ProblemKind.UNREADABLE
    os.mkfifo(tmp_path / "pipe")
    assert problem_of(str(tmp_path / "pipe")).detail == "not a regular file"


def test_statistics_in_json_are_no_page() -> None:
    with Pages({"/metrics": lambda: '[{"iter": 1}]'}) as pages:
        found = problem_of(f"{pages.url}/metrics")
    assert found.kind is ProblemKind.UNPARSABLE
    assert "/prometheus/metrics" in found.help


def test_credentials_are_sent_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    found = endpoint("https://me:p%40ss@prom.test:9090/base/?token=hidden#top")
    assert isinstance(found, Endpoint)
    assert found.shown == "https://prom.test:9090/base"
    assert found.authorization == "Basic bWU6cEBzcw=="
    assert "pass" not in found.url
    monkeypatch.setenv(TOKEN, "abc")
    token = endpoint("http://prom.test")
    assert isinstance(token, Endpoint)
    assert token.authorization == "Bearer abc"


@pytest.mark.parametrize("address", ["ftp://x/y", "http://", "http://x:99999/", "http://[::1/"])
def test_what_is_no_address_is_told(address: str) -> None:
    assert isinstance(endpoint(address), Problem)
    assert problem_of(address).kind is ProblemKind.UNREACHABLE


@pytest.mark.parametrize(
    "address",
    [
        "http://me:hid/den@prom.test:9090",
        "http://me:12/hidden@prom.test",
        "http://me:12#hidden@prom.test",
        "http://me:hid\u2100den@prom.test",
        "ftp://prom.test/?token=hidden",
        "http://me:hidden@prom.test:99999",
    ],
)
def test_a_password_is_never_shown_of_a_wrong_address(address: str) -> None:
    found = endpoint(address)
    assert isinstance(found, Problem)
    assert "hid" not in f"{found.origin} {found.detail}"


def test_an_address_that_leads_on_to_nothing_readable_is_told() -> None:
    place = Endpoint("http://a.test", "http://a.test")
    found = refusal(place, Response(302, {"location": "http://[::1"}, b""))
    assert "leads on to nowhere" in found.detail
