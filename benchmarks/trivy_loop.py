"""So many local images scanned by Trivy in a shell loop, and by one audit at the same depth.

    python benchmarks/trivy_loop.py [--images 300]

The images are small, made here, and lie in one OCI layout; half of them stand upon layers that all
of them share, and every third has a vulnerable package. Both use the same Trivy and the same
database, nothing is downloaded, and both have to find the same number of vulnerabilities.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from imagelint.testing.database import write_database
from imagelint.testing.images import Image, Layout, alpine, python_package

ROOT = Path(__file__).parents[1]
VULNERABLE = 3
# What somebody writes who has a list of images and an afternoon.
LOOP = (
    "while read -r tag; do"
    ' trivy image --quiet --offline-scan --skip-db-update --cache-dir "$CACHE" --scanners vuln'
    ' --format json --input "images:$tag" > "out/$tag.json"; done < tags.txt'
)


class Times(NamedTuple):
    """Seconds that passed, and those of the processor, of all processes."""

    wall: float
    own: float


def lay_out(folder: Path, count: int) -> None:
    layout = Layout(folder / "images")
    for number in range(count):
        release = "3.1.4-r0" if number % VULNERABLE == 0 else "3.1.9-r0"
        name = f"app{number}" if number % 2 else "vllm"
        layers = (alpine(("openssl", release)), python_package(name, f"{number}.0"))
        layout.add(Image(layers, user="2000"), f"v{number}")
    (folder / "tags.txt").write_text("".join(f"v{number}\n" for number in range(count)))
    (folder / "out").mkdir()
    # One for each: Trivy remembers layers beside its database.
    for cache in ("loop", "trivy"):
        write_database(folder / cache, age_hours=1)


def timed(folder: Path, *command: str) -> tuple[Times, str]:
    """What a command takes with all that it starts, and what it says."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    environment = {**os.environ, "CACHE": str(folder / "loop")}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in {0, 1}:
        sys.exit(f"it failed ({done.returncode}): {done.stdout}{done.stderr}")
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Times(wall, own), done.stdout


def told_by_trivy(folder: Path) -> int:
    reports = [json.loads(each.read_text()) for each in (folder / "out").glob("*.json")]
    results = [result for report in reports for result in report.get("Results") or ()]
    return sum(len(result.get("Vulnerabilities") or ()) for result in results)


def told_by_us(folder: Path, store: str) -> int:
    command = (sys.executable, "-m", "imagelint", "report", "--store", store, "--format", "jsonl")
    _, said = timed(folder, *command)
    found = [json.loads(line) for line in said.splitlines()]
    return sum(each.get("rule") == "vulnerable-package" for each in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=300)
    count = parser.parse_args().images
    os.environ["PATH"] = f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    os.environ["PYTHONPATH"] = str(ROOT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder, count)
        audit = (
            *(sys.executable, "-m", "imagelint", "audit", "images", "--depth", "scan", "--quiet"),
            *("--policy", "recommended", "--offline", "--trivy-cache", "trivy", "--store", "a.db"),
        )
        loop, _ = timed(folder, "sh", "-c", LOOP)
        first, _ = timed(folder, *audit)
        again, _ = timed(folder, *audit)
        print(
            f"{count} images; by Trivy {told_by_trivy(folder)} vulnerabilities, by the audit "
            f"{told_by_us(folder, 'a.db')}"
        )
        for what, times in (("trivy in a loop", loop), ("audit", first), ("audit, again", again)):
            print(
                f"{what:16} {times.wall:7.1f} s {times.own:7.1f} s of CPU,"
                f" {times.wall / count * 1000:6.0f} ms an image"
            )


if __name__ == "__main__":
    main()
