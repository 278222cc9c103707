"""Connections that stay open: thousands of small questions to few hosts.

Each thread has its own to each host. As everywhere, the time of a question holds for all of it: who
answers byte by byte is cut off by a watchman. Where a proxy stands between, each question goes its
own way.
"""

from __future__ import annotations

import http.client
import socket
import threading
import time
import urllib.request
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from imagelint.collect.registry.exchange import Exchanged, exchange, request_of
from imagelint.collect.registry.transport import (
    LOOPBACK,
    Question,
    Response,
    TransportError,
    ask,
    tls_context,
    transport_error,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_REDIRECTS = 5
_MOST_OPEN = 16
_SOCKET_SECONDS = 30.0
_WATCH_SECONDS = 0.2
_LED_ON = frozenset((301, 302, 303, 307, 308))
_STALE = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)


class Connections:
    """Asks over connections that are kept."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._watch = _Watch()
        self._lock = threading.Lock()
        self._all: set[http.client.HTTPConnection] = set()

    def close(self) -> None:
        """Close all connections, whichever thread's they are."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()

    def stop(self) -> None:
        """Cut off every question, and those that are still to come."""
        self._watch.stop()

    def ask(self, question: Question) -> Response:
        """The answer to a question.

        Raises:
            TransportError: there is none, or none in time.
        """
        try:
            return self._asked(question)
        except (http.client.InvalidURL, ValueError) as error:  # where nobody can be led
            raise transport_error(error) from None

    def _asked(self, question: Question) -> Response:
        if question.form or question.method or question.stays or _has_proxy(question.url):
            return ask(question)
        end = time.monotonic() + question.seconds
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._once(question, end)
            target = answer.headers.get("location", "")
            if answer.status not in _LED_ON or not target:
                return answer
            url = urljoin(question.url, target)
            if not _may_lead(question.url, url):
                return answer
            same = urlsplit(url)[:2] == urlsplit(question.url)[:2]
            said = question.authorization if same else ""
            question = question._replace(url=url, authorization=said)
        raise TransportError("is led from one place to another without end")

    def _once(self, question: Question, end: float) -> Response:
        scheme, host, path, query, _ = urlsplit(question.url)
        target = f"{path or '/'}?{query}" if query else path or "/"
        place = scheme, host
        while True:
            known = self._open.pop(place, None)
            connection = known or self._made(scheme, host)
            try:
                answer, stays = self._exchange(connection, target, question, end)
            except (OSError, http.client.HTTPException, ValueError) as error:
                self._drop(connection)
                if isinstance(error, _STALE) and known is not None:
                    continue
                if time.monotonic() >= end:
                    raise _late(host, question) from None
                raise transport_error(error) from None
            except TransportError:
                self._drop(connection)
                raise
            if stays:
                self._keep(place, connection)
            else:
                self._drop(connection)
            return answer

    def _exchange(
        self, connection: http.client.HTTPConnection, target: str, question: Question, end: float
    ) -> Exchanged:
        left = end - time.monotonic()
        if left <= 0 or self._watch.stopped:
            raise _late(connection.host, question)
        headers = {"User-Agent": question.agent, "Accept": question.accept}
        if question.authorization:
            headers["Authorization"] = question.authorization
        method = "HEAD" if question.head else "GET"
        request = request_of(method, target, _named(connection), headers)
        if connection.sock is None:
            _connect(connection, left)
        self._watch.begin(connection.sock, end)
        try:
            done = exchange(connection.sock, request, question.most, head=question.head)
        finally:
            self._watch.end(connection.sock)
        if time.monotonic() >= end:
            raise _late(connection.host, question)
        return done

    @property
    def _open(self) -> dict[tuple[str, str], http.client.HTTPConnection]:
        found: dict[tuple[str, str], http.client.HTTPConnection] | None
        found = getattr(self._own, "open", None)
        if found is None:
            found = self._own.open = {}
        return found

    def _made(self, scheme: str, host: str) -> http.client.HTTPConnection:
        connection = _connection(scheme, host)
        with self._lock:
            self._all.add(connection)
        return connection

    def _drop(self, connection: http.client.HTTPConnection) -> None:
        connection.close()
        with self._lock:
            self._all.discard(connection)

    def _keep(self, place: tuple[str, str], connection: http.client.HTTPConnection) -> None:
        self._open[place] = connection
        if len(self._open) > _MOST_OPEN:
            self._drop(self._open.pop(next(iter(self._open))))


def _connect(connection: http.client.HTTPConnection, seconds: float) -> None:
    """Open it; from then on the watchman keeps the time: a socket that does so asks twice."""
    connection.timeout = min(seconds, _SOCKET_SECONDS)
    connection.connect()
    connection.sock.settimeout(None)


def _named(connection: http.client.HTTPConnection) -> str:
    """How a host is called in a request: without the port that goes without saying."""
    host = f"[{connection.host}]" if ":" in connection.host else connection.host
    named = host if connection.port == connection.default_port else f"{host}:{connection.port}"
    return named if named.isascii() else named.encode("idna").decode()


def _late(host: str, question: Question) -> TransportError:
    why = f"{host} did not answer within {question.seconds:.0f} seconds"
    return TransportError(why, late=True)


def _connection(scheme: str, host: str) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, context=tls_context())
    return _PlainConnection(host)


class _PlainConnection(http.client.HTTPConnection):
    """Small questions are not held back to be sent together."""

    def connect(self) -> None:
        """Open it."""
        super().connect()
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _may_lead(before: str, after: str) -> bool:
    """Whether one may be led there: never from TLS to none."""
    return after.startswith("https:") or (before.startswith("http:") and after.startswith("http:"))


def _has_proxy(url: str) -> bool:
    parts = urlsplit(url)
    if LOOPBACK.fullmatch(parts.netloc):
        return False
    proxies = urllib.request.getproxies()
    return parts.scheme in proxies and not urllib.request.proxy_bypass(parts.hostname or "")


class _Watch:
    """Cuts connections off when their time is over: a byte now and then starts no timeout anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends: dict[socket.socket, float] = {}
        self._runs = False
        self.stopped = False

    def stop(self) -> None:
        """Cut off all connections, whatever time they have."""
        self.stopped = True
        with self._lock:
            _cut(self._ends)

    def begin(self, connected: socket.socket, end: float) -> None:
        """Watch over a connection from now on: it has time until then."""
        with self._lock:
            self._ends[connected] = end
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._work, daemon=True).start()

    def end(self, connected: socket.socket) -> None:
        """Watch over it no longer."""
        with self._lock:
            del self._ends[connected]

    def _work(self) -> None:
        idle = 0
        while True:
            time.sleep(_WATCH_SECONDS)
            with self._lock:
                now = time.monotonic()
                late = [one for one, end in self._ends.items() if end <= now]
                idle = 0 if self._ends else idle + 1
                if idle > _SOCKET_SECONDS / _WATCH_SECONDS:
                    self._runs = False
                    return
            _cut(late)


def _cut(connected: Iterable[socket.socket]) -> None:
    for one in connected:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
