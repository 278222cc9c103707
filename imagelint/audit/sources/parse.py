"""From what the user names to the sources that list images."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.audit.sources.api import Api, base_of
from imagelint.audit.sources.cluster import PodsSource
from imagelint.audit.sources.folders import LAYOUT, FilesSource, LayoutSource
from imagelint.audit.sources.lists import ReferenceList
from imagelint.audit.sources.platforms import (
    PlatformSource,
    of_github,
    of_gitlab,
    of_harbor,
    of_quay,
)
from imagelint.audit.sources.registry import CatalogSource, RepositorySource
from imagelint.audit.targets import target_of
from imagelint.collect import environment
from imagelint.collect.read import read_bytes
from imagelint.collect.registry.credentials import login_for
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem
from imagelint.documents.image.jsonview import read_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.audit.inspection import Registries
    from imagelint.audit.sources.model import Source

_STDIN = "standard input"
_FORMS = (
    "write `registry://HOST`, `repository://HOST/NAME`, `harbor://HOST[/PROJECT]`,"
    " `quay://HOST/NAMESPACE`, `gitlab://HOST/PROJECT`, `ghcr://OWNER`, `oci:FOLDER`, a folder of"
    " manifests, a file with one reference a line, a reference, or `-` for standard input"
)
_LOGIN_SECONDS = 30.0
_GITHUB = "https://api.github.com"


def source_name(text: str) -> str:
    """How a source that the user names is called in the store."""
    return _STDIN if text == "-" else text


class SourceReader:
    """Reads what the user names. `stdin` gives standard input, once."""

    def __init__(
        self, registries: Registries, wanted: Callable[[str], bool], stdin: Callable[[], bytes]
    ) -> None:
        self._registries = registries
        self._wanted = wanted
        self._stdin = stdin

    def read(self, text: str) -> Source:
        """The source that a text names.

        Raises:
            UsageError: it names none, or cannot be read.
        """
        scheme, colon, rest = text.partition("://")
        if colon and scheme in _SCHEMES and rest.strip("/"):
            return _SCHEMES[scheme](self, text, rest.strip("/"))
        if text == "-":
            return self._given(_STDIN, self._stdin())
        if text.startswith(LAYOUT):
            return LayoutSource(text, text.removeprefix(LAYOUT))
        if os.path.isfile(text):
            data = read_bytes(text, text)
            if isinstance(data, Problem):
                raise UsageError(Diagnostic(f"`{text}` {data.detail}", help=data.help))
            return self._given(text, data)
        if os.path.isdir(text):
            layout = os.path.isfile(os.path.join(text, "oci-layout"))
            return LayoutSource(text, text) if layout else FilesSource(text, text)
        if target_of(text) is not None:
            return ReferenceList(text, [text])
        raise UsageError(Diagnostic(f"`{text}` is no source of images", help=_FORMS))

    def _given(self, name: str, data: bytes) -> Source:
        """A list of references, or pods as `kubectl get pods -o json` gives them.

        Raises:
            UsageError: it is JSON, and no pods.
        """
        text = data.decode("utf-8", "replace")
        if not text.lstrip().startswith("{"):
            return ReferenceList(name, text.splitlines())
        view = read_json(text)
        if isinstance(view, str) or not (view["items"].is_array or view["spec"].is_object):
            why = view if isinstance(view, str) else "is JSON, and no list of pods"
            help_ = "give what `kubectl get pods -A -o json` says, or one reference a line"
            raise UsageError(Diagnostic(f"{name} {why}", help=help_))
        return PodsSource(name, view)

    def registry(self, name: str, host: str) -> Source:
        """A whole registry."""
        return CatalogSource(name, host, self._registries, self._wanted)

    def repository(self, name: str, path: str) -> Source:
        """One repository.

        Raises:
            UsageError: that is no name of one.
        """
        reference = parse_reference(path)
        if reference is None or reference.tag or reference.digest:
            help_ = "write `repository://HOST/NAME`; `--tag` chooses among its tags"
            raise UsageError(Diagnostic(f"`{path}` is no repository", help=help_))
        return RepositorySource(name, reference, self._registries)

    def harbor(self, name: str, path: str) -> Source:
        """A project of Harbor, or all of them."""
        host, _, project = path.partition("/")
        login = login_for(host, project or "library", _LOGIN_SECONDS)
        api = self._api(name, base_of(host), login.basic, f"log in: `docker login {host}`")
        return PlatformSource(name, lambda: of_harbor(api, host, project))

    def quay(self, name: str, path: str) -> Source:
        """A namespace of Quay."""
        host, _, namespace = path.partition("/")
        api = self._api(name, base_of(host), *_token("QUAY_TOKEN"))
        return PlatformSource(name, lambda: of_quay(api, host, namespace))

    def gitlab(self, name: str, path: str) -> Source:
        """A project or a group of GitLab."""
        host, _, project = path.partition("/")
        api = self._api(name, base_of(host), *_token("GITLAB_TOKEN"))
        return PlatformSource(name, lambda: of_gitlab(api, project))

    def github(self, name: str, owner: str) -> Source:
        """The packages of an owner at GitHub; `GITHUB_API_URL` names another server's API."""
        base = environment.variable("GITHUB_API_URL") or _GITHUB
        api = self._api(name, base, *_token("GITHUB_TOKEN"))
        return PlatformSource(name, lambda: of_github(api, "ghcr.io", owner))

    def _api(self, name: str, base: str, authorization: str, help_: str) -> Api:
        return Api(name, base, self._registries.ask, authorization, help_)


def _token(variable: str) -> tuple[str, str]:
    """What is shown of a token that a variable holds, and what helps where it is refused."""
    token = environment.variable(variable)
    return (f"Bearer {token}" if token else "", f"set {variable} to a token that may list images")


_SCHEMES: dict[str, Callable[[SourceReader, str, str], Source]] = {
    "registry": SourceReader.registry,
    "repository": SourceReader.repository,
    "harbor": SourceReader.harbor,
    "quay": SourceReader.quay,
    "gitlab": SourceReader.gitlab,
    "ghcr": SourceReader.github,
}
