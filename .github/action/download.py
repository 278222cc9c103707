"""Download one file: whole, bounded, from where it was named or from an encrypted place."""

from __future__ import annotations

import time
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

if TYPE_CHECKING:
    from http.client import HTTPMessage, HTTPResponse
    from pathlib import Path
    from typing import IO

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_AGAIN = (429, 500, 502, 503, 504)
_TRIES = 3
_LONGEST_WAIT = 30.0
_SILENCE_SECONDS = 20.0
_LONGEST_REASON = 200
_PIECE = 65_536


class DownloadError(Exception):
    """The file cannot be had, for this reason."""


class _Temporary(Exception):  # noqa: N818 - reads as what it says
    """It may work another time; in so many seconds, if the server says."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.seconds = seconds


class Download:
    """A file at an address, of so many bytes at most."""

    def __init__(self, url: str, most: int) -> None:
        self._url = url
        self._most = most
        self._opener = build_opener(_Redirects(url))

    def to(self, file: Path) -> None:
        """Write it to a file that does not exist; try again where that may help.

        Raises:
            DownloadError: it cannot be had.
        """
        if not _is_encrypted(self._url) and not _is_loopback(self._url):
            raise DownloadError(f"{self._url} is neither https nor on this machine")
        for attempt in range(1, _TRIES + 1):
            try:
                self._write(file)
            except _Temporary as error:
                file.unlink(missing_ok=True)
                if attempt == _TRIES:
                    raise DownloadError(f"{self._url}: {error}, {_TRIES} times") from None
                wait = 2.0**attempt if error.seconds is None else error.seconds
                time.sleep(min(wait, _LONGEST_WAIT))
            else:
                return

    def _write(self, file: Path) -> None:
        request = Request(self._url, headers={"User-Agent": "imagelint-action"})  # noqa: S310 - seen to above
        try:
            with (
                self._opener.open(request, timeout=_SILENCE_SECONDS) as answer,
                file.open("xb") as to,
            ):
                self._copy(answer, to)
        except HTTPError as error:
            raise self._refusal(error) from None
        except URLError as error:
            raise _Temporary(f"cannot be reached ({error.reason})") from None
        except (HTTPException, ConnectionError, TimeoutError) as error:
            raise _Temporary(f"the answer broke off ({error})") from None

    def _copy(self, answer: HTTPResponse, to: IO[bytes]) -> None:
        length = answer.length
        written = 0
        while piece := answer.read1(_PIECE):
            written += to.write(piece)
            if written > self._most:
                raise DownloadError(f"{self._url} is larger than {self._most} bytes")
        if length is not None and written != length:
            raise _Temporary(f"{written} of {length} bytes came")

    def _refusal(self, error: HTTPError) -> Exception:
        if error.code not in _AGAIN:
            reason = " ".join(str(error.reason).split())
            return DownloadError(f"{self._url}: {error.code} {reason[:_LONGEST_REASON]}")
        said = error.headers.get("Retry-After", "")
        seconds = float(said) if said.isdecimal() else None
        return _Temporary(f"{error.code} {error.reason}", seconds)


class _Redirects(HTTPRedirectHandler):
    """Follow a few, to encrypted places and within the server that was named."""

    max_redirections = 5

    def __init__(self, url: str) -> None:
        self._url = url

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's signature
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """The request that follows.

        Raises:
            DownloadError: it would go elsewhere in the clear.
        """
        within = _is_loopback(self._url) and urlsplit(newurl).netloc == urlsplit(self._url).netloc
        if not within and not _is_encrypted(newurl):
            raise DownloadError(f"{req.full_url} leads elsewhere, not by https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _is_encrypted(url: str) -> bool:
    return urlsplit(url).scheme == "https"


def _is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK
