"""Times what a keystroke costs the language server, in processor time, and what it keeps.

A Dockerfile of 500 lines and a manifest of 2,000 lines are edited one character after the other;
each text is judged and told as the server does it, without the client.
"""

from __future__ import annotations

import gc
import random
import resource
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from inputs import write_dockerfiles, write_manifests
from lsprotocol.types import PositionEncodingKind

from imagelint.cli import start
from imagelint.editor.diagnostics import of_finding
from imagelint.editor.judging import Judge
from imagelint.editor.places import Places
from imagelint.policy.model import Policy
from imagelint.run.session import Session

_EDITS = 200
_SHARE = 0.95


def main(edits: int) -> None:
    """Print the median and the 95th percentile of each text, and the memory at the end."""
    gc.set_threshold(start.ALLOCATIONS)  # as the program sets it
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, text in (("Dockerfile", _dockerfile(folder)), ("all.yaml", _manifest(folder))):
            took = sorted(_typed(name, text, edits))
            middle, late = took[len(took) // 2], took[int(len(took) * _SHARE)]
            lines = text.count("\n")
            print(f"{name}, {lines} lines: median {middle:.0f} ms, p95 {late:.0f} ms")
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


def _dockerfile(folder: Path) -> str:
    """Stages of small Dockerfiles behind each other, 500 lines of them."""
    write_dockerfiles(folder, 40)
    texts = (one.read_text(encoding="utf-8") for one in sorted(folder.glob("*/Dockerfile")))
    lines = "".join(texts).replace(" AS build", "").splitlines(keepends=True)
    return "".join([line for line in lines if "--from=build" not in line][:500])


def _manifest(folder: Path) -> str:
    """Deployments with their services, 2,000 lines of them."""
    write_manifests(folder / "kube", 80)
    texts = [one.read_text(encoding="utf-8") for one in sorted((folder / "kube").glob("*"))]
    return "\n".join("---\n".join(texts).splitlines()[:2_000]) + "\n"


def _typed(name: str, text: str, edits: int) -> list[float]:
    """The milliseconds of each edit: a character at the end of some line, or one less."""
    judge = Judge(partial(Session.open, (), Policy(), cached=False))
    judge.typed(name, text)
    chance = random.Random(1)  # noqa: S311 - the same edits every time
    took: list[float] = []
    for _ in range(edits):
        # Each on the text as it was: one that no longer can be read would soon cost nothing.
        at = text.index("\n", chance.randrange(len(text) // 2))
        typed = chance.choice((" ", "a", "1", ""))  # nothing: the character before is taken back
        edited = f"{text[: at if typed else at - 1]}{typed}{text[at:]}"
        start = time.process_time()
        found = judge.typed(name, edited)
        places = Places(edited, PositionEncodingKind.Utf16)
        for one, span in found.of(name):
            of_finding(one, span, places, str, "")
        took.append((time.process_time() - start) * 1000)
    return took


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else _EDITS)
