"""Write the tables of engines' flags from the sources of their releases.

    python tools/engine_flags.py NAME FOLDER

`FOLDER` holds one archive a release as `pip download --no-deps` leaves it (`vllm-0.30.0.tar.gz`,
`sglang-0.5.10-py3-none-any.whl`), or as `git archive --prefix=NAME-RELEASE/ TAG` makes it of the
repository (`tgi-3.3.5.tar.gz`, `lmdeploy-0.16.0.tar.gz`, `llama.cpp-b9093.tar.gz`). Archives of one
release are read together: `llama.cpp-b0-….tar.gz` are sources whose builds have no number. Read
are the flags that the files of the server declare, in Python to `add_argument` or as annotated
fields, in Rust as fields of `Args`, in C++ to `add_opt`, the fields of classes which become flags,
and the variables of its settings. What is written is the part of
`imagelint/knowledge/engine_flags.toml` about that engine.
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
_NOTHING = re.compile(r"(?!)")
_SOURCES = (".py", ".rs", ".cpp")
# A field of clap's `Args`, behind the attribute that makes it a long flag, and others.
_FIELD = re.compile(
    r"#\[clap\((?P<how>[^\]]*)\)\]\s*(?:#\[\w+\(\w*\)\]\s*)?(?:pub )?(?P<name>\w+):"
)
_OPTION = re.compile(r'"(--[a-z][\w-]*)"')
_EXAMPLES = re.compile(r"set_examples\(\{([^}]*)\}")


class Project(NamedTuple):
    """Where an engine says what it takes; `variables` is the pattern of its own.

    All parameters of `functions` are flags: they are commands of Typer.
    """

    files: re.Pattern[str]
    settings: re.Pattern[str] = _NOTHING
    variables: re.Pattern[str] = _NOTHING
    classes: str = ""
    functions: tuple[str, ...] = ()


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
        re.compile(
            r"sglang/(?:srt/server_args|srt/arg_groups/(?:\w+/)*\w+|launch_server|cli/\w+)\.py"
        ),
        re.compile(r"sglang/srt/environ\.py"),
        re.compile(r"^    (SGLANG_[A-Z0-9_]+) = |^    (SGL_[A-Z0-9_]+) = ", re.MULTILINE),
        "",
    ),
    "lmdeploy": Project(re.compile(r"(?:[^/]+/)?lmdeploy/cli/(?:serve|utils)\.py")),
    "tgi": Project(re.compile(r"[^/]+/(?:launcher|backends/\w+)/src/main\.rs")),
    "tei": Project(re.compile(r"[^/]+/router/src/main\.rs")),
    "infinity": Project(
        re.compile(r"[^/]+/libs/infinity_emb/infinity_emb/(?:cli|infinity_server)\.py"),
        functions=("v1", "v2"),
    ),
    "llama.cpp": Project(re.compile(r"[^/]+/(?:vendor/)?(?:llama\.cpp/)?common/arg\.cpp")),
}


def texts(archive: Path) -> Iterator[tuple[str, str]]:
    """The sources of a release by their names."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as packed:
            for name in packed.namelist():
                if name.endswith(_SOURCES):
                    yield name, packed.read(name).decode()
        return
    with tarfile.open(archive) as unpacked:
        for member in unpacked:
            found = unpacked.extractfile(member) if member.name.endswith(_SOURCES) else None
            if found is not None:
                yield member.name, found.read().decode()


def flags_of(text: str, classes: str) -> Iterator[str]:
    """The long flags, without dashes, that one file of Python declares."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            for argument in node.args if node.func.attr == "add_argument" else ():
                value = argument.value if isinstance(argument, ast.Constant) else ""
                if isinstance(value, str) and value.startswith("--"):
                    yield value.lstrip("-").replace("_", "-")
        elif isinstance(node, ast.ClassDef):
            every = bool(classes) and classes in node.name
            for entry in node.body:
                if isinstance(entry, ast.AnnAssign) and isinstance(entry.target, ast.Name):
                    names = [entry.target.id] if every else annotated(entry, entry.target.id)
                    yield from (name.lstrip("-").replace("_", "-") for name in names)


def parameters_of(text: str, functions: tuple[str, ...]) -> Iterator[str]:
    """The long flags of commands of Typer, which are the parameters of functions."""
    for node in ast.walk(ast.parse(text)) if functions else ():
        if isinstance(node, ast.FunctionDef) and node.name in functions:
            yield from (one.arg.replace("_", "-") for one in node.args.args)


def annotated(field: ast.AnnAssign, name: str) -> list[str]:
    """The flags of a field `name: A[type, "help"]` or `name: A[type, Arg(…)]`, of others none.

    Source: sgl-project/sglang:python/sglang/srt/arg_groups/arg_utils.py, from 0.5.14 on.
    """
    how = field.annotation
    if not isinstance(how, ast.Subscript) or ast.unparse(how.value) not in ("A", "Annotated"):
        return []
    told = how.slice.elts[1:] if isinstance(how.slice, ast.Tuple) else []
    for one in told:
        if isinstance(one, ast.Call) and ast.unparse(one.func) == "Arg":
            given = {word.arg: ast.unparse(word.value) for word in one.keywords}
            if given.get("no_cli") == "True":
                return []
            own = ast.literal_eval(given["cli_name"]) if "cli_name" in given else name
            return [own, *ast.literal_eval(given.get("aliases", "[]"))]
    return [name] if any(isinstance(one, ast.Constant) for one in told) else []


def flags_of_rust(text: str) -> Iterator[str]:
    """The long flags that the fields of a launcher's `Args` declare."""
    _, _, arguments = text.partition("\nstruct Args {")
    for field in _FIELD.finditer(arguments.partition("\n}")[0]):
        if "long" in field["how"]:
            yield field["name"].replace("_", "-")


def flags_of_cpp(text: str) -> Iterator[str]:
    """The long flags that a server takes of those of all programs: what only fails is none."""
    for option in text.split("add_opt(")[1:]:
        examples = _EXAMPLES.search(option)
        if examples and not re.search(r"_(?:SERVER|COMMON)\b", examples[1]):
            continue
        if "has been removed" not in option:
            for flag in _OPTION.findall(option):
                yield flag.removeprefix("--")


def read_release(archives: list[Path], project: Project) -> tuple[set[str], set[str]]:
    """The flags and the variables of a release, of all archives that stand for it together."""
    flags: set[str] = set()
    variables: set[str] = set()
    for name, text in (one for archive in archives for one in texts(archive)):
        if project.files.fullmatch(name):
            if name.endswith(".rs"):
                flags.update(flags_of_rust(text))
            elif name.endswith(".cpp"):
                flags.update(flags_of_cpp(text))
            else:
                flags.update(flags_of(text, project.classes))
                flags.update(parameters_of(text, project.functions))
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
    archives: dict[str, list[Path]] = {}
    for archive in sorted(folder.glob(f"{name}-*")):
        release = re.split(r"-(?=b?\d)", archive.name)[1].removesuffix(".tar.gz")
        archives.setdefault(release.partition("-")[0], []).append(archive)
    releases = sorted(archives, key=lambda release: version_key(release) or ((), 0, 0))
    read = {release: read_release(archives[release], PROJECTS[name]) for release in releases}
    flags = history(releases, {release: found[0] for release, found in read.items()})
    variables = history(releases, {release: found[1] for release, found in read.items()})
    quoted = f'"{name}"' if "." in name else name
    print(f"releases = {listed(releases)}")
    for title, by_release in (
        ("since", flags[0]),
        ("gone", flags[1]),
        ("variables_gone", variables[1]),
    ):
        print(f"[engines.{quoted}.{title}]")
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
