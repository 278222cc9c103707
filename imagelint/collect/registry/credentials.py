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
_HAS_NONE = "credentials not found"
"""https://github.com/docker/docker-credential-helpers/blob/master/credentials/error.go"""
_TOKEN_USER = "<token>"  # noqa: S105 - the name under which helpers give tokens


class Login(NamedTuple):
    """Name and password, or a token to get others with (`refresh`), or one to show (`bearer`).

    `fault` is why there is none of them, where there was to be one: nothing of what a helper said.
    """

    user: str = ""
    password: str = ""
    refresh: str = ""
    bearer: str = ""
    fault: str = ""

    @property
    def is_there(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.user or self.refresh or self.bearer)

    @property
    def basic(self) -> str:
        """The header's value for name and password; empty without them."""
        if not self.user:
            return ""
        return f"Basic {base64.b64encode(f'{self.user}:{self.password}'.encode()).decode()}"


NOBODY = Login()


def login_for(registry: str, repository: str, seconds: float) -> Login:
    """The login for a repository; nobody's when there is none, or none that can be read."""
    faults: list[str] = []
    for path in _files():
        data = read_bytes(path, path)
        if isinstance(data, Problem):
            faults += [f"`{path}` cannot be read"] if os.path.lexists(path) else []
            continue
        view = read_json(data.decode("utf-8", "replace"))
        if isinstance(view, str):
            faults.append(f"`{path}` {view}")
            continue
        found = _from(view, registry, repository, seconds)
        if found.is_there:
            return found
        faults += [found.fault] if found.fault else []
    return Login(fault="; ".join(faults))


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
        if found.is_there:
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
        return Login(fault="a credential helper has a name that no program has")
    limits = ProcessLimits(min(seconds, _HELPER_SECONDS))
    program = f"docker-credential-{helper}"
    request = ProcessRequest(program, ("get",), name, limits, credentials=True, standard_input=name)
    completed = run(request)
    if isinstance(completed, Problem):
        return Login(fault=f"`{program}`: {completed.detail}")
    if completed.code:
        has_none = _HAS_NONE in f"{completed.stdout}{completed.stderr}".lower()
        return Login(fault="" if has_none else f"`{program}` ended with {completed.code}")
    view = read_json(completed.stdout)
    user = "" if isinstance(view, str) else view["Username"].raw
    secret = "" if isinstance(view, str) else view["Secret"].raw
    if not (user and secret):
        return Login(fault=f"`{program}` gave no login that can be read")
    return Login(refresh=secret) if user == _TOKEN_USER else Login(user, secret)
