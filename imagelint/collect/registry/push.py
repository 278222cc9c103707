"""Put blobs and manifests into a repository of a registry.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push. What is there is not
sent. A question that failed is asked again only where that changes nothing: looking, beginning an
upload, going on where the registry says that it stands, a manifest under its own digest. After a
tag was set without an answer, it is looked at.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from imagelint.collect.registry.access import RepositoryAccess
from imagelint.collect.registry.polite import Clock, retry_after
from imagelint.collect.registry.transport import Body, Question, Response, ask
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.collect.deadline import Deadline
    from imagelint.core.reference import ImageReference

CHUNK = 32 * 1024 * 1024
"""Bytes that are sent at once: what has more goes in several pieces."""

_ATTEMPTS = 4
_SECONDS = 60.0
_SLOWEST = 64 * 1024
"""Bytes a second below which an upload is given up."""

_LONGEST_WAIT = 120.0
_OK, _CREATED, _ACCEPTED, _NO_CONTENT, _NOT_FOUND = 200, 201, 202, 204, 404
_TOO_MANY, _ERROR = 429, 500
_LARGEST_CHUNK = 512 * 1024 * 1024
_PASSING = (ProblemKind.UNREACHABLE, ProblemKind.TIMED_OUT, ProblemKind.UNPARSABLE)
_RANGE = pattern(r"(?:bytes=)?0-(\d{1,18})")


class Upload(Enum):
    """What became of a blob."""

    THERE = "there"
    MOUNTED = "mounted"
    SENT = "sent"


class PushedBlob(NamedTuple):
    """A blob to be put: its digest, its bytes in all, and how a part of it is read."""

    digest: str
    size: int
    read: Callable[[int, int], bytes]


class _Lost(NamedTuple):
    """An upload that the registry no longer knows, or that got nowhere: the last thing it said."""

    problem: Problem


class Pusher:
    """Puts things into one repository. Every method gives a problem where it did not come to it."""

    def __init__(
        self,
        reference: ImageReference,
        origin: str,
        deadline: Deadline,
        by: Callable[[Question], Response] = ask,
        clock: Clock | None = None,
    ) -> None:
        self._access = RepositoryAccess(reference, origin, deadline, by)
        self._origin = origin
        self._deadline = deadline
        self._clock = clock or Clock()

    def blob(self, blob: PushedBlob, mount_from: str = "") -> Upload | Problem:
        """Put a blob, unless it is there; `mount_from` is another repository that may have it.

        Raises:
            OSError: it cannot be read.
        """
        there = self._patient(f"blobs/{blob.digest}", Question("", head=True))
        if isinstance(there, Response) and there.status == _OK:
            return Upload.THERE
        if isinstance(there, Problem) or there.status != _NOT_FOUND:
            return self._told(there)
        return self._upload(blob, mount_from)

    def _upload(self, blob: PushedBlob, mount_from: str) -> Upload | Problem:
        """Put a blob that is not there, from the beginning where an upload was lost."""
        attempt = 1
        while True:
            begun = self._begin(blob.digest, mount_from)
            if isinstance(begun, Problem):
                return begun
            if begun.status == _CREATED:
                return Upload.MOUNTED
            sent = self._send(blob, begun)
            if not isinstance(sent, _Lost):
                return sent
            if attempt == _ATTEMPTS or self._deadline.passed:
                return sent.problem
            self._wait(sent.problem, attempt)
            attempt += 1

    def manifest(self, digest: str, media_type: str, data: bytes) -> Problem | None:
        """Put a manifest or index under its digest."""
        question = Question("", method="PUT", body=Body(data, media_type))
        answer = self._patient(f"manifests/{digest}", question)
        if isinstance(answer, Response) and answer.status == _CREATED:
            return None
        return self._told(answer)

    def tag(self, tag: str, media_type: str, data: bytes) -> Problem | None:
        """Put a manifest or index under a tag, once: somebody else may have moved it meanwhile.

        Where no proper answer came, a problem leaves open whether it came to that.
        """
        question = Question("", method="PUT", body=Body(data, media_type))
        attempt = 1
        while True:
            answer = self._access.ask(f"manifests/{tag}", self._timed(question))
            if isinstance(answer, Response) and answer.status == _CREATED:
                return None
            refused = isinstance(answer, Response) and answer.status == _TOO_MANY
            if not refused or attempt == _ATTEMPTS or self._deadline.passed:
                return self._told(answer)
            self._wait(answer, attempt)
            attempt += 1

    def _begin(self, digest: str, mount_from: str) -> Response | Problem:
        query = f"?mount={digest}&from={quote(mount_from, safe='')}" if mount_from else ""
        answer = self._patient(f"blobs/uploads/{query}", Question("", method="POST"))
        if isinstance(answer, Problem) or answer.status in (_CREATED, _ACCEPTED):
            return answer
        if mount_from:  # who may not read there may still send it
            return self._begin(digest, "")
        return self._told(answer)

    def _send(self, blob: PushedBlob, begun: Response) -> Upload | Problem | _Lost:
        """Send a blob, in one piece or in several."""
        place = self._place(begun, self._access.url("blobs/uploads/"))
        if isinstance(place, Problem):
            return place
        if blob.size <= CHUNK:
            return self._finish(blob, place, blob.read(0, blob.size))
        said = begun.headers.get("oci-chunk-min-length", "")
        least = int(said) if said.isdigit() and len(said) < len(str(_LARGEST_CHUNK)) else 0
        sent = self._pieces(blob, place, max(CHUNK, min(least, _LARGEST_CHUNK)))
        return sent if not isinstance(sent, str) else self._finish(blob, sent, b"")

    def _pieces(self, blob: PushedBlob, place: str, length: int) -> str | Problem | _Lost:
        """Send the pieces of a blob and give the place at which it is finished."""
        start = furthest = failures = 0
        while start < blob.size:
            data = blob.read(start, length)
            body = Body(data, part=f"{start}-{start + len(data) - 1}")
            answer = self._at(place, Question("", method="PATCH", body=body))
            if isinstance(answer, Response) and answer.status in (_ACCEPTED, _NO_CONTENT):
                start += len(data)
            else:
                failures += 1
                if not self._passes(answer) or failures == _ATTEMPTS:
                    return self._told(answer)
                self._wait(answer, failures)
                stands = self._at(place, Question(""))
                reached = self._reached(stands)
                if reached is None or isinstance(stands, Problem):
                    return _Lost(self._told(answer))
                start, answer = reached, stands
            failures = 0 if start > furthest else failures
            furthest = max(start, furthest)
            following = self._place(answer, place)
            if isinstance(following, Problem):
                return following
            place = following
        return place

    def _finish(self, blob: PushedBlob, place: str, data: bytes) -> Upload | Problem | _Lost:
        mark = "&" if urlsplit(place).query else "?"
        url = f"{place}{mark}digest={quote(blob.digest)}"
        answer = self._at(url, Question("", method="PUT", body=Body(data)))
        if isinstance(answer, Response) and answer.status == _CREATED:
            return Upload.SENT
        if not self._passes(answer):
            return self._told(answer)
        # It may have come to it without an answer.
        there = self._patient(f"blobs/{blob.digest}", Question("", head=True))
        if isinstance(there, Response) and there.status == _OK:
            return Upload.SENT
        return _Lost(self._told(answer))

    @staticmethod
    def _reached(answer: Response | Problem) -> int | None:
        """How many bytes of an upload are there, as the registry says."""
        if not isinstance(answer, Response) or answer.status != _NO_CONTENT:
            return None
        found = _RANGE.fullmatch(answer.headers.get("range", ""))
        if found is None:
            return None
        last = int(found[1])
        return last + 1 if last else 0  # registries say `0-0` of nothing as well

    def _place(self, answer: Response, before: str) -> str | Problem:
        """Where an upload goes on: never from TLS to none."""
        said = answer.headers.get("location", "")
        url = urljoin(before, said) if said else before
        if url.startswith("https:") or (url.startswith("http:") and before.startswith("http:")):
            return url
        detail = "the registry leads an upload to where nobody can be led"
        return Problem(ProblemKind.UNPARSABLE, self._origin, detail)

    def _at(self, url: str, question: Question) -> Response | Problem:
        """The answer of an upload's own place."""
        return self._access.ask_at(url, self._timed(question))

    def _timed(self, question: Question) -> Question:
        seconds = _SECONDS + len(question.body.data) / _SLOWEST
        return question._replace(seconds=self._deadline.left(seconds))

    def _patient(self, path: str, question: Question) -> Response | Problem:
        """The answer to what may be asked again: several attempts where no proper one comes."""
        attempt = 1
        while True:
            answer = self._access.ask(path, self._timed(question))
            if attempt == _ATTEMPTS or not self._passes(answer):
                return answer
            self._wait(answer, attempt)
            attempt += 1

    def _passes(self, answer: Response | Problem) -> bool:
        """Whether what came may be another the next time."""
        if self._deadline.passed:
            return False
        if isinstance(answer, Response):
            return answer.status == _TOO_MANY or answer.status >= _ERROR
        return answer.kind in _PASSING

    def _told(self, answer: Response | Problem) -> Problem:
        if isinstance(answer, Problem):
            return answer
        told = self._access.refusal(answer)
        if answer.status != _NOT_FOUND:
            return told
        detail = f"the registry has no such repository ({answer.status})"
        return told._replace(detail=detail, help="make it first: some registries need that")

    def _wait(self, answer: Response | Problem, attempt: int) -> None:
        """Wait as long as the registry asks, else up to twice as long each time."""
        said = answer.headers.get("retry-after", "") if isinstance(answer, Response) else ""
        asked = retry_after(said, self._clock.wall())
        seconds = 2.0**attempt * (0.5 + self._clock.chance() / 2) if asked is None else asked
        self._clock.sleep(self._deadline.left(min(seconds, _LONGEST_WAIT)))
