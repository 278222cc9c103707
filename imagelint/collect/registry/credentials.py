"""The user's logins to registries, as `docker login` and `podman login` leave them.

https://docs.docker.com/reference/cli/docker/login/#credential-stores,
https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md. Helpers are run as
every other program: by the runner, with what it lets them see.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.process import ProcessLimits, ProcessRequest, run
from imagelint.collect.read import read_bytes
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.documents.image.jsonview import read_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.image.jsonview import JsonView

_HELPER = pattern(r"[A-Za-z0-9._-]+")
_HELPER_SECONDS = 30.0
_DOCKER_HUB = "https://index.docker.io/v1/"
_TOKEN_USER = "<token>"  # noqa: S105 - the name under which helpers give tokens


class Login(NamedTuple):
    """Name and password, or a token to get others with (`refresh`), or one to show (`bearer`)."""

    user: str = ""
    password: str = ""
    refresh: str = ""
    bearer: str = ""

    @property
    def basic(self) -> str:
        """The header's value for name and password; empty without them."""
        if not self.user:
            return ""
        return f"Basic {base64.b64encode(f'{self.user}:{self.password}'.encode()).decode()}"


NOBODY = Login()


def login_for(registry: str, repository: str, seconds: float) -> Login:
    """The login for a repository; nobody's when there is none, or none that can be read."""
    for path in _files():
        data = read_bytes(path, path)
        view = "" if isinstance(data, Problem) else read_json(data.decode("utf-8", "replace"))
        if isinstance(view, str):
            continue
        found = _from(view, registry, repository, seconds)
        if found != NOBODY:
            return found
    return NOBODY


def _files() -> Iterator[str]:
    folder = environment.variable("DOCKER_CONFIG") or os.path.join(
        os.path.expanduser("~"), ".docker"
    )
    yield os.path.join(folder, "config.json")
    if named := environment.variable("REGISTRY_AUTH_FILE"):
        yield named
    if runtime := environment.variable("XDG_RUNTIME_DIR"):
        yield os.path.join(runtime, "containers", "auth.json")


def _from(config: JsonView, registry: str, repository: str, seconds: float) -> Login:
    names = tuple(_names(registry, repository))
    for name in names:
        helper = config["credHelpers"][name].text
        if helper:
            return _helped(helper, name, seconds)
    for name in names:
        found = _written(config["auths"][name])
        if found != NOBODY:
            return found
    store = config["credsStore"].text
    return _helped(store, names[-1], seconds) if store else NOBODY


def _names(registry: str, repository: str) -> Iterator[str]:
    """Under which names a login may stand, the closest first."""
    parts = repository.split("/")
    for length in range(len(parts), 0, -1):
        yield f"{registry}/{'/'.join(parts[:length])}"
    yield f"https://{registry}"
    yield registry
    if registry == "docker.io":
        yield "index.docker.io"
        yield _DOCKER_HUB


def _written(entry: JsonView) -> Login:
    if entry["registrytoken"].raw:
        return Login(bearer=entry["registrytoken"].raw)
    if entry["identitytoken"].raw:
        return Login(refresh=entry["identitytoken"].raw)
    try:
        user, _, password = base64.b64decode(entry["auth"].raw).decode().partition(":")
    except (binascii.Error, ValueError):
        return NOBODY
    if user:
        return Login(user, password)
    return Login(entry["username"].raw, entry["password"].raw)


def _helped(helper: str, name: str, seconds: float) -> Login:
    if not _HELPER.fullmatch(helper):
        return NOBODY
    limits = ProcessLimits(min(seconds, _HELPER_SECONDS))
    program = f"docker-credential-{helper}"
    request = ProcessRequest(program, ("get",), name, limits, credentials=True, standard_input=name)
    completed = run(request)
    if isinstance(completed, Problem) or completed.code:
        return NOBODY
    view = read_json(completed.stdout)
    if isinstance(view, str):
        return NOBODY
    user, secret = view["Username"].raw, view["Secret"].raw
    return Login(refresh=secret) if user == _TOKEN_USER else Login(user, secret)
