"""Images of a daemon: of a real podman, and of sockets that answer in every wrong way."""

from __future__ import annotations

import itertools
import json
import os
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.images.local import LocalImages
from imagelint.collect.images.unixsocket import SocketError, stream_socket
from imagelint.core.report import Problem, ProblemKind
from imagelint.testing.archives import Tar, docker_archive, oci_archive
from imagelint.testing.images import Image, Layout
from tools.lab.podman import PROVIDED, Podman

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from imagelint.documents.image.image import ImageTarget

NAME = "docker-daemon:localhost/app:v1"
IMAGE = Image(({"a": "1"}, {"b": "2"}), user="app")
ID = "sha256:" + "ab" * 32


def resolved(text: str = NAME) -> ImageTarget | Problem:
    with LocalImages(text, NEVER) as local:
        found = local.resolve()
    if isinstance(found, Problem):
        return found
    (target,) = found
    return target


def problem(text: str = NAME) -> Problem:
    found = resolved(text)
    assert isinstance(found, Problem)
    return found


@pytest.fixture(scope="module")
def podman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Podman]:
    if not PROVIDED.is_dir():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no podman: run `make tools`")
    folder = tmp_path_factory.mktemp("podman")
    Layout(folder / "layout").add(IMAGE)
    with Podman(folder / "root") as started:
        started.load(docker_archive(folder / "layout", ("localhost/app:v1",)))
        yield started


def test_an_image_of_podman_is_read_over_its_socket(
    podman: Podman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{podman.socket}")
    target = resolved()
    assert not isinstance(target, Problem), target
    assert target.config is not None
    assert target.config.user == "app"
    assert target.identity.computed
    assert target.identity.pinned == f"{NAME}@{target.digest}"
    by_id = resolved(f"docker-daemon:{target.identity.config.removeprefix('sha256:')[:20]}")
    assert not isinstance(by_id, Problem), by_id
    assert by_id.digest == target.digest


def test_an_image_that_podman_has_not_is_not_found(
    podman: Podman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{podman.socket}")
    found = problem("docker-daemon:localhost/none:v1")
    assert found.kind is ProblemKind.NOT_FOUND
    assert "has no image `localhost/none:v1`" in found.detail


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Let a socket answer by script: one answer for each connection, in their order."""
    path = str(tmp_path / "d.sock")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    threads = []

    def serve(*answers: bytes | Iterable[bytes]) -> None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        listener.listen()

        def work() -> None:
            for answer in answers:
                peer, _ = listener.accept()
                with peer, suppress(OSError):
                    peer.recv(65536)
                    for piece in (answer,) if isinstance(answer, bytes) else answer:
                        peer.sendall(piece)
            listener.close()

        threads.append(threading.Thread(target=work, daemon=True))
        threads[-1].start()

    yield serve
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def http(body: bytes, status: str = "200 OK", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n\r\n".encode() + body


FOUND = http(json.dumps({"Id": ID}).encode())


def test_what_is_sent_must_be_what_was_said(daemon: Callable[..., None], tmp_path: Path) -> None:
    Layout(tmp_path / "layout").add(IMAGE)
    daemon(FOUND, http(oci_archive(tmp_path / "layout")))
    found = problem()
    assert found.kind is ProblemKind.UNPARSABLE
    assert found.detail == f"the daemon sent another image than {ID}"


@pytest.mark.parametrize("platforms", [("amd64",), ("amd64", "arm64")])
def test_the_id_may_be_that_of_manifest_index_or_configuration(
    daemon: Callable[..., None], tmp_path: Path, platforms: tuple[str, ...]
) -> None:
    images = [IMAGE._replace(architecture=name) for name in platforms]
    digest = Layout(tmp_path / "layout").add_index(images)
    archive = http(oci_archive(tmp_path / "layout"))
    daemon(http(json.dumps({"Id": digest}).encode()), archive)
    with LocalImages(NAME, NEVER) as local:
        found = local.resolve()
    assert not isinstance(found, Problem), found
    assert {one.digest for one in found} == {digest}
    assert len(found) == len(platforms)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ((b"nonsense\r\n\r\n",), "cannot be reached"),
        ((http(b"{}", "500 Broken"),), "gives no proper answer (500 )"),
        ((http(b'{"message": "no"}', "500 Broken"),), "gives no proper answer (500 no)"),
        ((http(b"["),), "gives no proper answer"),
        ((http(b" " * (5 << 20)),), "has more than"),
        ((FOUND, http(b"no room", "500 Broken")), "500 no room"),
        ((FOUND, http(Tar().file("x").bytes(), length=99999)), "cut"),
        ((FOUND, b""), "the daemon at"),
        ((FOUND, http(b"")), "neither an OCI archive nor"),
    ],
)
def test_what_is_no_answer_is_a_problem(
    daemon: Callable[..., None], answers: tuple[bytes, ...], said: str
) -> None:
    daemon(*answers)
    assert said in problem().detail


def dripping(answer: bytes) -> Iterator[bytes]:
    """An answer that begins, and then goes on byte by byte for ever."""
    yield answer
    while True:
        time.sleep(0.05)
        yield b" "


CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "answers",
    [
        (dripping(http(b"{", length=9999)),),
        (dripping(b"HTTP/1.1 200 OK\r\nX: "),),
        (dripping(CLOSING),),
        ((b"HTTP/1.1 100 Continue\r\n\r\n" for _ in itertools.count()),),
        (FOUND, dripping(http(b"", length=9999))),
        (FOUND, dripping(CLOSING)),
    ],
)
def test_a_daemon_that_drips_is_not_waited_for(
    daemon: Callable[..., None], answers: tuple[bytes | Iterable[bytes], ...]
) -> None:
    daemon(*answers)
    with LocalImages(NAME, Deadline(0.3)) as local:
        found = local.resolve()
    assert isinstance(found, Problem)
    assert found.kind is ProblemKind.TIMED_OUT


def test_a_silent_daemon_is_not_waited_for_when_no_time_is_left(here: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.bind("silent.sock")
        silent.listen()
        began = time.monotonic()
        with pytest.raises(SocketError):
            next(stream_socket("silent.sock", "/", 5.0, 0.0))
    assert time.monotonic() - began < 3


def test_other_hosts_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    found = problem()
    assert "only sockets of this machine are asked" in found.detail
    assert "docker save" in found.help


def test_without_a_socket_it_says_where_it_looked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    found = problem()
    assert found.kind is ProblemKind.UNREACHABLE
    for path in ("/var/run/docker.sock", f"{tmp_path}/podman/podman.sock"):
        assert path in found.detail


def test_containerd_alone_is_told_the_way_round(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = str(tmp_path / "c.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        monkeypatch.setattr("imagelint.collect.images.daemon._CONTAINERD", (path,))
        monkeypatch.delenv("DOCKER_HOST", raising=False)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        monkeypatch.setenv("HOME", str(tmp_path))
        found = problem()
    assert "there is containerd" in found.detail
    assert "images export" in found.help
