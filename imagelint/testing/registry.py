"""A registry that answers from memory, and misbehaves where it is told to.

It serves and takes manifests, blobs, tags and referrers over plain HTTP on the loopback interface,
lists its catalog, and counts what it is asked:
https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from imagelint.testing.loopback import Asked, LoopbackServer, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

__all__ = ("MEDIA", "Asked", "MemoryRegistry", "Reply", "named")

MEDIA = "application/vnd.oci.image."
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
"""What a signature is called that refers to an image."""
_MANIFEST, _INDEX = f"{MEDIA}manifest.v1+json", f"{MEDIA}index.v1+json"
_EMPTY = "application/vnd.oci.empty.v1+json"
_TAG = "org.opencontainers.image.ref.name"


class MemoryRegistry(LoopbackServer):
    """`with MemoryRegistry() as registry:` listens; `host` is where.

    `script` maps the beginning of a path to what answers there instead: a function of the question,
    whose answer None means the usual one. Without `has_referrers` it knows no referrers API, as
    registries before version 1.1 do not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.blobs: dict[str, bytes] = {}
        self.manifests: dict[tuple[str, str], bytes] = {}
        self.tags: dict[str, list[str]] = {}
        self.referrers: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.counts: Counter[str] = Counter()
        self.log: list[Asked] = []
        self.keeps_log = True
        self.has_referrers = True
        self.page = 0
        self._uploads: dict[str, bytearray] = {}
        self._script: list[tuple[str, Callable[[Asked], Reply | None]]] = []

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
        return self._keep(repository, json.dumps(value).encode(), tag)

    def _keep(self, repository: str, data: bytes, tag: str = "") -> str:
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        value = json.loads(data)
        if subject := value.get("subject"):
            entry = {"mediaType": value["mediaType"], "digest": digest, "size": len(data)}
            kind = value.get("artifactType") or value.get("config", {}).get("mediaType", "")
            known = self.referrers.setdefault((repository, subject["digest"]), [])
            if (repository, digest) not in self.manifests:
                known.append({**entry, "artifactType": kind})
        self.manifests[repository, digest] = data
        if tag:
            self.manifests[repository, tag] = data
            tags = self.tags.setdefault(repository, [])
            if tag not in tags:
                tags.append(tag)
        return digest

    def add(self, layout: Path, repository: str) -> str:
        """Keep all that is in an OCI layout, under its tags; the digest of its first image."""
        index = json.loads((layout / "index.json").read_bytes())
        for blob in (layout / "blobs/sha256").iterdir():
            self.blobs[f"sha256:{blob.name}"] = blob.read_bytes()
        for entry in index["manifests"]:
            self._copy(repository, entry["digest"], entry.get("annotations", {}).get(_TAG, ""))
        return str(index["manifests"][0]["digest"])

    def _copy(self, repository: str, digest: str, tag: str = "") -> None:
        data = self.blobs[digest]
        for entry in json.loads(data).get("manifests", ()):
            self._copy(repository, entry["digest"])
        self._keep(repository, data, tag)

    def attach(self, repository: str, digest: str, data: bytes, kind: str = BUNDLE) -> str:
        """Let a file of a kind refer to an image, by default a signature; its own digest."""
        subject = self.manifests[repository, digest]
        value = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "artifactType": kind,
            "config": self.blob(b"{}", _EMPTY),
            "layers": [self.blob(data, kind)],
            "subject": {"mediaType": _MANIFEST, "digest": digest, "size": len(subject)},
        }
        return self.manifest(repository, value)

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
            "mediaType": _MANIFEST,
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
            entry = {"mediaType": _MANIFEST, "digest": digest, "size": 1}
            entries.append({**entry, "platform": {"os": os, "architecture": architecture}})
        value = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": entries}
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
        if asked.path == "/v2/":
            return Reply(200, b"{}")
        if asked.path == "/v2/_catalog":
            return self._listed("repositories", sorted(self.tags), asked)
        return self._given(asked) if asked.method in ("GET", "HEAD") else self._taken(asked)

    def _given(self, asked: Asked) -> Reply:
        """What is answered to who reads something."""
        name, _, rest = asked.path.removeprefix("/v2/").rpartition("/")
        repository, _, what = name.rpartition("/")
        if what == "tags":
            if repository not in self.tags:
                return _missing("NAME_UNKNOWN")
            return self._listed("tags", sorted(self.tags[repository]), asked)
        if what == "manifests":
            data = self.manifests.get((repository, rest))
            return _missing("MANIFEST_UNKNOWN") if data is None else _manifest(data)
        if what == "referrers" and self.has_referrers:
            found = self.referrers.get((repository, rest), [])
            value = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": found}
            return Reply(200, json.dumps(value).encode(), {"Content-Type": _INDEX})
        if what == "blobs" and rest in self.blobs:
            return Reply(200, self.blobs[rest], {"Content-Type": "application/octet-stream"})
        return _missing("BLOB_UNKNOWN")

    def _taken(self, asked: Asked) -> Reply:
        """What is answered to who puts something: blobs by uploads, manifests under their names."""
        name, _, rest = asked.path.removeprefix("/v2/").rpartition("/")
        if asked.method == "PUT" and name.endswith("/manifests"):
            tag = "" if rest.startswith("sha256:") else rest
            digest = self._keep(name.removesuffix("/manifests"), asked.body, tag)
            subject = json.loads(asked.body).get("subject", {}).get("digest")
            told = {"OCI-Subject": subject} if subject and self.has_referrers else {}
            headers = {"Location": asked.path, "Docker-Content-Digest": digest, **told}
            return Reply(201, headers=headers)
        if asked.method == "POST" and asked.path.endswith("/blobs/uploads/"):
            place = f"{asked.path}{len(self._uploads)}"
            self._uploads[place] = bytearray()
            return Reply(202, headers={"Location": place, "Range": "0-0"})
        if asked.path not in self._uploads:
            return _missing("BLOB_UPLOAD_UNKNOWN")
        upload = self._uploads[asked.path]
        upload += asked.body
        if asked.method == "PATCH":
            headers = {"Location": asked.path, "Range": f"0-{len(upload) - 1}"}
            return Reply(202, headers=headers)
        return self._finished(asked, bytes(upload))

    def _finished(self, asked: Asked, data: bytes) -> Reply:
        digest = self.blob(data, "")["digest"]
        if asked.query.get("digest") != [digest]:
            return Reply(400, json.dumps({"errors": [{"code": "DIGEST_INVALID"}]}).encode())
        place = f"{asked.path.partition('/uploads/')[0]}/{digest}"
        return Reply(201, headers={"Location": place, "Docker-Content-Digest": digest})

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
