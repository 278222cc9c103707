"""What a large layout costs, and what a scan and a gate cost beside Trivy's own time.

    python benchmarks/layout.py [--files 150000] [--bytes 2684354560]

A layout of ten layers is made and described by `imagelint image`, in a process of its own; a small
one is scanned by Trivy alone, by `imagelint scan` and, with the Dockerfile that made it, by
`imagelint gate`. Processor seconds, and the most memory used.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from imagelint.testing.database import write_database
from imagelint.testing.images import MEDIA, TAG, Image, Layout, alpine, python_package

_LAYERS = 10
_FOLDER = 100  # files
# What is installed has its bytecode: it is written once, and not made anew by each command.
_ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
_DOCKERFILE = """\
FROM alpine:3.20
RUN apk add --no-cache openssl=3.1.4-r0
COPY requirements.txt /srv/
RUN pip install --no-cache-dir -r /srv/requirements.txt
USER 10001
CMD ["vllm", "serve", "Qwen/Qwen3-8B"]
"""


class Cost(NamedTuple):
    """What a command took."""

    code: int
    wall: float
    cpu: float
    mebibytes: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=150_000)
    parser.add_argument("--bytes", type=int, default=2_684_354_560)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_layout(root / "large", given.files, given.bytes)
        cost = run(sys.executable, "-m", "imagelint", "image", f"oci:{root / 'large'}:v1")
        each = f"{given.files / cost.cpu:,.0f} entries a second of the processor"
        print(f"image: {cost.cpu:.1f} s, {each}, {cost.mebibytes:.0f} MiB, exit {cost.code}")
        overhead(root)


def overhead(root: Path) -> None:
    """A scan by Trivy alone, and by imagelint's commands, three times each in turn."""
    small = Layout(root / "small")
    small.add(Image((alpine(("openssl", "3.1.4-r0")), python_package("vllm", "0.8.5"))))
    write_database(root / "trivy")
    (root / "Dockerfile").write_text(_DOCKERFILE, encoding="utf-8")
    cache, image = str(root / "trivy"), f"oci:{small.folder}:v1"
    alone = ("trivy", "image", "--quiet", "--offline-scan", "--skip-db-update", "--format", "json")
    ours = (sys.executable, "-m", "imagelint")
    last = ("--offline", "--trivy-cache", cache, "--policy", "recommended")
    for _ in range(3):
        bare = run(*alone, "--cache-dir", cache, "--input", str(small.folder))
        for command in (("scan", image), ("gate", image, str(root / "Dockerfile"))):
            whole = run(*ours, *command, *last)
            over = f"wall {whole.wall - bare.wall:+.2f} s, processor {whole.cpu - bare.cpu:+.2f} s"
            done = f"imagelint {whole.wall:.2f} s, exit {whole.code}"
            print(f"{command[0]}: Trivy {bare.wall:.2f} s, {done}; {over}")


def write_layout(folder: Path, files: int, size: int) -> None:
    """An image of so many files of random bytes, as ten layers that are not compressed."""
    (folder / "blobs/sha256").mkdir(parents=True)
    layers = [_layer(folder, number, files // _LAYERS, size // files) for number in range(_LAYERS)]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"User": "10001"},
        "rootfs": {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]},
        "history": [{"created_by": "COPY . / # buildkit"}] * len(layers),
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{MEDIA}manifest.v1+json",
        "config": _json(folder, config, "config.v1+json"),
        "layers": layers,
    }
    entry = {**_json(folder, manifest, "manifest.v1+json"), "annotations": {TAG: "v1"}}
    index = {"schemaVersion": 2, "manifests": [entry]}
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}', encoding="utf-8")


def _layer(folder: Path, number: int, files: int, size: int) -> dict[str, Any]:
    chunk = os.urandom(size + _FOLDER)
    path = folder / "layer.tar"
    with tarfile.open(path, "w") as archive:
        for at in range(files):
            entry = tarfile.TarInfo(f"srv/{number}/{at // _FOLDER}/{at}.py")
            entry.size = size
            start = at % _FOLDER
            archive.addfile(entry, io.BytesIO(chunk[start : start + size]))
    return _kept(folder, path, "layer.v1.tar")


def _json(folder: Path, value: object, kind: str) -> dict[str, Any]:
    path = folder / "value.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return _kept(folder, path, kind)


def _kept(folder: Path, path: Path, kind: str) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = path.stat().st_size
    path.rename(folder / "blobs/sha256" / digest)
    return {"mediaType": MEDIA + kind, "digest": f"sha256:{digest}", "size": size}


def run(*command: str) -> Cost:
    """Run a command in silence."""
    began = time.monotonic()
    process = os.posix_spawnp(
        command[0],
        command,
        _ENVIRONMENT,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
    )
    _, status, used = os.wait4(process, 0)
    code = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    return Cost(code, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
