"""A registry that answers from memory, and misbehaves where it is told to.

It serves manifests, blobs, tags, the catalog and referrers over plain HTTP on the loopback
interface, counts what it is asked, and is fast enough that a client's own time can be measured.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

MEDIA = "application/vnd.oci.image."
_REASONS = {200: "OK", 307: "Temporary Redirect", 401: "Unauthorized", 404: "Not Found"}


class Reply(NamedTuple):
    """An answer: after `delay` seconds, and `cut` short to so many bytes of its body, if at all."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = {}
    delay: float = 0.0
    cut: int | None = None


class Asked(NamedTuple):
    """A question as it came. Names of headers are in lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: Mapping[str, str]


class MemoryRegistry:
    """`with MemoryRegistry() as registry:` listens; `host` is where.

    `script` maps the beginning of a path to what answers there instead: a function of the question,
    whose answer None means the usual one.
    """

    def __init__(self) -> None:
        self.host = ""
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[tuple[str, str], bytes] = {}
        self.tags: dict[str, list[str]] = {}
        self.counts: Counter[str] = Counter()
        self.log: list[Asked] = []
        self.keeps_log = True
        self.page = 0
        self.open: set[asyncio.Transport] = set()
        self._script: list[tuple[str, Callable[[Asked], Reply | None]]] = []
        self.loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def script(self, path: str, answer: Callable[[Asked], Reply | None] | Reply) -> None:
        """Let something else answer below a path."""
        self._script.append((path, answer if callable(answer) else lambda _asked: answer))

    def forget(self) -> None:
        """Take back what was scripted, and what was counted."""
        self._script.clear()
        self.log.clear()
        self.counts.clear()

    def blob(self, data: bytes, media: str) -> dict[str, Any]:
        """Keep a blob; its descriptor."""
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self.blobs[digest] = data
        return {"mediaType": media, "digest": digest, "size": len(data)}

    def manifest(self, repository: str, value: Mapping[str, Any], tag: str = "") -> str:
        """Keep a manifest of a repository, under a tag where one is given; its digest."""
        data = json.dumps(value).encode()
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        self.manifests[repository, digest] = data
        if tag:
            self.manifests[repository, tag] = data
            known = self.tags.setdefault(repository, [])
            if tag not in known:
                known.append(tag)
        return digest

    def image(
        self, repository: str, tag: str = "v1", layers: Iterable[str] = ("base",), **config: Any
    ) -> str:
        """Keep an image of layers by their names (their content is nowhere); its digest.

        What is given by name goes into its configuration; `made` is when all its layers were made.
        """
        names = tuple(layers)
        history: dict[str, str] = {"created": config.pop("made")} if "made" in config else {}
        made = {
            "architecture": config.pop("architecture", "amd64"),
            "os": "linux",
            "created": config.pop("created", "2026-01-01T00:00:00Z"),
            "config": {"User": "10001", "Entrypoint": ["/app"], **config},
            "rootfs": {"type": "layers", "diff_ids": [named(f"diff {name}") for name in names]},
            "history": [{"created_by": f"COPY {name} / # buildkit", **history} for name in names],
        }
        value = {
            "schemaVersion": 2,
            "mediaType": f"{MEDIA}manifest.v1+json",
            "config": self.blob(json.dumps(made).encode(), f"{MEDIA}config.v1+json"),
            "layers": [
                {
                    "mediaType": f"{MEDIA}layer.v1.tar+gzip",
                    "digest": named(f"layer {name}"),
                    "size": 1000,
                }
                for name in names
            ],
        }
        return self.manifest(repository, value, tag)

    def index(self, repository: str, digests: Mapping[str, str], tag: str = "v1") -> str:
        """Keep an index of images by their platforms (`linux/arm64`); its digest."""
        entries = []
        for platform, digest in digests.items():
            os, _, architecture = platform.partition("/")
            entry = {"mediaType": f"{MEDIA}manifest.v1+json", "digest": digest, "size": 1}
            entries.append({**entry, "platform": {"os": os, "architecture": architecture}})
        media = f"{MEDIA}index.v1+json"
        value = {"schemaVersion": 2, "mediaType": media, "manifests": entries}
        return self.manifest(repository, value, tag)

    def answer(self, asked: Asked) -> Reply:
        """What is answered."""
        self.counts[asked.method] += 1
        if self.keeps_log:
            self.log.append(asked)
        for path, scripted in reversed(self._script):
            if asked.path.startswith(path):
                reply = scripted(asked)
                if reply is not None:
                    return reply
        return self._usual(asked)

    def _usual(self, asked: Asked) -> Reply:
        if asked.path == "/v2/_catalog":
            return self._listed("repositories", sorted(self.tags), asked)
        name, _, rest = asked.path.removeprefix("/v2/").rpartition("/")
        repository, _, what = name.rpartition("/")
        if what == "tags":
            if repository not in self.tags:
                return _missing("NAME_UNKNOWN")
            return self._listed("tags", sorted(self.tags[repository]), asked)
        if what == "manifests":
            data = self.manifests.get((repository, rest))
            return _missing("MANIFEST_UNKNOWN") if data is None else _manifest(data)
        if what == "blobs" and rest in self.blobs:
            return Reply(200, self.blobs[rest], {"Content-Type": "application/octet-stream"})
        return _missing("BLOB_UNKNOWN")

    def _listed(self, name: str, items: list[str], asked: Asked) -> Reply:
        headers: dict[str, str] = {}
        if self.page:
            last = asked.query.get("last", [""])[0]
            later = [item for item in items if item > last]
            items = later[: self.page]
            if len(later) > self.page:
                link = f'<{asked.path}?n={self.page}&last={items[-1]}>; rel="next"'
                headers["Link"] = link
        return Reply(200, json.dumps({name: items}).encode(), headers)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        making = self.loop.create_server(lambda: _Connection(self, self.loop), "127.0.0.1", 0)
        self._server = self.loop.run_until_complete(making)
        self.host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self.loop.run_forever()
        self._server.close()
        for transport in self.open:
            transport.abort()
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


class _Connection(asyncio.Protocol):
    """One connection, which stays open."""

    def __init__(self, registry: MemoryRegistry, loop: asyncio.AbstractEventLoop) -> None:
        self._registry = registry
        self._loop = loop
        self._data = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._registry.open.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if self._transport is not None:
            self._registry.open.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._data[:1].isalpha() and self._transport is not None:
            self._transport.close()  # TLS is not spoken here
            return
        while b"\r\n\r\n" in self._data:
            head, _, self._data = self._data.partition(b"\r\n\r\n")
            first, *lines = head.decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ")
            parts = urlsplit(target)
            pairs = (line.partition(":") for line in lines)
            headers = {name.lower(): value.strip() for name, _, value in pairs}
            asked = Asked(method, parts.path, parse_qs(parts.query), headers)
            reply = self._registry.answer(asked)
            if reply.delay:
                self._loop.call_later(reply.delay, self._send, asked, reply)
            else:
                self._send(asked, reply)

    def _send(self, asked: Asked, reply: Reply) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        headers = {"Content-Length": str(len(reply.body)), **reply.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        reason = _REASONS.get(reply.status, "Answer")
        head = f"HTTP/1.1 {reply.status} {reason}\r\n{lines}\r\n".encode("latin-1")
        body = b"" if asked.method == "HEAD" else reply.body
        self._transport.write(head + (body if reply.cut is None else body[: reply.cut]))
        if reply.cut is not None:
            self._transport.close()


def named(name: str) -> str:
    """A digest of its own for a name."""
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def _manifest(data: bytes) -> Reply:
    media = json.loads(data).get("mediaType", "")
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    return Reply(200, data, {"Content-Type": media, "Docker-Content-Digest": digest})


def _missing(code: str) -> Reply:
    body = {"errors": [{"code": code, "message": "not here"}]}
    return Reply(404, json.dumps(body).encode(), {"Content-Type": "application/json"})
