"""Do imagelint and cosign agree about signatures that were changed by chance?

    python tools/lab/differential.py [NUMBER] [SEED]

Good bundles of a key and of a certificate are changed in one place: a byte of a payload, signature,
certificate or log entry, a number, a name, a part left out or put in. Each is attached to the image
for which it was made, in a registry of its own, and both are asked. Ends with 1 when they differ.
Known: of a log's checkpoint, sigstore wants a signature whose hint names the log's key, and cosign
does not; there imagelint is the stricter one. Needs cosign, docker-registry and oras on PATH.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from imagelint.collect.signatures.verify import verify
from imagelint.collect.tools.cosign import VerifyRequest
from imagelint.core.environment import Signer
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.signatures import SIGNATURE, SignatureOutcome, parse_signatures
from imagelint.testing.authority import BUNDLE, Authority
from imagelint.testing.images import Image, Layout
from tools.lab.registry import Registry, free_port
from tools.lab.signing import Signing, attach, push

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
IDENTITY, ISSUER = "https://ci.test/build", "https://issuer.test"


class Difference(NamedTuple):
    """A changed bundle about which the two are of different opinions."""

    what: str
    ours: bool
    cosigns: bool
    said: str


class Bench:
    """A registry with one image, and a good bundle of each kind."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.host = registry.host
        self.signing = Signing(folder / "keys")
        self.key = self.signing.key("build")
        self.authority = Authority(folder / "authority")
        self.root = str(self.authority.trusted_root())
        self.digest = Layout(folder / "image").add(Image(({"name": "differential"},)))
        self.manifest = (folder / "image/blobs/sha256" / self.digest[7:]).read_bytes()
        self.good = {"key": self._signed("key"), "certificate": self._signed("certificate")}
        self._count = 0

    def _signed(self, kind: str) -> dict[str, Any]:
        name = f"{self.host}/made/{kind}"
        push(self.folder / "image", "v1", f"{name}:v1")
        if kind == "key":
            self.signing.sign(f"{name}@{self.digest}", "build")
        else:
            bundle = self.authority.bundle(self.digest, IDENTITY, ISSUER)
            attach(f"{name}@{self.digest}", bundle, self.folder)
        listed = json.loads(self._get(f"made/{kind}/manifests/{self.digest.replace(':', '-')}"))
        manifest = json.loads(
            self._get(f"made/{kind}/manifests/{listed['manifests'][0]['digest']}")
        )
        found: dict[str, Any] = json.loads(
            self._get(f"made/{kind}/blobs/{manifest['layers'][0]['digest']}")
        )
        return found

    def compare(self, kind: str, text: str, what: str) -> Difference | None:
        """Ask both about a bundle; the difference, if there is one."""
        self._count += 1
        repository = f"mutated/{kind}{self._count}"
        self._attach(repository, text.encode())
        ours, said = self._ours(kind, f"{self.host}/{repository}")
        cosigns = self._cosigns(kind, f"{self.host}/{repository}@{self.digest}")
        return None if ours is cosigns else Difference(f"{kind}: {what}", ours, cosigns, said)

    def _ours(self, kind: str, repository: str) -> tuple[bool, str]:
        image = ImageIdentity(f"{repository}@{self.digest}", self.digest, repository)
        by_key = Signer("build", key=str(self.key), transparency_log=False)
        signer = by_key if kind == "key" else Signer("ci", identity=IDENTITY, issuer=ISSUER)
        found = verify(VerifyRequest(image, (signer,), self.root, cross_check=False))
        if found.source is None:
            return False, str(found.problems)
        (check,) = parse_signatures(found.source).checks
        return check.outcome is SignatureOutcome.VERIFIED, check.reason

    def _cosigns(self, kind: str, reference: str) -> bool:
        who = (f"--key={self.key}", "--insecure-ignore-tlog=true")
        if kind != "key":
            who = (f"--certificate-identity={IDENTITY}", f"--certificate-oidc-issuer={ISSUER}")
            who = (*who, f"--trusted-root={self.root}")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home")}
        done = subprocess.run(
            ["cosign", "verify", *who, "--output=json", reference],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return False
        return any(one["critical"]["type"] == SIGNATURE for one in json.loads(done.stdout))

    def _attach(self, repository: str, bundle: bytes) -> None:
        image = json.loads(self.manifest)
        parts = [image["config"]["digest"], *(layer["digest"] for layer in image["layers"])]
        for digest in parts:
            data = (self.folder / "image/blobs/sha256" / digest[7:]).read_bytes()
            self._blob(repository, data)
        self._put(f"{repository}/manifests/{self.digest}", self.manifest, MANIFEST)
        empty = {"mediaType": "application/vnd.oci.empty.v1+json", **self._blob(repository, b"{}")}
        layer = {"mediaType": BUNDLE, **self._blob(repository, bundle)}
        subject = {"mediaType": MANIFEST, "digest": self.digest, "size": len(self.manifest)}
        made = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "artifactType": BUNDLE,
                "config": empty,
                "layers": [layer],
                "subject": subject,
            }
        ).encode()
        entry = {"mediaType": MANIFEST, "artifactType": BUNDLE, **_descriptor(made)}
        self._put(f"{repository}/manifests/{entry['digest']}", made, MANIFEST)
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}
        tag = self.digest.replace(":", "-")
        self._put(f"{repository}/manifests/{tag}", json.dumps(index).encode(), INDEX)

    def _blob(self, repository: str, data: bytes) -> dict[str, Any]:
        made = _descriptor(data)
        start = urllib.request.Request(
            f"http://{self.host}/v2/{repository}/blobs/uploads/", method="POST"
        )
        with urllib.request.urlopen(start) as answer:
            place = answer.headers["Location"]
        url = place if place.startswith("http") else f"http://{self.host}{place}"
        mark = "&" if "?" in url else "?"
        headers = {"Content-Type": "application/octet-stream"}
        end = urllib.request.Request(f"{url}{mark}digest={made['digest']}", data, headers)
        end.method = "PUT"
        with urllib.request.urlopen(end):
            return made

    def _put(self, path: str, data: bytes, kind: str) -> None:
        url = f"http://{self.host}/v2/{path}"
        request = urllib.request.Request(url, data, {"Content-Type": kind}, method="PUT")
        with urllib.request.urlopen(request):
            return

    def _get(self, path: str) -> bytes:
        request = urllib.request.Request(f"http://{self.host}/v2/{path}")
        request.add_header("Accept", f"{INDEX}, {MANIFEST}")
        with urllib.request.urlopen(request) as answer:
            data: bytes = answer.read()
            return data


def _descriptor(data: bytes) -> dict[str, Any]:
    return {"digest": f"sha256:{hashlib.sha256(data).hexdigest()}", "size": len(data)}


def mutated(bundle: dict[str, Any], chance: random.Random) -> tuple[str, str]:
    """A bundle that is changed in one place, as text, and what was changed."""
    copy = json.loads(json.dumps(bundle))
    places = list(_places(copy, ()))
    path = chance.choice(places)
    holder = copy
    for part in path[:-1]:
        holder = holder[part]
    last = path[-1]
    name = ".".join(map(str, path))
    way = chance.choice(("leave out", "change", "change", "change", "double", "add"))
    if way == "leave out":
        del holder[last]
    elif way == "double" and isinstance(holder, list):
        holder.append(holder[last])
    elif way == "add" and isinstance(holder, dict):
        holder["more"] = "x"
    else:
        way, holder[last] = "change", _changed(holder[last], chance)
    return json.dumps(copy), f"{way} {name}"


def _places(value: object, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, each in inner:
        found += _places(each, (*path, key))
    return found


def _changed(value: Any, chance: random.Random) -> Any:
    if isinstance(value, str):
        return _changed_text(value, chance)
    if isinstance(value, dict | list):
        return [] if value and isinstance(value, list) else {}
    return None


def _changed_text(text: str, chance: random.Random) -> str:
    if text.isdigit():
        return str(int(text) + chance.choice((-1, 1, 1000)))
    try:
        data = bytearray(base64.b64decode(text, validate=True))
    except ValueError:
        data = bytearray()
    if len(data) > 8:
        where = chance.randrange(len(data))
        data[where] ^= 1 << chance.randrange(8)
        return base64.b64encode(bytes(data)).decode()
    where = chance.randrange(len(text) + 1)
    return text[:where] + chance.choice("x0 ") + text[where + 1 :]


def differences(bench: Bench, number: int, chance: random.Random) -> list[Difference]:
    """What the two disagree about, of so many changed bundles."""
    found: list[Difference] = []
    for kind, bundle in bench.good.items():
        for count in range(number // 2 + 1):
            text, what = (json.dumps(bundle), "") if not count else mutated(bundle, chance)
            difference = bench.compare(kind, text, what)
            if difference is not None:
                found.append(difference)
    return found


def main() -> int:
    number, seed = (*map(int, sys.argv[1:]), *(1000, 1)[len(sys.argv) - 1 :])[:2]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with Registry(folder / "registry", free_port()) as registry:
            found = differences(Bench(folder, registry), number, random.Random(seed))
    for difference in found:
        print(difference)
    print(f"{number} changed bundles, {len(found)} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
