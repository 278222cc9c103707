"""Putting things into a registry that answers in every way but the proper one."""

from __future__ import annotations

import http.server
import threading
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.collect.deadline import Deadline
from imagelint.collect.registry import push as module
from imagelint.collect.registry.polite import Clock
from imagelint.collect.registry.push import PushedBlob, Pusher, Upload
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DATA = b"0123456789"
DIGEST = "sha256:" + "0a" * 32
BEGIN = "/v2/team/app/blobs/uploads/"


class Asked(NamedTuple):
    method: str
    path: str
    body: bytes
    part: str
    authorization: str


Said = tuple[int, dict[str, str]]


class Script:
    """Answers each question in turn as a test says; an answer of 0 hangs up."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: dict[str, list[Said]] = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                part = self.headers.get("Content-Range") or ""
                login = self.headers.get("Authorization") or ""
                body = self.rfile.read(length)
                outer.asked.append(Asked(self.command, self.path, body, part, login))
                status, headers = outer.answers[self.command].pop(0)
                if not status:
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in {"Content-Length": "0", **headers}.items():
                    self.send_header(name, value)
                self.end_headers()

            do_HEAD = do_POST = do_PATCH = do_PUT = do_GET  # noqa: N815 - http.server's names

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"

    def say(self, **answers: list[Said]) -> None:
        self.answers = {"HEAD": [(404, {})], **answers}

    @property
    def sent(self) -> list[tuple[str, str, bytes]]:
        return [(one.method, one.part, one.body) for one in self.asked if one.body]

    @property
    def methods(self) -> list[str]:
        return [one.method for one in self.asked]


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Script]:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    made = Script()
    threading.Thread(target=made.server.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def waits() -> list[float]:
    """The seconds that were waited."""
    return []


@pytest.fixture
def pusher(script: Script, waits: list[float]) -> Callable[[], Pusher]:
    def make() -> Pusher:
        reference = parse_reference(f"{script.host}/team/app")
        assert reference is not None
        clock = Clock(sleep=waits.append, chance=lambda: 1.0)
        return Pusher(reference, "the image", Deadline(), clock=clock)

    return make


def read(start: int, length: int) -> bytes:
    return DATA[start : start + length]


BLOB = PushedBlob(DIGEST, len(DATA), read)
BEGUN = (202, {"Location": f"{BEGIN}1"})


def problem(found: object) -> Problem:
    assert isinstance(found, Problem), found
    assert found.origin == "the image"
    return found


def test_what_is_there_is_not_sent(script: Script, pusher: Callable[[], Pusher]) -> None:
    script.say(HEAD=[(200, {})])
    assert pusher().blob(BLOB) is Upload.THERE
    assert script.methods == ["HEAD"]


def test_a_small_blob_goes_in_one_piece(script: Script, pusher: Callable[[], Pusher]) -> None:
    script.say(POST=[(202, {"Location": f"{BEGIN}1?state=a"})], PUT=[(201, {})])
    assert pusher().blob(BLOB) is Upload.SENT
    assert script.asked[-1].path == f"{BEGIN}1?state=a&digest={DIGEST.replace(':', '%3A')}"
    assert script.sent == [("PUT", "", DATA)]


def test_a_large_one_goes_on_where_the_registry_stands(
    script: Script, pusher: Callable[[], Pusher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 4)
    script.say(
        POST=[BEGUN],
        PATCH=[BEGUN, (0, {}), (202, {}), (202, {"Location": f"{BEGIN}3"})],
        GET=[(204, {"Location": f"{BEGIN}2", "Range": "0-5"})],
        PUT=[(201, {})],
    )
    assert pusher().blob(BLOB) is Upload.SENT
    assert script.sent == [
        ("PATCH", "0-3", b"0123"),
        ("PATCH", "4-7", b"4567"),
        ("PATCH", "6-9", b"6789"),
    ]
    assert script.asked[-1].path.startswith(f"{BEGIN}2?digest=")


@pytest.mark.parametrize("said", ["", "0-x", "5-9", "0-0"])
def test_who_does_not_say_where_he_stands_gets_it_from_the_beginning(
    script: Script, pusher: Callable[[], Pusher], monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setattr(module, "CHUNK", 6)
    begun = [BEGUN] if said == "0-0" else [BEGUN, BEGUN]
    script.say(
        POST=begun,
        PATCH=[(202, {}), (500, {}), (202, {}), (202, {})],
        GET=[(204, {"Range": said})],
        PUT=[(201, {})],
    )
    assert pusher().blob(BLOB) is Upload.SENT
    assert [part for _, part, _ in script.sent] == ["0-5", "6-9", "0-5", "6-9"]


def test_an_upload_that_gets_nowhere_ends(
    script: Script, pusher: Callable[[], Pusher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 6)
    script.say(
        POST=[BEGUN], PATCH=[(503, {})] * 4, GET=[(204, {"Range": "0-0"})] * 4, PUT=[(201, {})]
    )
    assert problem(pusher().blob(BLOB)).kind is ProblemKind.UNREACHABLE
    assert script.methods.count("PATCH") == 4
    assert "PUT" not in script.methods


def test_an_answer_that_got_lost_is_looked_for(
    script: Script, pusher: Callable[[], Pusher]
) -> None:
    script.say(HEAD=[(404, {}), (200, {})], POST=[BEGUN], PUT=[(0, {})])
    assert pusher().blob(BLOB) is Upload.SENT
    assert script.methods == ["HEAD", "POST", "PUT", "HEAD"]


def test_what_is_not_there_then_is_sent_again(script: Script, pusher: Callable[[], Pusher]) -> None:
    script.say(HEAD=[(404, {})] * 5, POST=[BEGUN] * 4, PUT=[(502, {})] * 4)
    assert "502" in problem(pusher().blob(BLOB)).detail
    assert script.methods.count("PUT") == 4


def test_it_waits_as_long_as_it_is_asked_to(
    script: Script, pusher: Callable[[], Pusher], waits: list[float]
) -> None:
    busy = (429, {"Retry-After": "7"})
    script.say(HEAD=[busy, (503, {}), (404, {})], POST=[busy, BEGUN], PUT=[(201, {})])
    assert pusher().blob(BLOB) is Upload.SENT
    assert waits == [7.0, 4.0, 7.0]


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_what_is_refused_is_not_sent_again(
    script: Script, pusher: Callable[[], Pusher], status: int
) -> None:
    script.say(POST=[BEGUN], PUT=[(status, {})])
    found = problem(pusher().blob(BLOB))
    assert str(status) in found.detail
    assert script.methods == ["HEAD", "POST", "PUT"]
    script.say(POST=[(status, {})])
    assert str(status) in problem(pusher().blob(BLOB)).detail


def test_a_repository_that_must_be_made_first_is_told(
    script: Script, pusher: Callable[[], Pusher]
) -> None:
    script.say(POST=[(404, {})])
    found = problem(pusher().blob(BLOB))
    assert (found.kind, "make it first" in found.help) == (ProblemKind.NOT_FOUND, True)


def test_who_may_not_look_does_not_send(script: Script, pusher: Callable[[], Pusher]) -> None:
    script.say(HEAD=[(403, {})])
    assert problem(pusher().blob(BLOB)).kind is ProblemKind.UNAUTHORIZED


@pytest.mark.parametrize("place", ["ftp://somewhere/x", "file:///etc/passwd"])
def test_an_upload_is_not_led_anywhere(
    script: Script, pusher: Callable[[], Pusher], place: str
) -> None:
    script.say(POST=[(202, {"Location": place})])
    assert "nobody can be led" in problem(pusher().blob(BLOB)).detail
    script.say(POST=[BEGUN], PUT=[(307, {"Location": f"{BEGIN}elsewhere"})])
    assert "307" in problem(pusher().blob(BLOB)).detail
    assert script.asked[-1].path.startswith(f"{BEGIN}1")


def test_a_login_is_shown_to_the_registry_alone(
    script: Script, pusher: Callable[[], Pusher], tmp_path: Path
) -> None:
    other = Script()
    threading.Thread(target=other.server.serve_forever, args=(0.05,), daemon=True).start()
    login = f'{{"auths": {{"{script.host}": {{"auth": "bmFtZTpwYXNz"}}}}}}'
    (tmp_path / "config.json").write_text(login)
    asks = (401, {"WWW-Authenticate": 'Basic realm="x"'})
    place = {"Location": f"http://{other.host}/store"}
    script.say(HEAD=[asks, (404, {})], POST=[(202, place)])
    other.say(PUT=[(201, {})])
    try:
        assert pusher().blob(BLOB) is Upload.SENT
    finally:
        other.server.shutdown()
        other.server.server_close()
    assert script.asked[-1].authorization == "Basic bmFtZTpwYXNz"
    assert [one.authorization for one in other.asked] == [""]


def test_a_token_that_ran_out_is_asked_for_anew(
    script: Script, pusher: Callable[[], Pusher], tmp_path: Path
) -> None:
    login = f'{{"auths": {{"{script.host}": {{"auth": "bmFtZTpwYXNz"}}}}}}'
    (tmp_path / "config.json").write_text(login)
    asks = (401, {"WWW-Authenticate": 'Basic realm="x"'})
    script.say(POST=[BEGUN], PUT=[asks, (201, {})])
    assert pusher().blob(BLOB) is Upload.SENT
    assert script.sent == [("PUT", "", DATA)] * 2


def test_what_is_mounted_is_not_sent(script: Script, pusher: Callable[[], Pusher]) -> None:
    script.say(POST=[(201, {})])
    assert pusher().blob(BLOB, "base/cuda") is Upload.MOUNTED
    assert script.asked[-1].path == f"{BEGIN}?mount={DIGEST}&from=base%2Fcuda"
    script.say(POST=[(403, {}), BEGUN], PUT=[(201, {})])
    assert pusher().blob(BLOB, "base/cuda") is Upload.SENT


def test_pieces_are_as_long_as_the_registry_wants(
    script: Script, pusher: Callable[[], Pusher], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 4)
    for said, parts in (("8", ["0-7", "8-9"]), ("x", ["0-3", "4-7", "8-9"])):
        script.asked.clear()
        begun = (202, {"Location": f"{BEGIN}1", "OCI-Chunk-Min-Length": said})
        script.say(POST=[begun], PATCH=[(202, {})] * 3, PUT=[(201, {})])
        assert pusher().blob(BLOB) is Upload.SENT
        assert [part for _, part, _ in script.sent] == parts


def test_a_manifest_by_its_digest_is_put_again_and_a_tag_is_not(
    script: Script, pusher: Callable[[], Pusher]
) -> None:
    script.say(PUT=[(503, {}), (201, {})])
    assert pusher().manifest(DIGEST, "a/b", b"{}") is None
    script.say(PUT=[(503, {}), (201, {})])
    assert problem(pusher().tag("v1", "a/b", b"{}")).kind is ProblemKind.UNREACHABLE
    script.say(PUT=[(429, {}), (201, {})])
    assert pusher().tag("v1", "a/b", b"{}") is None
    script.say(PUT=[(400, {})])
    assert "400" in problem(pusher().manifest(DIGEST, "a/b", b"{}")).detail


def test_an_upload_ends_when_the_time_is_over(script: Script) -> None:
    reference = parse_reference(f"{script.host}/team/app")
    assert reference is not None
    now = [0.0]
    deadline = Deadline(1)
    clock = Clock(sleep=lambda _seconds: now.append(1.0), chance=lambda: 1.0)
    script.say(HEAD=[(503, {})] * 9)
    pusher = Pusher(reference, "the image", deadline, clock=clock)
    object.__setattr__(deadline, "_end", 0.0)
    assert problem(pusher.blob(BLOB)).kind is ProblemKind.TIMED_OUT
    assert len(now) == 1
