"""Times `check --since` on a repository of many files with ten changed, beside a whole check.

Cold: with nothing remembered. Warm: with the results of an earlier run of the same command.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from inputs import write_dockerfiles, write_manifests

_FILES = 5_000
_CHANGED = 10


def main(number: int) -> None:
    """Make the repository and print the seconds of processor time of each run."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "repository"
        write_dockerfiles(folder / "docker", number // 2)
        write_manifests(folder / "kube", number - number // 2)
        for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "first")):
            who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
            subprocess.run(["git", *who, *words], cwd=folder, check=True)
        for file in sorted(folder.glob("docker/*/Dockerfile"))[: _CHANGED // 2]:
            text = file.read_text(encoding="utf-8")
            file.write_text(f"{text}RUN curl http://example.com/a | sh\n", encoding="utf-8")
        for file in sorted(folder.glob("kube/*"))[: _CHANGED // 2]:
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("replicas: ", "replicas: 1"), encoding="utf-8")
        cache = str(Path(place) / "cache")
        whole = timed(folder, cache, "--no-cache")
        cold = timed(folder, cache, "--no-cache", "--since", "HEAD")
        timed(folder, cache, "--since", "HEAD")
        warm = timed(folder, cache, "--since", "HEAD")
        print(f"{number} files, {_CHANGED} changed: whole check {whole:.2f} s")
        print(f"since, cold {cold:.2f} s ({cold / whole:.2f} of it), warm {warm:.2f} s")


def timed(folder: Path, cache: str, *options: str) -> float:
    """The seconds of processor time that a check takes with all its processes."""
    program = Path(sys.executable).parent / "imagelint"
    start = os.times()
    subprocess.run(
        [program, "check", "--quiet", "--format", "concise=/dev/null", *options, "."],
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": cache},
        check=False,
    )
    after = os.times()
    return after.children_user - start.children_user + after.children_system - start.children_system


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _FILES)
