"""Ask a repository of a registry, with a login where one is wanted.

https://distribution.github.io/distribution/spec/auth/token/. Names and passwords are the user's
own; they are shown to the registry and to whom it sends us for a token, never to a host to which an
answer leads.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imagelint.collect.registry.credentials import NOBODY, login_for
from imagelint.collect.registry.transport import Question, Response, TransportError, ask
from imagelint.core.pattern import pattern
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import plain, read_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.registry.credentials import Login
    from imagelint.core.reference import ImageReference

CATALOG = "_catalog"
"""Stands for a repository where the list of all repositories is asked for."""

_SECONDS = 60.0
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


class RepositoryAccess:
    """One repository of a registry, to which questions go with the user's login.

    `by` asks; `schemes` may be shared by all that ask one registry: those that are left to try.
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

    @property
    def authorization(self) -> str:
        """What was shown last and granted; empty where nothing was asked for."""
        return self._authorization

    def url(self, path: str) -> str:
        """Where something of the repository is, by the scheme that is tried now."""
        between = "" if path.startswith("?") else "/"
        return f"{self._schemes[0]}://{self._host}/v2/{self._repository}{between}{path}"

    def ask(self, path: str, question: Question) -> Response | Problem:
        """The answer of whatever status, asked again with a login when one is wanted.

        `path` is one of the repository; the question's own URL and authorization do not count.
        """
        return self._granting(lambda: self._send(path, question))

    def ask_at(self, url: str, question: Question) -> Response | Problem:
        """The same at a place of the registry's host, or of another: that is shown no login."""
        own = urlsplit(url)[:2] == urlsplit(self.url(""))[:2]

        def send() -> Response | Problem:
            shown = self._authorization if own else ""
            answer = self._exchange(question._replace(url=url, authorization=shown))
            return self.unreachable(answer) if isinstance(answer, TransportError) else answer

        return self._granting(send) if own else send()

    def _granting(self, send: Callable[[], Response | Problem]) -> Response | Problem:
        """The answer, with a login when one is wanted.

        A token holds for minutes, and what a helper gives for hours: both are asked for anew when
        they are refused.
        """
        answer = send()
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
                answer = send()
            if not kept:
                return answer
            self._login = None
        return answer

    def _send(self, path: str, question: Question) -> Response | Problem:
        while True:
            scheme = self._schemes[0]
            shown = self._authorization
            asked = question._replace(url=self.url(path), authorization=shown)
            answer = self._exchange(asked)
            if not isinstance(answer, TransportError):
                return answer
            if answer.tls and scheme != self._schemes[-1]:
                # Another thread may have found it out before.
                with suppress(ValueError):
                    self._schemes.remove(scheme)
                continue
            return self.unreachable(answer)

    def _exchange(self, question: Question) -> Response | TransportError:
        seconds = self._deadline.left(question.seconds)
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
            form = (*grant, ("client_id", "imagelint"), *wishes)
            question = Question(realm, form=form)
        else:
            from urllib.parse import urlencode

            mark = "&" if "?" in realm else "?"
            question = Question(f"{realm}{mark}{urlencode(wishes)}", authorization=login.basic)
        answer = self._exchange(question._replace(seconds=_SECONDS))
        if isinstance(answer, TransportError):
            return self.unreachable(answer)
        if answer.status != 200:  # noqa: PLR2004 - OK
            return self.refusal(answer)
        view = read_json(answer.body.decode("utf-8", "replace"))
        token = "" if isinstance(view, str) else view["token"].raw or view["access_token"].raw
        return f"Bearer {token}" if token else ""

    def unreachable(self, error: TransportError) -> Problem:
        """The problem that there was no answer."""
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

    def refusal(self, answer: Response) -> Problem:
        """The problem that an answer is none of those that help."""
        said = _said(answer)
        match answer.status:
            case 401 | 402 | 403 | 451:  # also until somebody pays, and for reasons of law
                login = self._login or NOBODY
                kind, why = ProblemKind.UNAUTHORIZED, "the registry refuses access"
                why += " with the login that is there" if login.is_there else ""
                said += f"; {plain(redact(login.fault))}" if login.fault else ""
                help_ = "log in with `docker login`, or name a folder with logins in DOCKER_CONFIG"
            case 404 | 410:
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
