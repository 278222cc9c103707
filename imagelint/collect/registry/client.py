"""Read manifests, small blobs and referrers from a registry.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md. What has a digest is believed
only if it has that digest. An answer that is none (429, 5xx, half a body) is a problem, never
"there is nothing": only 404 says that.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imagelint.collect.registry.credentials import NOBODY, login_for
from imagelint.collect.registry.transport import Question, Response, TransportError, ask, stream
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import plain, read_json
from imagelint.documents.image.manifest import (
    DOCKER_INDEX,
    DOCKER_MANIFEST,
    INDEX,
    MANIFEST,
    Descriptor,
    descriptors,
    is_digest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.registry.credentials import Login
    from imagelint.core.reference import ImageReference

MANIFESTS = f"{INDEX}, {DOCKER_INDEX}, {MANIFEST}, {DOCKER_MANIFEST}"
LARGEST_BLOB = 16 * 1024 * 1024
"""Bytes of what is read whole: configurations and signatures, never layers."""

_SECONDS = 60.0
_MOST_PAGES = 20
_MOST_TAG_PAGES = 50
_TAGS_OF_A_PAGE = 1_000
_NO_SUCH_LISTING = frozenset((400, 404, 405, 406))
_HUB, _HUB_HOST = "docker.io", "registry-1.docker.io"
_CHALLENGE = pattern(r'(?<![a-z_])([a-z_]++)="([^"]*)"')
_NEXT = pattern(r'<([^<>]+)>\s*;\s*rel="?next"?')
_LOCAL = pattern(
    r"(localhost|127(\.\d+){3}|\[::1\]|10(\.\d+){3}|192\.168(\.\d+){2}"
    r"|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|[^:]+\.local(host)?)(:\d+)?"
)
"""Where other tools speak without TLS as well."""


class Stored(NamedTuple):
    """Something of a registry: its digest, and its bytes, which have it."""

    digest: str
    data: bytes


class Client:
    """One repository of a registry. Every method gives a problem where nobody can tell."""

    def __init__(self, reference: ImageReference, origin: str, deadline: Deadline) -> None:
        self._registry = reference.registry
        self._repository = reference.repository
        self._host = _HUB_HOST if reference.registry == _HUB else reference.registry
        self._schemes = ["https", "http"] if _LOCAL.fullmatch(self._host) else ["https"]
        self._origin = origin
        self._deadline = deadline
        self._authorization = ""
        self._login: Login | None = None

    def manifest(self, name: str) -> Stored | Problem:
        """The manifest or index under a tag or a digest."""
        answer = self._get(f"manifests/{name}", MANIFESTS)
        return answer if isinstance(answer, Problem) else self._stored(answer, name)

    def blob(self, digest: str) -> Stored | Problem:
        """A small blob."""
        answer = self._get(f"blobs/{digest}", "*/*")
        return answer if isinstance(answer, Problem) else self._stored(answer, digest)

    def layer(self, digest: str) -> Iterator[bytes]:
        """The pieces of a large blob, unchecked.

        Raises:
            TransportError: it cannot be had, or not whole.
        """
        # A small question first finds out the scheme and the login.
        if not self._authorization:
            self._ask("tags/list?n=1", "application/json")
        seconds = self._deadline.left(_SECONDS)
        url = f"{self._schemes[0]}://{self._host}/v2/{self._repository}/blobs/{digest}"
        return stream(Question(url, "*/*", self._authorization, seconds=seconds))

    def referrers(self, digest: str) -> tuple[Descriptor, ...] | Problem:
        """What refers to a digest: as the registry lists it, else as its tag for that does."""
        found: list[Descriptor] = []
        path = f"referrers/{digest}"
        for page in range(_MOST_PAGES):
            answer = self._ask(path, INDEX)
            if isinstance(answer, Problem):
                return answer
            if not page and answer.status in _NO_SUCH_LISTING:
                return self._tagged(digest)
            entries = self._entries(answer)
            if isinstance(entries, Problem):
                return entries
            found += entries
            following = _NEXT.search(answer.headers.get("link", ""))
            if following is None:
                return tuple(found)
            path = f"referrers/{digest}?{urlsplit(following[1]).query}"
        detail = f"the registry lists more than {_MOST_PAGES} pages of referrers"
        return Problem(ProblemKind.TOO_LARGE, self._origin, detail)

    def tags(self) -> tuple[str, ...] | Problem:
        """All tags of the repository, as the registry lists them."""
        found: list[str] = []
        path = f"tags/list?n={_TAGS_OF_A_PAGE}"
        for _ in range(_MOST_TAG_PAGES):
            answer = self._get(path, "application/json")
            if isinstance(answer, Problem):
                return answer
            view = read_json(answer.body.decode("utf-8", "replace"))
            if isinstance(view, str):
                detail = "the registry's list of tags is no JSON"
                return Problem(ProblemKind.UNPARSABLE, self._origin, detail)
            found += view["tags"].texts()
            if len(found) > _MOST_TAG_PAGES * _TAGS_OF_A_PAGE:
                break
            following = _NEXT.search(answer.headers.get("link", ""))
            if following is None:
                return tuple(found)
            path = f"tags/list?{urlsplit(following[1]).query}"
        detail = f"the registry lists more than {_MOST_TAG_PAGES * _TAGS_OF_A_PAGE:,} tags"
        return Problem(ProblemKind.TOO_LARGE, self._origin, detail)

    def _tagged(self, digest: str) -> tuple[Descriptor, ...] | Problem:
        answer = self._ask(f"manifests/{digest.replace(':', '-')}", INDEX)
        if isinstance(answer, Problem):
            return answer
        return () if answer.status == 404 else self._entries(answer)  # noqa: PLR2004 - not found

    def _entries(self, answer: Response) -> tuple[Descriptor, ...] | Problem:
        if answer.status != 200:  # noqa: PLR2004 - OK
            return self._refusal(answer)
        view = read_json(answer.body.decode("utf-8", "replace"))
        if isinstance(view, str) or not view["manifests"].is_array:
            detail = "the registry's list of referrers is no index"
            return Problem(ProblemKind.UNPARSABLE, self._origin, detail)
        return descriptors(view)

    def _stored(self, answer: Response, name: str) -> Stored | Problem:
        algorithm, _, encoded = name.partition(":")
        if not is_digest(name):
            algorithm, encoded = "sha256", ""
        found = hashlib.new(algorithm, answer.body).hexdigest()
        if encoded and found != encoded:
            detail = f"the registry gave something else for {name}: it has the digest {found}"
            return Problem(ProblemKind.UNPARSABLE, self._origin, detail)
        return Stored(f"{algorithm}:{found}", answer.body)

    def _get(self, path: str, accept: str) -> Response | Problem:
        answer = self._ask(path, accept)
        if isinstance(answer, Response) and answer.status != 200:  # noqa: PLR2004 - OK
            return self._refusal(answer)
        return answer

    def _ask(self, path: str, accept: str) -> Response | Problem:
        """The answer of whatever status, asked again with a login when one is wanted."""
        answer = self._send(path, accept)
        if isinstance(answer, Problem) or answer.status != 401:  # noqa: PLR2004 - unauthorized
            return answer
        granted = self._granted(answer.headers.get("www-authenticate", ""))
        if isinstance(granted, Problem):
            return granted
        if not granted or granted == self._authorization:
            return answer
        self._authorization = granted
        return self._send(path, accept)

    def _send(self, path: str, accept: str) -> Response | Problem:
        while True:
            scheme = self._schemes[0]
            url = f"{scheme}://{self._host}/v2/{self._repository}/{path}"
            answer = self._exchange(Question(url, accept, self._authorization, most=LARGEST_BLOB))
            if not isinstance(answer, TransportError):
                return answer
            if answer.tls and len(self._schemes) > 1:
                self._schemes.pop(0)
                continue
            return self._unreachable(answer)

    def _exchange(self, question: Question) -> Response | TransportError:
        seconds = self._deadline.left(_SECONDS)
        try:
            return ask(question._replace(seconds=seconds))
        except TransportError as error:
            return error

    def _granted(self, challenge: str) -> str | Problem:
        """What to show after a refusal: name and password, or the token that they get us."""
        if self._login is None:
            left = self._deadline.left(_SECONDS)
            self._login = login_for(self._registry, self._repository, left)
        login = self._login
        if login.bearer:
            return f"Bearer {login.bearer}"
        start = challenge.lower().find("bearer ")
        if start < 0:
            return login.basic
        said = dict(_CHALLENGE.findall(challenge[start:]))
        realm = said.get("realm", "")
        local = _LOCAL.fullmatch(urlsplit(realm).netloc) and self._schemes[-1] == "http"
        if not (realm.startswith("https://") or (realm.startswith("http://") and local)):
            return ""
        return self._token(realm, said, login)

    def _token(self, realm: str, said: dict[str, str], login: Login) -> str | Problem:
        scope = said.get("scope") or f"repository:{self._repository}:pull"
        service = said.get("service", "")
        wishes = (*((("service", service),) if service else ()), ("scope", scope))
        if login.refresh:
            grant = ("grant_type", "refresh_token"), ("refresh_token", login.refresh)
            question = Question(realm, form=(*grant, ("client_id", "imagelint"), *wishes))
        else:
            from urllib.parse import urlencode

            mark = "&" if "?" in realm else "?"
            question = Question(f"{realm}{mark}{urlencode(wishes)}", authorization=login.basic)
        answer = self._exchange(question)
        if isinstance(answer, TransportError):
            return self._unreachable(answer)
        if answer.status != 200:  # noqa: PLR2004 - OK
            return self._refusal(answer)
        view = read_json(answer.body.decode("utf-8", "replace"))
        token = "" if isinstance(view, str) else view["token"].raw or view["access_token"].raw
        return f"Bearer {token}" if token else ""

    def _unreachable(self, error: TransportError) -> Problem:
        if self._deadline.passed:
            return self._deadline.problem(self._origin, plain(redact(str(error))))
        detail = f"the registry cannot be reached: {plain(redact(str(error)))}"
        help_ = "see whether the name is right and the network, proxy and certificates allow it"
        return Problem(ProblemKind.UNREACHABLE, self._origin, detail, help_)

    def _refusal(self, answer: Response) -> Problem:
        said = _said(answer)
        match answer.status:
            case 401 | 403:
                login = "" if self._login in (None, NOBODY) else " with the login that is there"
                kind, why = ProblemKind.UNAUTHORIZED, f"the registry refuses access{login}"
                help_ = "log in with `docker login`, or name a folder with logins in DOCKER_CONFIG"
            case 404:
                kind, why = ProblemKind.NOT_FOUND, "there is no such image in the registry"
                help_ = "see whether the name, tag or digest is right and the push has finished"
            case 429:
                kind = ProblemKind.UNREACHABLE
                why = "the registry answers no more for now: too many requests"
                help_ = "log in, use a mirror, or try again later"
            case _:
                kind = ProblemKind.UNREACHABLE
                why, help_ = "the registry gives no proper answer", "try again later"
        return Problem(kind, self._origin, f"{why} ({answer.status}{said})", help_)


def _said(answer: Response) -> str:
    """The first error in the answer's own words."""
    view = read_json(answer.body.decode("utf-8", "replace"))
    if isinstance(view, str):
        return ""
    for error in view["errors"].items():
        words = ": ".join(part for part in (error["code"].text, error["message"].text) if part)
        return f" {redact(words)[:200]}" if words else ""
    return ""
