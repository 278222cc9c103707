"""How much time an audit takes of its own, beside a bare client that asks the same.

    python benchmarks/audit.py [--images 5000] [--bases 200] [--times 1]

Two servers on the loopback interface hold the same images: a real docker-registry, whose folder is
laid out here, and one that answers from memory. Printed are images a second, milliseconds of CPU of
our own process for each image beyond what a start takes, and the wall time beside that of bare
requests over kept connections by as many threads, which are made before and after. Of several times
the middle is told. Modules are compiled beforehand, as they are where something is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from imagelint.testing.registry import MemoryRegistry, named
from tools.lab.registry import Registry, free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEDIA = "application/vnd.oci.image."
ACCEPT = f"{MEDIA}manifest.v1+json"
THREADS = 8


class Made(NamedTuple):
    """An image: its repository, and its manifest and configuration as bytes."""

    repository: str
    manifest: bytes
    config: bytes


def images(count: int, bases: int) -> Iterator[Made]:
    """Images of two layers of their own upon bases of eight, with a history like real ones."""
    for number in range(count):
        base = number % bases
        names = [f"base {base} {at}" for at in range(8)]
        names += [f"app {number}", f"code {number}"]
        run = "RUN /bin/sh -c apt-get update && apt-get install -y --no-install-recommends curl"
        config = {
            "architecture": "amd64",
            "os": "linux",
            "created": "2026-01-01T00:00:00Z",
            "config": {
                "User": "10001" if number % 3 else "",
                "Env": [
                    "PATH=/usr/local/nvidia/bin:/usr/local/sbin:/usr/bin",
                    f"CUDA_VERSION=12.{base % 9}.1",
                    "NVIDIA_VISIBLE_DEVICES=all",
                    "LD_LIBRARY_PATH=/usr/local/nvidia/lib:/usr/local/nvidia/lib64",
                    f"APP_VERSION={number}",
                ],
                "Entrypoint": ["python3", "-m", "vllm.entrypoints.openai.api_server"],
                "Labels": {"org.opencontainers.image.version": str(number)},
            },
            "rootfs": {"type": "layers", "diff_ids": [named(f"diff {name}") for name in names]},
            "history": [{"created_by": f"{run} # {name} # buildkit"} for name in names],
        }
        data = json.dumps(config).encode()
        layers = [
            {"mediaType": f"{MEDIA}layer.v1.tar+gzip", "digest": named(name), "size": 1000}
            for name in names
        ]
        manifest = {
            "schemaVersion": 2,
            "mediaType": ACCEPT,
            "config": {
                "mediaType": f"{MEDIA}config.v1+json",
                "size": len(data),
                "digest": of(data),
            },
            "layers": layers,
        }
        yield Made(f"team{base}/app{number}", json.dumps(manifest).encode(), data)


def of(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def lay_out(folder: Path, made: list[Made]) -> None:
    """Write what pushes would have left in the folder of a docker-registry."""
    root = folder / "storage" / "docker" / "registry" / "v2"
    for image in made:
        place = root / "repositories" / image.repository
        for data in (image.manifest, image.config):
            digits = of(data)[7:]
            blob = root / "blobs" / "sha256" / digits[:2] / digits
            blob.mkdir(parents=True, exist_ok=True)
            (blob / "data").write_bytes(data)
        digest, config = of(image.manifest), of(image.config)
        for where, link in (
            (f"_layers/sha256/{config[7:]}", config),
            (f"_manifests/revisions/sha256/{digest[7:]}", digest),
            ("_manifests/tags/v1/current", digest),
            (f"_manifests/tags/v1/index/sha256/{digest[7:]}", digest),
        ):
            (place / where).mkdir(parents=True, exist_ok=True)
            (place / where / "link").write_text(link)


class Times(NamedTuple):
    """Seconds that passed, and those of the processor that were our own; megabytes at most."""

    wall: float
    own: float
    memory: float


def run(folder: Path, *words: str) -> Times:
    """An audit in a process of its own."""
    command = (
        sys.executable,
        "-m",
        "imagelint",
        "audit",
        *words,
        "--quiet",
        "--policy",
        "recommended",
    )
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE) as process:
        said = process.stdout.read().decode() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    if process.returncode not in {0, 1}:
        sys.exit(f"it failed ({process.returncode}): {said}")
    return Times(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def bare(host: str, made: list[Made], method: str) -> float:
    """The wall time of a client that does nothing with what it is given."""

    def ask(part: list[Made]) -> None:
        connection = http.client.HTTPConnection(host)
        for image in part:
            paths = [f"/v2/{image.repository}/manifests/v1"]
            if method == "GET":
                paths += [f"/v2/{image.repository}/blobs/{of(image.config)}"]
            for path in paths:
                connection.request(method, path, headers={"Accept": ACCEPT})
                connection.getresponse().read()
        connection.close()

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(ask, [made[at::THREADS] for at in range(THREADS)]))
    return time.perf_counter() - began


class Told(NamedTuple):
    """What one step took, and what a bare client beside it (0: there is none)."""

    times: Times
    beside: float = 0.0


def beside(host: str, made: list[Made], method: str, do: Callable[[], Times]) -> Told:
    """What something takes, and a bare client before and after it."""
    before = bare(host, made, method)
    times = do()
    return Told(times, (before + bare(host, made, method)) / 2)


def tell(what: str, count: int, several: list[Told], start: float = 0.0) -> None:
    """Print the middle of several; `start`: seconds of our own that one image takes."""
    wall, own, memory = (
        statistics.median(values) for values in zip(*(one.times for one in several), strict=True)
    )
    ratio = ""
    if several[0].beside:
        by = statistics.median(one.times.wall / one.beside for one in several)
        least = statistics.median(one.beside for one in several)
        ratio = f", {by:.2f} x a bare client ({least:.1f} s)"
    print(
        f"{what:34} {wall:6.1f} s {count / wall:7.0f}/s"
        f" {(own - start) / count * 1000:6.2f} ms of our own each,"
        f" {memory:.0f} MB{ratio}, load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def measured(folder: Path, registry: Registry, made: list[Made], at: int) -> list[Told]:
    """What it takes to audit a registry, again, and by another policy what is kept."""
    words = (str(folder / "images.txt"), "--store", str(folder / f"{at}.db"))
    host, strict = registry.host, (*words, "--kept", "--rule", "root-user=low")
    return [
        beside(host, made, "GET", lambda: run(folder, *words)),
        beside(host, made, "HEAD", lambda: run(folder, *words)),
        Told(run(folder, *strict)),
    ]


def in_memory(folder: Path, made: list[Made], times: int) -> list[Told]:
    """What it takes to audit a server that answers from memory."""
    with MemoryRegistry() as memory:
        memory.keeps_log = False
        for one in made:
            memory.blobs[of(one.config)] = one.config
            memory.manifest(one.repository, json.loads(one.manifest), "v1")
        listed = folder / "images.txt"
        listed.write_text("".join(f"{memory.host}/{one.repository}:v1\n" for one in made))
        stores = [str(folder / f"memory{at}.db") for at in range(times)]
        return [Told(run(folder, str(listed), "--store", store)) for store in stores]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--bases", type=int, default=200)
    parser.add_argument("--times", type=int, default=1)
    given = parser.parse_args()
    made = list(images(given.images, given.bases))
    programs = Path(__file__).parents[1] / ".tools" / "bin"
    os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder / "registry", made)
        with Registry(folder / "registry", free_port()) as registry:
            listed = folder / "images.txt"
            listed.write_text(f"{registry.host}/{made[0].repository}:v1\n")
            # The first one compiles the modules, and makes the store.
            first = [run(folder, str(listed), "--store", str(folder / "one.db")) for _ in range(2)]
            start = first[1].own
            tell("one image: what a start takes", 1, [Told(first[1])])
            listed.write_text("".join(f"{registry.host}/{one.repository}:v1\n" for one in made))
            several = [measured(folder, registry, made, at) for at in range(given.times)]
            cold, again, kept = (list(one) for one in zip(*several, strict=True))
            tell("docker-registry, nothing known", len(made), cold, start)
            tell("the same again, unchanged", len(made), again, start)
            tell("what is kept, by another policy", len(made), kept, start)
        told = in_memory(folder, made, given.times)
        tell("a server of memory, nothing known", len(made), told, start)


if __name__ == "__main__":
    main()
