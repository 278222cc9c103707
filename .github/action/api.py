"""Ask GitHub's API: https://docs.github.com/en/rest. Bounded, and never led elsewhere."""

from __future__ import annotations

import json
import os
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from workflow import StepError, variable

if TYPE_CHECKING:
    from http.client import HTTPMessage
    from typing import IO

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_SECONDS = 30.0
_LARGEST = 32_000_000
_PAGE = 100
_MOST_PAGES = 30
_REFUSED = (401, 403, 404)


class RefusedError(Exception):
    """The token may not do that, as in a pull request from a fork; or GitHub cannot be asked."""


class _NoRedirects(HTTPRedirectHandler):
    """Whoever is led elsewhere would take the token along."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's signature
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Nothing follows.

        Raises:
            RefusedError: always.
        """
        del fp, msg, headers
        raise RefusedError(f"GitHub leads elsewhere ({code}): {req.full_url} to {newurl}")


class Api:
    """The API of the repository of this job, with the token of this step."""

    def __init__(self) -> None:
        self._base = os.environ.get("GITHUB_API_URL", "") or "https://api.github.com"
        parts = urlsplit(self._base)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise StepError(f"{self._base} is neither https nor on this machine")
        self._token = os.environ.get("TOKEN", "")
        self._repository = variable("GITHUB_REPOSITORY")
        self._opener = build_opener(_NoRedirects())

    def of_repository(self, method: str, path: str, body: object = None) -> Any:
        """What comes of one request about the repository.

        Raises:
            RefusedError: it is not permitted, or failed.
        """
        return self.ask(method, f"/repos/{self._repository}{path}", body)

    def pages(self, path: str) -> list[Any]:
        """All entries of a list about the repository, up to some thousands.

        Raises:
            RefusedError: it is not permitted, or failed.
        """
        found: list[Any] = []
        for page in range(1, _MOST_PAGES + 1):
            entries = self.of_repository("GET", f"{path}?per_page={_PAGE}&page={page}")
            found += entries
            if len(entries) < _PAGE:
                break
        return found

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What comes of one request.

        Raises:
            RefusedError: it is not permitted, or failed.
        """
        request = Request(  # noqa: S310 - https, or this machine: seen to above
            f"{self._base.rstrip('/')}{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "Content-Type": "application/json",
                "User-Agent": "imagelint-action",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with self._opener.open(request, timeout=_SECONDS) as answer:
                return json.loads(answer.read(_LARGEST) or b"null")
        except HTTPError as error:
            may = "the token may not do that" if error.code in _REFUSED else "GitHub refused it"
            raise RefusedError(f"{may} ({error.code} {error.reason}): {method} {path}") from None
        except (URLError, HTTPException, ConnectionError, TimeoutError, ValueError) as error:
            raise RefusedError(f"GitHub cannot be asked ({error})") from None
