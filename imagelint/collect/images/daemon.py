"""Images of a docker or podman daemon, by the API of its socket.

https://docs.docker.com/reference/api/engine/version/v1.43/#tag/Image; podman answers the same. The
socket is that of DOCKER_HOST, else the first that is there.
"""

from __future__ import annotations

import math
import os
import stat
from typing import TYPE_CHECKING
from urllib.parse import quote

from imagelint.collect import environment
from imagelint.collect.images.unixsocket import SocketAnswer, SocketError, ask_socket, stream_socket
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import plain, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.collect.deadline import Deadline

_SECONDS = 120.0
_UNIX = "unix://"
_CONTAINERD = ("/run/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock")
_NOT_FOUND = 404
_OK = 200


class DaemonImage(NamedTuple):
    """An image that a daemon has: on which socket, its id (the digest of its configuration)."""

    place: str
    name: str
    identity: str


def find_image(name: str, origin: str, deadline: Deadline) -> DaemonImage | Problem:
    """The image of that name, or why it cannot be had."""
    path = _socket(origin)
    if isinstance(path, Problem):
        return path
    answer: SocketAnswer | SocketError
    try:
        answer = ask_socket(path, f"/images/{_quoted(name)}/json", deadline.left(_SECONDS))
    except SocketError as error:
        answer = error
    if deadline.passed:  # what came until then may look whole
        return deadline.problem(origin, f"the daemon at {path} had not answered")
    if isinstance(answer, SocketError):
        return _unreachable(path, answer, origin)
    view = read_json(answer.body.decode("utf-8", "replace"))
    said = "" if isinstance(view, str) else view["message"].text or view["Id"].text
    if answer.status == _NOT_FOUND:
        help_ = "see `docker images` or `podman images` for what it has"
        detail = f"the daemon at {path} has no image `{name}`"
        return Problem(ProblemKind.NOT_FOUND, origin, detail, help_)
    if answer.status != _OK or isinstance(view, str) or not view["Id"].text:
        detail = f"the daemon at {path} gives no proper answer ({answer.status} {said})"
        return Problem(ProblemKind.UNREACHABLE, origin, detail)
    identity = view["Id"].text
    return DaemonImage(path, name, identity if ":" in identity else f"sha256:{identity}")


def save_image(image: DaemonImage, deadline: Deadline) -> Iterator[bytes]:
    """The pieces of the archive that `docker save` would write; they end at the deadline.

    Raises:
        OSError: the daemon stops answering.
    """
    try:
        target = f"/images/{_quoted(image.name)}/get"
        whole = deadline.left(math.inf)
        yield from stream_socket(image.place, target, _SECONDS, whole)
    except SocketError as error:
        raise OSError(0, f"the daemon at {image.place}: {plain(str(error))}") from None


def _quoted(name: str) -> str:
    """A name as a part of a path: its slashes stay, as the API wants it."""
    return quote(name, safe="/:@")


def _socket(origin: str) -> str | Problem:
    host = environment.variable("DOCKER_HOST")
    if host and not host.startswith(_UNIX):
        detail = f"DOCKER_HOST names `{host}`: only sockets of this machine are asked"
        help_ = "`docker save NAME -o image.tar`, and name `docker-archive:image.tar`"
        return Problem(ProblemKind.UNREACHABLE, origin, detail, help_)
    candidates = (host.removeprefix(_UNIX),) if host else tuple(_usual())
    for path in candidates:
        if _is_socket(path):
            return path
    if not host and any(map(_is_socket, _CONTAINERD)):
        detail = "there is containerd, but neither docker's nor podman's socket"
        help_ = "`ctr -n k8s.io images export image.tar NAME`, and name `oci-archive:image.tar`"
        return Problem(ProblemKind.UNREACHABLE, origin, detail, help_)
    detail = f"there is no socket of a daemon: looked for {', '.join(candidates)}"
    help_ = "start `podman system service`, or name the socket: DOCKER_HOST=unix:///…"
    return Problem(ProblemKind.UNREACHABLE, origin, detail, help_)


def _usual() -> Iterator[str]:
    yield "/var/run/docker.sock"
    if runtime := environment.variable("XDG_RUNTIME_DIR"):
        yield os.path.join(runtime, "docker.sock")
        yield os.path.join(runtime, "podman", "podman.sock")
    yield os.path.join(os.path.expanduser("~"), ".docker", "run", "docker.sock")
    yield "/run/podman/podman.sock"


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(os.stat(path).st_mode)
    except OSError:
        return False


def _unreachable(path: str, error: SocketError, origin: str) -> Problem:
    detail = f"the daemon at {path} cannot be reached: {plain(str(error))}"
    help_ = "see whether it runs and you may use its socket"
    return Problem(ProblemKind.UNREACHABLE, origin, detail, help_)
