"""Read manifests, small blobs and referrers from a registry.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md. What has a digest is believed
only if it has that digest. An answer that is none (429, 5xx, half a body) is a problem, never
"there is nothing": only 404 says that.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from imagelint.collect.registry.access import RepositoryAccess
from imagelint.collect.registry.links import link_to_next
from imagelint.collect.registry.transport import Question, Response, ask, stream
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import read_json
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
    from imagelint.core.reference import ImageReference
    from imagelint.documents.image.jsonview import JsonView

MANIFESTS = f"{INDEX}, {DOCKER_INDEX}, {MANIFEST}, {DOCKER_MANIFEST}"
LARGEST_BLOB = 16 * 1024 * 1024
"""Bytes of what is read whole: configurations and signatures, never layers."""

_SECONDS = 60.0
_MOST_PAGES = 20
_MOST_TAG_PAGES = 50
_MOST_CATALOG_PAGES = 10_000
_TAGS_OF_A_PAGE = 1_000
_NO_SUCH_LISTING = frozenset((400, 404, 405, 406))


class Stored(NamedTuple):
    """Something of a registry: its digest, and its bytes, which have it."""

    digest: str
    data: bytes


class Asker(NamedTuple):
    """As whom a registry is asked for a tag: who is said to ask, and which types are accepted."""

    agent: str
    accept: str


OURSELVES = Asker("imagelint", MANIFESTS)

Clients: TypeAlias = "Callable[[ImageReference], Client]"
"""Clients of the repositories of references."""


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
        self._access = RepositoryAccess(reference, origin, deadline, by, schemes)
        self._origin = origin
        self._deadline = deadline

    def manifest(self, name: str) -> Stored | Problem:
        """The manifest or index under a tag or a digest."""
        answer = self._get(f"manifests/{name}", MANIFESTS)
        return answer if isinstance(answer, Problem) else self._stored(answer, name)

    def digest(self, name: str, asks: Asker = OURSELVES) -> str | Problem:
        """The digest under a tag, by a question that has no body for an answer.

        Empty where the registry does not tell it so. `asks` is as whom it is asked.
        """
        question = Question("", asks.accept, most=LARGEST_BLOB, seconds=_SECONDS, head=True)
        answer = self._access.ask(f"manifests/{name}", question._replace(agent=asks.agent))
        if isinstance(answer, Problem):
            return answer
        if answer.status == 405:  # noqa: PLR2004 - method not allowed
            return ""
        if answer.status != 200:  # noqa: PLR2004 - OK
            return self._access.refusal(answer)
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
        if not self._access.authorization:
            self._ask("tags/list?n=1", "application/json")
        seconds = self._deadline.left(_SECONDS)
        url = self._access.url(f"blobs/{digest}")
        return stream(Question(url, "*/*", self._access.authorization, seconds=seconds))

    def referrers(self, digest: str) -> tuple[Descriptor, ...] | Problem:
        """What refers to a digest: as the registry lists it, else as its tag for that does."""
        found: list[Descriptor] = []
        path = f"referrers/{digest}"
        asked = {path}
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
            if path in asked:
                return self._circle("referrers")
            asked.add(path)
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

        The repository of this client stands for the catalog: see `access.CATALOG`.
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
                yield self._circle(name)
                return
            asked.add(query)
        detail = f"the registry lists more than {most:,} pages of {name}"
        yield Problem(ProblemKind.TOO_LARGE, self._origin, detail)

    def _circle(self, name: str) -> Problem:
        detail = f"the registry's list of {name} leads back to where it was"
        return Problem(ProblemKind.UNPARSABLE, self._origin, detail)

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
            return self._access.refusal(answer)
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
            return self._access.refusal(answer)
        return answer

    def _ask(self, path: str, accept: str) -> Response | Problem:
        question = Question("", accept, most=LARGEST_BLOB, seconds=_SECONDS)
        return self._access.ask(path, question)
