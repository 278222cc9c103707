"""Where metrics are asked for: one address, which is never left for another host."""

from __future__ import annotations

import base64
import json
import urllib.parse
from typing import TYPE_CHECKING

from imagelint.collect.environment import variable
from imagelint.collect.registry.transport import Question
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from imagelint.collect.registry.transport import Response, TransportError

TOKEN = "IMAGELINT_METRICS_TOKEN"  # noqa: S105 - the name of a variable
_KINDS = {401: ProblemKind.UNAUTHORIZED, 403: ProblemKind.UNAUTHORIZED, 404: ProblemKind.NOT_FOUND}
_MOVED = range(300, 400)
_LONGEST_REASON = 200


class Endpoint(NamedTuple):
    """An address without credentials, and what is sent as such; `shown` is how reports name it."""

    url: str
    shown: str
    authorization: str = ""

    def question(self, path: str, accept: str, seconds: float) -> Question:
        """What to ask below the address."""
        return Question(
            f"{self.url}{path}", accept, self.authorization, seconds=seconds, stays=True
        )


def endpoint(address: str) -> Endpoint | Problem:
    """An address of the command line; its user and password, or a token, are sent to it alone."""
    try:
        parts = urllib.parse.urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:  # whose text may name a part of the password
        return _misread("the address is wrong")
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    url = urllib.parse.urlunsplit(bare).rstrip("/")
    shown = urllib.parse.urlunsplit(bare._replace(query="", fragment="")).rstrip("/")
    if "@" in url:
        return _misread("the address has an `@` behind its host")
    if parts.scheme not in ("http", "https") or not host:
        return Problem(ProblemKind.UNREACHABLE, shown, "is no address of http or https")
    token = variable(TOKEN)
    authorization = f"Bearer {token}" if token else ""
    if parts.username is not None:
        user = urllib.parse.unquote(parts.username)
        password = urllib.parse.unquote(parts.password or "")
        encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
        authorization = f"Basic {encoded}"
    return Endpoint(url, shown, authorization)


def _misread(detail: str) -> Problem:
    """The problem of an address which may hold a password where none is looked for."""
    help_ = "in a password write `/` as %2F, `?` as %3F, `#` as %23, `@` as %40"
    return Problem(ProblemKind.UNREACHABLE, "metrics", detail, help=help_)


def unanswered(place: Endpoint, error: TransportError) -> Problem:
    """The problem that there was no answer."""
    kind = ProblemKind.TIMED_OUT if error.late else ProblemKind.UNREACHABLE
    help_ = (
        "give it more with `--timeout`" if error.late else "is it running, and reached from here?"
    )
    return Problem(kind, place.shown, f"did not answer: {error}", help=help_)


def refusal(place: Endpoint, response: Response) -> Problem:
    """The problem of an answer that is no success: what it says, and where it leads to."""
    if response.status in _MOVED:
        where = _host(response.headers.get("location", ""))
        detail = f"leads on to {where}, which is not followed"
        return Problem(
            ProblemKind.UNREACHABLE, place.shown, detail, help="name the server's own address"
        )
    kind = _KINDS.get(response.status, ProblemKind.UNREACHABLE)
    detail = f"answered with status {response.status}{_reason(response.body)}"
    help_ = f"set a token in {TOKEN}" if kind is ProblemKind.UNAUTHORIZED else ""
    return Problem(kind, place.shown, detail, help=help_)


def _host(address: str) -> str:
    """Where an address leads: no more of it than its host."""
    try:
        there = urllib.parse.urlsplit(address)
    except ValueError:
        return "nowhere"
    return f"{there.scheme}://{there.netloc.rpartition('@')[2]}" if there.netloc else "nowhere"


def _reason(body: bytes) -> str:
    """What the API says about itself; empty where it says nothing."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    error = said.get("error") if isinstance(said, dict) else None
    return f": {error[:_LONGEST_REASON]}" if isinstance(error, str) else ""
