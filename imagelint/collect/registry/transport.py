"""Ask a server over HTTP: the only module that opens connections.

One question is one request whose answer is read to its end, bounded in bytes and in time. The
time holds for everything together (name, handshake, headers, body), so that nobody keeps us waiting
by answering byte by byte. Proxies and certificates are those of the environment.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from functools import cache
from typing import TYPE_CHECKING

from imagelint.collect.environment import variable
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_CHUNK = 65536
_PIECE = 1024 * 1024
_SOCKET_SECONDS = 30.0
_READING = threading.Lock()
LOOPBACK = pattern(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?")


class Body(NamedTuple):
    """What is sent: its bytes, what they are, and which part of a whole (`0-99`)."""

    data: bytes = b""
    media_type: str = "application/octet-stream"
    part: str = ""


class Question(NamedTuple):
    """What is asked. `authorization` is never sent to a host to which we are led on.

    `form` makes it a POST, `head` a HEAD, whose answer has no body; `most` bounds the bytes of the
    answer, `seconds` its time. What `stays` is not led on to another host or port, but from HTTP to
    HTTPS. With a `method` it changes something, by its `body`, and is led nowhere. `agent` is who
    is said to ask.
    """

    url: str
    accept: str = "*/*"
    authorization: str = ""
    form: tuple[tuple[str, str], ...] = ()
    most: int = 4 * 1024 * 1024
    seconds: float = 30.0
    stays: bool = False
    head: bool = False
    method: str = ""
    body: Body = Body()
    agent: str = "imagelint"


class Response(NamedTuple):
    """What came back, whatever its status. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class TransportError(Exception):
    """There was no answer, or not a proper one (`status`).

    `late`: there was no time for one; `large`: it has more bytes than are read; `cut`: it ended too
    early; `held`: the host wants no more of us for now.
    """

    def __init__(self, why: str, *, tls: bool = False, status: int = 0, **is_: bool) -> None:
        super().__init__(why)
        self.status = status
        self.tls = tls
        self.late = is_.get("late", False)
        self.large = is_.get("large", False)
        self.cut = is_.get("cut", False)
        self.held = is_.get("held", False)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Is led on a few times, and never from TLS to none."""

    max_redirections = 5

    def redirect_request(  # noqa: PLR0913, PLR0917 - the signature is urllib's
        self,
        req: urllib.request.Request,
        fp: object,
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The next request; None ends with the answer as it is."""
        allowed = ("https:",) if req.full_url.startswith("https:") else ("https:", "http:")
        if not newurl.startswith(allowed):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


class _Stays(_Redirects):
    """Is led on within one host only."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - the signature is urllib's
        self,
        req: urllib.request.Request,
        fp: object,
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The next request; None ends with the answer as it is."""
        before, after = _endpoint(req.full_url), _endpoint(newurl)
        secured = (before.port, after.port) == (http.client.HTTP_PORT, http.client.HTTPS_PORT)
        if before.host != after.host or not (before.port == after.port or secured):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Nowhere(urllib.request.HTTPRedirectHandler):
    """Is led nowhere: what was sent is not sent again to somebody else."""

    def redirect_request(self, *_asked: object) -> None:
        """No request: the answer is as it is."""


class _Secure(urllib.request.HTTPSHandler):
    """Speaks TLS; the authorities are read for the first host that is asked so, and take long."""

    def __init__(self) -> None:
        # Its own would read them at once, whether or not anybody is asked so.
        urllib.request.AbstractHTTPHandler.__init__(self)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """The answer to a request, as urllib has it."""
        return self.do_open(http.client.HTTPSConnection, req, context=tls_context())


class _Endpoint(NamedTuple):
    host: str
    port: int


def _endpoint(url: str) -> _Endpoint:
    parts = urllib.parse.urlsplit(url)
    usual = http.client.HTTPS_PORT if parts.scheme == "https" else http.client.HTTP_PORT
    return _Endpoint(parts.hostname or "", parts.port or usual)


def ask(question: Question) -> Response:
    """The answer to a question.

    Raises:
        TransportError: there is none, or none in time.
    """
    body = bytearray()
    return receive(question, body.extend)._replace(body=bytes(body))


def receive(question: Question, take: Callable[[bytes], object]) -> Response:
    """The answer to a question, whose body is handed over piece by piece and not kept.

    `take` is called in another thread, and no more once this has returned or raised; what it raises
    as ValueError ends the exchange.

    Raises:
        TransportError: there is none, or none in time, or what `take` raises.
    """
    answers: list[Response | TransportError] = []
    late = threading.Event()

    def handed(piece: bytes) -> None:
        if late.is_set():
            raise ValueError("too late")
        take(piece)

    def work() -> None:
        answers.append(_answer(question, handed))

    # A thread, because nothing else bounds the time of a whole exchange; it dies with the program.
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(question.seconds)
    if not answers:
        late.set()
        raise _late(question)
    (answer,) = answers
    if isinstance(answer, TransportError):
        raise answer
    return answer


def stream(question: Question) -> Iterator[bytes]:
    """The pieces of a large answer, as they come; `seconds` bounds the wait for each, not for all.

    Raises:
        TransportError: there is none, it is refused (with its status), or it ends too early.
    """
    request = _request(question)
    try:
        with _opened(request, question) as response:
            if response.status != http.client.OK:
                raise TransportError("refused", status=response.status)
            # Whoever waits for a whole piece of what drips, looks at no clock meanwhile.
            while piece := response.read1(_PIECE):
                yield piece
            if response.length:
                raise TransportError("the answer was cut", cut=True)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise transport_error(error) from None


def _opened(request: urllib.request.Request, question: Question) -> http.client.HTTPResponse:
    """The answer up to its body, in time: its head may drip as well."""
    found: list[http.client.HTTPResponse] = []
    failed: list[Exception] = []
    late = threading.Event()
    one = threading.Lock()

    def work() -> None:
        try:
            answer = _open(request, question)
        except (OSError, http.client.HTTPException, ValueError) as error:
            failed.append(error)
            return
        with one:
            found.append(answer)
            if late.is_set():
                answer.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(question.seconds)
    if failed:
        raise failed[0]
    with one:
        if not found:
            late.set()
            raise _late(question)
    return found[0]


def _late(question: Question) -> TransportError:
    host = urllib.parse.urlsplit(question.url).netloc
    return TransportError(f"{host} did not answer within {question.seconds:.0f} seconds", late=True)


def _request(question: Question) -> urllib.request.Request:
    data = urllib.parse.urlencode(question.form).encode() if question.form else None
    headers = {"Accept": question.accept, "User-Agent": question.agent}
    method = question.method or ("HEAD" if question.head else None)
    if question.method:
        data = question.body.data
        headers |= {"Content-Type": question.body.media_type, "Content-Length": str(len(data))}
        headers |= {"Content-Range": question.body.part} if question.body.part else {}
    request = urllib.request.Request(question.url, data, headers, method=method)  # noqa: S310 - ours
    if question.authorization:
        request.add_unredirected_header("Authorization", question.authorization)
    return request


def transport_error(error: Exception) -> TransportError:
    """What went wrong with a connection."""
    # Errors of TLS have a reason of their own, which is but a word.
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    why = str(reason) or type(reason).__name__
    return TransportError(
        why, late=isinstance(reason, TimeoutError), tls=isinstance(reason, ssl.SSLError)
    )


def _answer(question: Question, take: Callable[[bytes], object]) -> Response | TransportError:
    request = _request(question)
    try:
        with _open(request, question) as response:
            return _read(response, question, take)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return transport_error(error)


def tls_context() -> ssl.SSLContext:
    """How TLS is spoken with the authorities of the environment."""
    # Threads that begin together would each read them.
    with _READING:
        return _context(variable("SSL_CERT_FILE"), variable("SSL_CERT_DIR"))


@cache
def _context(_file: str, _folder: str) -> ssl.SSLContext:
    """How TLS is spoken with the authorities of an environment; reading them takes long."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _open(request: urllib.request.Request, question: Question) -> http.client.HTTPResponse:
    # As other tools do: no proxy stands between a machine and itself.
    direct = (urllib.request.ProxyHandler({}),) if LOOPBACK.fullmatch(request.host) else ()
    redirects = _Nowhere if question.method else _Stays if question.stays else _Redirects
    opener = urllib.request.build_opener(redirects, _Secure, *direct)
    try:
        response: http.client.HTTPResponse = opener.open(
            request, timeout=min(question.seconds, _SOCKET_SECONDS)
        )
    except urllib.error.HTTPError as error:
        return error  # type: ignore[return-value] # an answer like any other
    return response


def _read(
    response: http.client.HTTPResponse, question: Question, take: Callable[[bytes], object]
) -> Response | TransportError:
    length = 0
    while chunk := response.read(_CHUNK):
        length += len(chunk)
        if length > question.most:
            why = f"the answer has more than {question.most:,} bytes"
            return TransportError(why, large=True)
        take(chunk)
    headers = headers_of(response.headers.items())
    said = headers.get("content-length", "")
    if not question.head and said.isdigit() and int(said) != length:
        why = f"the answer was cut after {length:,} of {said} bytes"
        return TransportError(why, cut=True)
    return Response(response.status, headers, b"")


def headers_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by their names in lower case; of several with one name, all, with commas between."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        known = headers.get(name.lower())
        headers[name.lower()] = value if known is None else f"{known}, {value}"
    return headers
