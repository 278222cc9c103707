"""The client of registries, against servers that answer in every way."""

from __future__ import annotations

import base64
import http.server
import json
import threading
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.collect.deadline import Deadline
from imagelint.collect.registry import client as module
from imagelint.collect.registry.client import Client, Stored
from imagelint.collect.registry.credentials import NOBODY, Login, login_for
from imagelint.collect.registry.transport import Response
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.manifest import INDEX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Fake = Callable[[str, str], Path]

DIGEST = "sha256:" + "0a" * 32
ENTRY = {"digest": DIGEST, "mediaType": "x", "artifactType": "y"}


class Asked(NamedTuple):
    method: str
    path: str
    authorization: str
    body: str


class Server:
    """Answers each question by what a test says about its path."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.wanted = ""
        self.challenge = ""
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length).decode()
                said = self.headers.get("Authorization") or ""
                outer.asked.append(Asked(self.command, self.path, said, body))
                self._send(*outer.answer(self.path, said))

            do_POST = do_GET  # noqa: N815 - http.server's names

            def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"

    def answer(self, path: str, said: str) -> tuple[int, dict[str, str], bytes]:
        if self.wanted and path.startswith("/v2/") and said != self.wanted:
            return 401, {"WWW-Authenticate": self.challenge}, b""
        missing: tuple[int, dict[str, str], bytes] = (404, {}, b"")
        return self.answers.get(path, missing)

    def say(
        self,
        path: str,
        value: object,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.answers[path] = (status, headers or {}, body)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.delenv("REGISTRY_AUTH_FILE", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    made = Server()
    threading.Thread(target=made.server.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


def client(server: Server, deadline: Deadline | None = None) -> Client:
    reference = parse_reference(f"{server.host}/team/app")
    assert reference is not None
    return Client(reference, "the image", deadline or Deadline())


def problem(found: object) -> Problem:
    assert isinstance(found, Problem), found
    assert found.origin == "the image"
    return found


def config(folder: Path, value: object) -> None:
    (folder / "config.json").write_text(json.dumps(value), encoding="utf-8")


def test_a_manifest_has_the_digest_of_its_bytes(server: Server) -> None:
    digest = f"sha256:{sha256(b'{}').hexdigest()}"
    for name in ("v1", digest, DIGEST):
        server.say(f"/v2/team/app/manifests/{name}", b"{}")
    assert client(server).manifest("v1") == Stored(digest, b"{}")
    assert client(server).manifest(digest) == Stored(digest, b"{}")
    found = problem(client(server).manifest(DIGEST))
    assert found.kind is ProblemKind.UNPARSABLE
    assert "gave something else" in found.detail


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, ProblemKind.UNAUTHORIZED, "the registry refuses access (401 NO: not you)"),
        (403, ProblemKind.UNAUTHORIZED, "the registry refuses access (403"),
        (404, ProblemKind.NOT_FOUND, "no such image"),
        (429, ProblemKind.THROTTLED, "too many requests (429"),
        (500, ProblemKind.UNREACHABLE, "no proper answer (500"),
        (503, ProblemKind.UNREACHABLE, "no proper answer (503"),
        (302, ProblemKind.UNREACHABLE, "no proper answer (302"),
    ],
)
def test_every_status_is_told_apart(
    server: Server, status: int, kind: ProblemKind, words: str
) -> None:
    body = {"errors": [{"code": "NO", "message": "not\x1b[1m you"}]}
    server.say("/v2/team/app/manifests/v1", body, status)
    found = problem(client(server).manifest("v1"))
    assert found.kind is kind
    assert words.replace("not you", "not [1m you") in found.detail


def test_what_is_no_json_says_nothing(server: Server) -> None:
    for body in (b"<html>", b"[]", b'{"errors": [{}]}', b'{"errors": []}'):
        server.say("/v2/team/app/manifests/v1", body, 500)
        assert problem(client(server).manifest("v1")).detail.endswith("(500)")


def test_an_answer_that_is_cut_is_none(server: Server) -> None:
    server.say("/v2/team/app/manifests/v1", b"{}", headers={"Content-Length": "9"})
    assert "cut after 2 of 9 bytes" in problem(client(server).manifest("v1")).detail


def test_an_answer_is_bounded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_BLOB", 10)
    server.say(f"/v2/team/app/blobs/{DIGEST}", b"x" * 11)
    assert "more than 10 bytes" in problem(client(server).blob(DIGEST)).detail


def test_time_is_bounded(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def hang(_path: str, _said: str) -> tuple[int, dict[str, str], bytes]:
        gate.wait(20)
        return 200, {}, b"{}"

    monkeypatch.setattr(server, "answer", hang)
    found = problem(client(server, Deadline(0.3)).manifest("v1"))
    gate.set()
    assert found.kind is ProblemKind.TIMED_OUT
    assert "the 0.3 seconds of this run are over" in found.detail


# Who refers to it


def test_the_listing_is_read_page_by_page(server: Server) -> None:
    path = f"/v2/team/app/referrers/{DIGEST}"
    server.say(path, {"manifests": [ENTRY]}, headers={"Link": f'<{path}?n=1&last=a>; rel="next"'})
    server.say(f"{path}?n=1&last=a", {"manifests": [ENTRY, ENTRY]})
    found = client(server).referrers(DIGEST)
    assert not isinstance(found, Problem)
    assert [one.digest for one in found] == [DIGEST] * 3


def test_a_listing_without_end_is_a_problem(server: Server) -> None:
    path = f"/v2/team/app/referrers/{DIGEST}"
    for page in range(20):
        name = f"{path}?{page}" if page else path
        server.say(name, {"manifests": []}, headers={"Link": f"<{path}?{page + 1}>; rel=next"})
    assert "more than 20 pages" in problem(client(server).referrers(DIGEST)).detail


def test_a_listing_in_a_circle_is_a_problem(server: Server) -> None:
    path = f"/v2/team/app/referrers/{DIGEST}"
    for name in (path, f"{path}?more"):
        server.say(name, {"manifests": []}, headers={"Link": f"<{path}?more>; rel=next"})
    assert "leads back to where it was" in problem(client(server).referrers(DIGEST)).detail


@pytest.mark.parametrize("status", [400, 404, 405, 406])
def test_without_a_listing_there_is_a_tag(server: Server, status: int) -> None:
    server.say(f"/v2/team/app/referrers/{DIGEST}", b"", status)
    assert client(server).referrers(DIGEST) == ()
    server.say(f"/v2/team/app/manifests/sha256-{'0a' * 32}", {"manifests": [ENTRY]})
    found = client(server).referrers(DIGEST)
    assert not isinstance(found, Problem)
    assert len(found) == 1


@pytest.mark.parametrize("status", [401, 403, 429, 500, 501, 503])
def test_a_listing_that_fails_proves_nothing(server: Server, status: int) -> None:
    server.say(f"/v2/team/app/referrers/{DIGEST}", b"", status)
    problem(client(server).referrers(DIGEST))
    server.say(f"/v2/team/app/referrers/{DIGEST}", b"", 404)
    server.say(f"/v2/team/app/manifests/sha256-{'0a' * 32}", b"", status)
    problem(client(server).referrers(DIGEST))


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"manifests": 1}'])
def test_a_listing_that_is_none_proves_nothing(server: Server, body: bytes) -> None:
    server.say(f"/v2/team/app/referrers/{DIGEST}", body)
    found = problem(client(server).referrers(DIGEST))
    assert found.kind is ProblemKind.UNPARSABLE
    assert INDEX in module.MANIFESTS


# Logins

BASIC = f"Basic {base64.b64encode(b'me:secret').decode()}"
AUTH = BASIC.removeprefix("Basic ")


def test_name_and_password_are_shown_when_asked_for(server: Server, tmp_path: Path) -> None:
    server.wanted, server.challenge = BASIC, 'Basic realm="lab"'
    server.say("/v2/team/app/manifests/v1", b"{}")
    found = problem(client(server).manifest("v1"))
    assert (found.kind, found.help[:6]) == (ProblemKind.UNAUTHORIZED, "log in")
    config(tmp_path, {"auths": {server.host: {"auth": AUTH}}})
    asking = client(server)
    assert isinstance(asking.manifest("v1"), Stored)
    assert [one.authorization for one in server.asked[-2:]] == ["", BASIC]
    assert isinstance(asking.manifest("v1"), Stored)
    assert server.asked[-1].authorization == BASIC
    config(tmp_path, {"auths": {server.host: {"auth": base64.b64encode(b"you:x").decode()}}})
    assert "with the login that is there" in problem(client(server).manifest("v1")).detail


def test_a_token_is_fetched_for_the_repository(server: Server, tmp_path: Path) -> None:
    server.wanted = "Bearer abc"
    server.challenge = f'Bearer realm="http://{server.host}/token",service="lab"'
    server.say("/v2/team/app/manifests/v1", b"{}")
    path = "/token?service=lab&scope=repository%3Ateam%2Fapp%3Apull"
    server.say(path, {"token": "abc"})
    assert isinstance(client(server).manifest("v1"), Stored)
    config(tmp_path, {"auths": {server.host: {"username": "me", "password": "secret"}}})
    assert isinstance(client(server).manifest("v1"), Stored)
    assert [one.authorization for one in server.asked if one.path == path] == ["", BASIC]
    server.say(path, b"", 429)
    assert "too many requests" in problem(client(server).manifest("v1")).detail
    for answer in ({}, b"<", {"token": ""}):
        server.say(path, answer)
        assert problem(client(server).manifest("v1")).kind is ProblemKind.UNAUTHORIZED


@pytest.mark.parametrize("head", ["", 'Basic realm="x", '])
def test_a_challenge_may_come_with_others_and_without_a_service(server: Server, head: str) -> None:
    server.wanted = "Bearer abc"
    server.challenge = f'{head}Bearer realm="http://{server.host}/token"'
    server.say("/v2/team/app/manifests/v1", b"{}")
    server.say("/token?scope=repository%3Ateam%2Fapp%3Apull", {"token": "abc"})
    assert isinstance(client(server).manifest("v1"), Stored)


def test_a_refresh_token_gets_another(server: Server, tmp_path: Path) -> None:
    server.wanted = "Bearer abc"
    server.challenge = f'Bearer realm="http://{server.host}/token",service="s",scope="x"'
    server.say("/v2/team/app/manifests/v1", b"{}")
    server.say("/token", {"access_token": "abc"})
    config(tmp_path, {"auths": {server.host: {"identitytoken": "refresh"}}})
    assert isinstance(client(server).manifest("v1"), Stored)
    (asked,) = (one for one in server.asked if one.path == "/token")
    assert asked.method == "POST"
    assert "grant_type=refresh_token&refresh_token=refresh" in asked.body


def test_a_token_of_ones_own_is_shown(server: Server, tmp_path: Path) -> None:
    server.wanted, server.challenge = "Bearer mine", "Bearer"
    server.say("/v2/team/app/manifests/v1", b"{}")
    config(tmp_path, {"auths": {server.host: {"registrytoken": "mine"}}})
    assert isinstance(client(server).manifest("v1"), Stored)


@pytest.mark.parametrize("realm", ["", "file:///etc/passwd", "http://example.test/token"])
def test_a_login_goes_to_no_strange_place(server: Server, tmp_path: Path, realm: str) -> None:
    server.wanted, server.challenge = "Bearer abc", f'Bearer realm="{realm}"'
    config(tmp_path, {"auths": {server.host: {"auth": AUTH}}})
    assert problem(client(server).manifest("v1")).kind is ProblemKind.UNAUTHORIZED


def test_a_login_is_not_carried_to_where_we_are_led(server: Server, tmp_path: Path) -> None:
    server.wanted, server.challenge = BASIC, "Basic"
    config(tmp_path, {"auths": {server.host: {"auth": AUTH}}})
    server.say(f"/v2/team/app/blobs/{DIGEST}", b"", 307, headers={"Location": "/elsewhere"})
    server.say("/elsewhere", b"x")
    problem(client(server).blob(DIGEST))
    assert server.asked[-1][1:3] == ("/elsewhere", "")


def test_logins_stand_in_several_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "auth.json"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert login_for("a.test", "b", 9) == NOBODY == Login()
    assert NOBODY.basic == ""
    (tmp_path / "containers").mkdir()
    (tmp_path / "containers" / "auth.json").write_text(
        json.dumps({"auths": {"a.test/team": {"auth": AUTH}, "a.test": {"auth": "?"}}})
    )
    assert login_for("a.test", "team/app", 9) == Login("me", "secret")
    assert login_for("a.test", "b", 9) == NOBODY
    (tmp_path / "auth.json").write_text("{")
    assert login_for("a.test", "team/app", 9) == Login("me", "secret")
    (tmp_path / "auth.json").write_text(
        json.dumps({"auths": {"https://index.docker.io/v1/": {"auth": AUTH}}})
    )
    assert login_for("docker.io", "library/alpine", 9) == Login("me", "secret")


ECHO = 'print(\'{"Username": "\' + sys.stdin.read() + \'", "Secret": "s"}\')'


@pytest.mark.parametrize(
    ("body", "login"),
    [
        ('print(\'{"Username": "me", "Secret": "s"}\')', Login("me", "s")),
        ('print(\'{"Username": "<token>", "Secret": "s"}\')', Login(refresh="s")),
        (
            'print(\'{"Username": "\' + sys.stdin.read() + \'", "Secret": "s"}\')',
            Login("a.test", "s"),
        ),
        ("print('credentials not found'); sys.exit(1)", NOBODY),
        (
            "print('welcome'); sys.exit(3)",
            Login(fault="`docker-credential-lab` ended with 3"),
        ),
        ("print('{')", Login(fault="`docker-credential-lab` gave no login that can be read")),
        (
            "os.close(0); print('{}')",
            Login(fault="`docker-credential-lab` gave no login that can be read"),
        ),
    ],
)
def test_helpers_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake: Fake, body: str, login: Login
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    fake("docker-credential-lab", body)
    config(tmp_path, {"credHelpers": {"a.test": "lab"}})
    assert login_for("a.test", "team/app", 9) == login
    config(tmp_path, {"credsStore": "lab"})
    assert login_for("a.test", "team/app", 9) == login
    for name in ("../lab", "nosuch"):
        config(tmp_path, {"credsStore": name})
        found = login_for("a.test", "team/app", 9)
        assert found.fault
        assert not found.is_there


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("sys.exit(3)", "`docker-credential-lab` ended with 3"),
        ("print('welcome')", "`docker-credential-lab` gave no login that can be read"),
        ("time.sleep(60)", "`docker-credential-lab`: "),
        ("print('credentials not found in native keychain'); sys.exit(1)", ""),
    ],
)
def test_a_helper_without_an_answer_is_told_where_access_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fake: Fake, body: str, told: str
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    fake("docker-credential-lab", body)
    config(tmp_path, {"credsStore": "lab"})
    reference = parse_reference("a.test/team/app:v1")
    assert reference is not None
    refused = Response(401, {"www-authenticate": 'Basic realm="x"'}, b"")
    client = Client(reference, "x", Deadline(2), by=lambda _question: refused)
    found = client.manifest("v1")
    assert isinstance(found, Problem)
    assert found.kind is ProblemKind.UNAUTHORIZED
    assert found.detail == "the registry refuses access (401)" if not told else told in found.detail
