"""Ask the API of a registry's platform: JSON, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from imagelint.collect.registry.access import schemes_of
from imagelint.collect.registry.links import link_to_next
from imagelint.collect.registry.transport import Question, TransportError
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import JsonView, plain, read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.collect.registry.transport import Response

_LARGEST_PAGE = 16 * 1024 * 1024
_MOST_PAGES = 10_000
_KINDS = {
    401: ProblemKind.UNAUTHORIZED,
    403: ProblemKind.UNAUTHORIZED,
    404: ProblemKind.NOT_FOUND,
    429: ProblemKind.THROTTLED,
}


class Api:
    """One platform. `authorization` is what is shown to it; `name` is what problems are about."""

    def __init__(
        self,
        name: str,
        base: str,
        ask: Callable[[Question], Response],
        authorization: str = "",
        help_: str = "",
    ) -> None:
        self.name = name
        self._base = base
        self._ask = ask
        self._authorization = authorization
        self._help = help_

    def get(self, path: str) -> JsonView | Problem:
        """The answer to one question."""
        answer = self._answer(urljoin(self._base, path))
        return answer if isinstance(answer, Problem) else self._read(answer)

    def pages(self, path: str) -> Iterator[JsonView | Problem]:
        """All pages, by the links between them; a problem ends them."""
        url = urljoin(self._base, path)
        asked = {url}
        for _ in range(_MOST_PAGES):
            answer = self._answer(url)
            page = answer if isinstance(answer, Problem) else self._read(answer)
            yield page
            if isinstance(answer, Problem) or isinstance(page, Problem):
                return
            following = link_to_next(answer.headers)
            if following == "":
                return
            url = urljoin(url, following or "")
            if url in asked or not url.startswith(urljoin(self._base, "/")):
                detail = "its pages lead back, or elsewhere"
                yield Problem(ProblemKind.UNPARSABLE, self.name, detail)
                return
            asked.add(url)
        yield Problem(ProblemKind.TOO_LARGE, self.name, f"has more than {_MOST_PAGES:,} pages")

    def items(self, path: str) -> Iterator[JsonView | Problem]:
        """What is listed on all pages together."""
        for page in self.pages(path):
            if isinstance(page, Problem):
                yield page
            elif page.is_array or page.is_absent:
                yield from page.items()
            else:
                yield Problem(ProblemKind.UNPARSABLE, self.name, "its answer is no list")

    def _answer(self, url: str) -> Response | Problem:
        asked = Question(url, "application/json", self._authorization, most=_LARGEST_PAGE)
        try:
            answer = self._ask(asked)
        except TransportError as error:
            kind = ProblemKind.THROTTLED if error.held else ProblemKind.UNREACHABLE
            return Problem(kind, self.name, plain(redact(str(error))), "try again later")
        if answer.status == 200:  # noqa: PLR2004 - OK
            return answer
        kind = _KINDS.get(answer.status, ProblemKind.UNREACHABLE)
        help_ = self._help if kind is ProblemKind.UNAUTHORIZED else ""
        return Problem(kind, self.name, f"answers {answer.status} to {url}", help_)

    def _read(self, answer: Response) -> JsonView | Problem:
        view = read_json(answer.body.decode("utf-8", "replace"))
        if isinstance(view, str):
            return Problem(ProblemKind.UNPARSABLE, self.name, f"its answer {view}")
        return view


def base_of(host: str) -> str:
    """The address of a host's API: without TLS only where other tools speak so as well."""
    return f"{schemes_of(host)[-1]}://{host}"
