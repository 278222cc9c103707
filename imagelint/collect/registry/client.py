"""Read manifests, small blobs and referrers from a registry.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md. What has a digest is believed
only if it has that digest. An answer that is none (429, 5xx, half a body) is a problem, never
"there is nothing": only 404 says that.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imagelint.collect.registry.credentials import NOBODY, login_for
from imagelint.collect.registry.links import link_to_next
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
    from collections.abc import Callable, Iterator

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.registry.credentials import Login
    from imagelint.core.reference import ImageReference
    from imagelint.documents.image.jsonview import JsonView

MANIFESTS = f"{INDEX}, {DOCKER_INDEX}, {MANIFEST}, {DOCKER_MANIFEST}"
CATALOG = "_catalog"
"""Stands for a repository where the list of all repositories is asked for."""

LARGEST_BLOB = 16 * 1024 * 1024
"""Bytes of what is read whole: configurations and signatures, never layers."""

_SECONDS = 60.0
_MOST_PAGES = 20
_MOST_TAG_PAGES = 50
_MOST_CATALOG_PAGES = 10_000
_TAGS_OF_A_PAGE = 1_000
_NO_SUCH_LISTING = frozenset((400, 404, 405, 406))
_HUB, _HUB_HOST = "docker.io", "registry-1.docker.io"
_CHALLENGE = pattern(r'(?<![a-z_])([a-z_]++)="([^"]*)"')
_LOCAL = pattern(
    r"(localhost|127(\.\d+){3}|\[::1\]|10(\.\d+){3}|192\.168(\.\d+){2}"
    r"|172\.(1[6-9]|2\d|3[01])(\.\d+){2}|[^:]+\.local(host)?)(:\d+)?"
)
"""Where other tools speak without TLS as well."""


def host_of(registry: str) -> str:
    """The host that is asked for a registry."""
    return _HUB_HOST if registry == _HUB else registry


def schemes_of(registry: str) -> list[str]:
    """With which schemes a registry is tried, one after the other."""
    return ["https", "http"] if _LOCAL.fullmatch(host_of(registry)) else ["https"]


class Stored(NamedTuple):
    """Something of a registry: its digest, and its bytes, which have it."""

    digest: str
    data: bytes


class Client:
    """One repository of a registry. Every method gives a problem where nobody can tell.

    `by` asks questions; `schemes` may be shared by all clients of one registry: those that are left
    to try.
    """

    def __init__(
        self,
        reference: ImageReference,
        origin: str,
        deadline: Deadline,
        by: Callable[[Question], Response] = ask,
        schemes: list[str] | None = None,
    ) -> None:
        self._registry = reference.registry
        self._repository = reference.repository
        self._host = host_of(reference.registry)
        self._schemes = schemes_of(reference.registry) if schemes is None else schemes
        self._by = by
        self._origin = origin
        self._deadline = deadline
        self._authorization = ""
        self._login: Login | None = None

    def manifest(self, name: str) -> Stored | Problem:
        """The manifest or index under a tag or a digest."""
        answer = self._get(f"manifests/{name}", MANIFESTS)
        return answer if isinstance(answer, Problem) else self._stored(answer, name)

    def digest(self, name: str) -> str | Problem:
        """The digest under a tag, by a question that has no body for an answer.

        Empty where the registry does not tell it so.
        """
        answer = self._ask(f"manifests/{name}", MANIFESTS, head=True)
        if isinstance(answer, Problem):
            return answer
        if answer.status == 405:  # noqa: PLR2004 - method not allowed
            return ""
        if answer.status != 200:  # noqa: PLR2004 - OK
            return self._refusal(answer)
        said = answer.headers.get("docker-content-digest", "")
        return said if is_digest(said) else ""

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
            following = link_to_next(answer.headers)
            if following is None:
                return self._unread("referrers")
            if not following:
                return tuple(found)
            path = f"referrers/{digest}?{urlsplit(following).query}"
        detail = f"the registry lists more than {_MOST_PAGES} pages of referrers"
        return Problem(ProblemKind.TOO_LARGE, self._origin, detail)

    def tags(self) -> tuple[str, ...] | Problem:
        """All tags of the repository, as the registry lists them."""
        found: list[str] = []
        for tag in self.each_tag():
            if isinstance(tag, Problem):
                return tag
            found.append(tag)
        return tuple(found)

    def each_tag(self) -> Iterator[str | Problem]:
        """The tags of the repository while they are listed; a problem ends the list."""
        return self._listed("tags/list", "tags", _MOST_TAG_PAGES)

    def repositories(self) -> Iterator[str | Problem]:
        """The repositories of the whole registry, where it has a catalog; a problem ends the list.

        The repository of this client stands for the catalog: see `CATALOG`.
        """
        return self._listed("", "repositories", _MOST_CATALOG_PAGES)

    def _listed(self, path: str, name: str, most: int) -> Iterator[str | Problem]:
        """What a registry lists, page by page. A page may be short: only its link tells of more."""
        query = f"n={_TAGS_OF_A_PAGE}"
        asked = {query}
        for _ in range(most):
            answer = self._get(f"{path}?{query}", "application/json")
            if isinstance(answer, Problem):
                yield answer
                return
            view = read_json(answer.body.decode("utf-8", "replace"))
            if isinstance(view, str):
                detail = f"the registry's list of {name} is no JSON"
                yield Problem(ProblemKind.UNPARSABLE, self._origin, detail)
                return
            yield from self._names(view, name)
            following = link_to_next(answer.headers)
            if following is None:
                yield self._unread(name)
                return
            if not following:
                return
            query = urlsplit(following).query
            if query in asked:
                detail = f"the registry's list of {name} leads back to where it was"
                yield Problem(ProblemKind.UNPARSABLE, self._origin, detail)
                return
            asked.add(query)
        detail = f"the registry lists more than {most:,} pages of {name}"
        yield Problem(ProblemKind.TOO_LARGE, self._origin, detail)

    def _names(self, page: JsonView, name: str) -> Iterator[str | Problem]:
        """What is listed on a page; null stands for nothing, but what is missing does not."""
        if not (page[name].is_array or (page[name].is_absent and name in dict(page.pairs()))):
            detail = f"the registry's answer is no list of {name}"
            yield Problem(ProblemKind.UNPARSABLE, self._origin, detail)
        for item in page[name].items():
            if item.raw:
                yield item.text
            else:
                detail = f"the registry's list of {name} has something in it that is no name"
                yield Problem(ProblemKind.UNPARSABLE, self._origin, detail)

    def _unread(self, name: str) -> Problem:
        detail = f"the registry's list of {name} goes on where nobody can be led"
        return Problem(ProblemKind.UNPARSABLE, self._origin, detail)

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

    def _ask(self, path: str, accept: str, *, head: bool = False) -> Response | Problem:
        """The answer of whatever status, asked again with a login when one is wanted.

        A token holds for minutes, and what a helper gives for hours: both are asked for anew when
        they are refused.
        """
        answer = self._send(path, accept, head=head)
        for _ in range(2):
            if isinstance(answer, Problem) or answer.status != 401:  # noqa: PLR2004 - unauthorized
                return answer
            kept = self._login is not None
            granted = self._granted(answer.headers.get("www-authenticate", ""))
            if isinstance(granted, Problem):
                if not kept:
                    return granted
            elif granted and granted != self._authorization:
                self._authorization = granted
                answer = self._send(path, accept, head=head)
            if not kept:
                return answer
            self._login = None
        return answer

    def _send(self, path: str, accept: str, *, head: bool = False) -> Response | Problem:
        while True:
            scheme = self._schemes[0]
            url = f"{scheme}://{self._host}/v2/{self._repository}/{path}".replace("/?", "?")
            asked = Question(url, accept, self._authorization, most=LARGEST_BLOB, head=head)
            answer = self._exchange(asked)
            if not isinstance(answer, TransportError):
                return answer
            if answer.tls and scheme != self._schemes[-1]:
                # Another thread may have found it out before.
                with suppress(ValueError):
                    self._schemes.remove(scheme)
                continue
            return self._unreachable(answer)

    def _exchange(self, question: Question) -> Response | TransportError:
        seconds = self._deadline.left(_SECONDS)
        try:
            return self._by(question._replace(seconds=seconds))
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
        return self._token(realm, said, login) if self._may_ask(realm) else ""

    def _may_ask(self, realm: str) -> bool:
        """Whether somebody may be shown a login: never without TLS, but on networks of our own."""
        try:
            parts = urlsplit(realm)
        except ValueError:
            return False
        local = _LOCAL.fullmatch(parts.netloc) and self._schemes[-1] == "http"
        return realm.startswith("https://") or (realm.startswith("http://") and bool(local))

    def _token(self, realm: str, said: dict[str, str], login: Login) -> str | Problem:
        whole = self._repository == CATALOG
        scope = "registry:catalog:*" if whole else f"repository:{self._repository}:pull"
        scope = said.get("scope") or scope
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
        for said, kind in (
            (error.held, ProblemKind.THROTTLED),
            (error.large, ProblemKind.TOO_LARGE),
            (error.late, ProblemKind.TIMED_OUT),
            (error.cut, ProblemKind.UNPARSABLE),
        ):
            if said:
                return Problem(kind, self._origin, plain(redact(str(error))), "try again later")
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
                kind = ProblemKind.THROTTLED
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
