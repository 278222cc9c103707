"""Write the tables of engines' flags from the sources of their releases.

    python tools/engine_flags.py NAME FOLDER

`FOLDER` holds one archive a release as `pip download --no-deps` leaves it (`vllm-0.30.0.tar.gz`,
`sglang-0.5.10-py3-none-any.whl`). Read are the flags that the files of the server give to
`add_argument`, the fields of classes which become flags, and the variables of its settings. What is
written is the part of `imagelint/knowledge/engine_flags.toml` about that engine.
"""

from __future__ import annotations

import ast
import re
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from imagelint.knowledge.versions import version_key  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH = 96


class Project(NamedTuple):
    """Where an engine says what it takes; `variables` is the pattern of its own."""

    files: re.Pattern[str]
    settings: re.Pattern[str]
    variables: re.Pattern[str]
    classes: str


PROJECTS = {
    "vllm": Project(
        re.compile(
            r"[^/]+/vllm/(?:engine/arg_utils|entrypoints/cli/serve"
            r"|entrypoints/(?:\w+/)*(?:cli_args|api_server))\.py"
        ),
        re.compile(r"[^/]+/vllm/envs\.py"),
        re.compile(
            r"^    [\"']?(VLLM_[A-Z0-9_]+)[\"']?\s*:|[\"'](VLLM_[A-Z0-9_]+)[\"']", re.MULTILINE
        ),
        "FrontendArgs",
    ),
    "sglang": Project(
        re.compile(r"sglang/(?:srt/server_args|srt/arg_groups/\w+|launch_server|cli/\w+)\.py"),
        re.compile(r"sglang/srt/environ\.py"),
        re.compile(r"^    (SGLANG_[A-Z0-9_]+) = |^    (SGL_[A-Z0-9_]+) = ", re.MULTILINE),
        "",
    ),
}


def texts(archive: Path) -> Iterator[tuple[str, str]]:
    """The Python files of a release by their names."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                if name.endswith(".py"):
                    yield name, packed.read(name).decode()
        return
    with tarfile.open(archive) as unpacked:
        for member in unpacked:
            found = unpacked.extractfile(member) if member.name.endswith(".py") else None
            if found is not None:
                yield member.name, found.read().decode()


def flags_of(text: str, classes: str) -> Iterator[str]:
    """The long flags, without dashes, that one file declares."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            for argument in node.args if node.func.attr == "add_argument" else ():
                value = argument.value if isinstance(argument, ast.Constant) else ""
                if isinstance(value, str) and value.startswith("--"):
                    yield value.lstrip("-").replace("_", "-")
        elif isinstance(node, ast.ClassDef) and classes and classes in node.name:
            for entry in node.body:
                if isinstance(entry, ast.AnnAssign) and isinstance(entry.target, ast.Name):
                    yield entry.target.id.replace("_", "-")


def read_release(archive: Path, project: Project) -> tuple[set[str], set[str]]:
    """The flags and the variables of a release."""
    flags: set[str] = set()
    variables: set[str] = set()
    for name, text in texts(archive):
        if project.files.fullmatch(name):
            flags.update(flags_of(text, project.classes))
        elif project.settings.fullmatch(name):
            found = project.variables.findall(text)
            variables.update(one or other for one, other in found)
    return flags, variables


def history(releases: list[str], held: dict[str, set[str]]) -> tuple[dict[str, list[str]], ...]:
    """By release, what is there from it on, and what is there no more."""
    since: dict[str, list[str]] = {}
    gone: dict[str, list[str]] = {}
    for name in sorted({one for names in held.values() for one in names}):
        places = [at for at, release in enumerate(releases) if name in held[release]]
        since.setdefault(releases[places[0]], []).append(name)
        if places[-1] + 1 < len(releases):
            gone.setdefault(releases[places[-1] + 1], []).append(name)
    return since, gone


def main() -> None:
    """Print the part of the table about one engine."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    archives = {
        re.split(r"-(?=\d)", archive.name)[1].removesuffix(".tar.gz").partition("-")[0]: archive
        for archive in sorted(folder.glob(f"{name}-*"))
    }
    releases = sorted(archives, key=lambda release: version_key(release) or ((), 0, 0))
    read = {release: read_release(archives[release], PROJECTS[name]) for release in releases}
    flags = history(releases, {release: found[0] for release, found in read.items()})
    variables = history(releases, {release: found[1] for release, found in read.items()})
    print(f"releases = {listed(releases)}")
    for title, by_release in (
        ("since", flags[0]),
        ("gone", flags[1]),
        ("variables_gone", variables[1]),
    ):
        print(f"[engines.{name}.{title}]")
        for release in releases:
            if release in by_release:
                print(f'"{release}" = {listed(by_release[release])}')


def listed(names: list[str]) -> str:
    """The names as a list of TOML, in lines that are not too long."""
    lines, line = ["["], " "
    for one in names:
        if len(line) + len(one) + 4 > _WIDTH:
            lines.append(line)
            line = " "
        line += f' "{one}",'
    return "\n".join([*lines, line, "]"])


if __name__ == "__main__":
    main()
