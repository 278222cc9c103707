"""Run the commands of README.md and put their real outputs behind them.

    python tools/tour.py [--check]

A block that is fenced as `console` holds commands behind `$ `; what follows is their output. They
run in a copy of the examples, one after the other, as a newcomer would type them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECONDS = 120


def with_outputs(text: str) -> str:
    """The text with every console block run again."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(ROOT / "testdata" / "examples", place / "examples")
        environment = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(place / "home"),
            "XDG_CACHE_HOME": str(place / "cache"),
            "LANG": "C.UTF-8",
        }

        def run(match: re.Match[str]) -> str:
            commands = [line[2:] for line in match[1].splitlines() if line.startswith("$ ")]
            shown = (f"$ {command}\n{_output(command, place, environment)}" for command in commands)
            return f"```console\n{''.join(shown)}```"

        return _BLOCK.sub(run, text)


def _output(command: str, place: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S602 - our own README
        command,
        shell=True,
        cwd=place / "examples",
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    # The digest is another one whenever a rule is added: as little as a reader would miss it.
    shown = (line for line in done.stdout.splitlines() if not line.startswith("policy   "))
    lines = (line.rstrip() for line in shown)
    return "".join(f"{line}\n" for line in lines)


def main(arguments: list[str]) -> int:
    before = README.read_text(encoding="utf-8")
    after = with_outputs(before)
    if before == after:
        return 0
    if "--check" in arguments:
        print("README.md does not show what the commands print: run `make generate`")
        return 1
    README.write_text(after, encoding="utf-8")
    print("README.md")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
