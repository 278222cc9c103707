"""Run the commands of README.md and of the pages, and put their real outputs behind them.

    python tools/tour.py [--check] [PAGE...]

A block that is fenced as `console` holds commands behind `$ `; what follows is their output. They
run in a copy of the examples, one after the other, as a newcomer would type them. A page that says
`<!-- with images -->` has beside them images, a key and a vulnerability database.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
if __package__ in (None, ""):
    sys.path.insert(0, str(ROOT))

DOCS = ROOT / "docs"
FOLDERS = ("tours", "how-to", "explanation")
IMAGES = "<!-- with images -->"
HAS_TOOLS = (ROOT / ".tools" / "bin" / "trivy").exists()
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECONDS = 120


def pages() -> list[Path]:
    """Each text that shows commands with their outputs."""
    return [
        ROOT / "README.md",
        *(one for name in FOLDERS for one in sorted((DOCS / name).glob("*.md"))),
    ]


def with_outputs(text: str) -> str:
    """The text with every console block run again.

    Without `make tools`, at a desk, what needs images stays as it is.
    """
    if IMAGES in text and not HAS_TOOLS:
        if os.environ.get("CI"):
            sys.exit("error: no Trivy in .tools: run `make tools`")
        return text
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        examples = with_images() if IMAGES in text else ROOT / "testdata" / "examples"
        shutil.copytree(examples, place / "examples")
        programs = (Path(sys.executable).parent, ROOT / ".tools" / "bin")
        environment = {
            "PATH": os.pathsep.join([*map(str, programs), os.environ["PATH"]]),
            "PYTHONPATH": str(ROOT / ".tools" / "python"),  # what renders
            "HOME": str(place / "home"),
            "XDG_CACHE_HOME": str(place / "cache"),
            "LANG": "C.UTF-8",
        }

        def run(match: re.Match[str]) -> str:
            if not match[1].startswith("$ "):
                return match[0]
            commands = [line[2:] for line in match[1].splitlines() if line.startswith("$ ")]
            shown = (f"$ {command}\n{_output(command, place, environment)}" for command in commands)
            return f"```console\n{''.join(shown)}```"

        return _BLOCK.sub(run, text)


@cache
def with_images() -> Path:
    """Examples with three images, the key of their signer and a vulnerability database."""
    from tools.demo import furnish
    from tools.lab.registry import Registry, free_port

    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["PATH"] = f"{ROOT / '.tools' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    with Registry(folder / "registry", free_port()) as registry:
        furnish(folder / "examples", registry)
    return folder / "examples"


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
    check = "--check" in arguments
    named = [Path(one).resolve() for one in arguments if not one.startswith("-")]
    stale = 0
    texts = {page: page.read_text(encoding="utf-8") for page in named or pages()}
    if any(IMAGES in text for text in texts.values()) and HAS_TOOLS:
        with_images()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outputs = pool.map(with_outputs, texts.values())
    for (page, before), after in zip(texts.items(), outputs, strict=True):
        if before == after:
            continue
        stale += 1
        if check:
            shown = page.relative_to(ROOT)
            print(f"{shown} does not show what the commands print: run `make generate`")
            continue
        page.write_text(after, encoding="utf-8")
        print(page.relative_to(ROOT))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
