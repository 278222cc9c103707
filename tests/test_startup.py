"""What is imported per command: start-up is most of the time that a small check takes."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.cli.summaries import COMMANDS
from imagelint.testing.images import Image, Layout
from imagelint.testing.keys import SigningKey
from tests.cli.projects import GOOD, POD, policy, write

if TYPE_CHECKING:
    from collections.abc import Iterable

REPOSITORY = Path(__file__).parents[1]

# What takes long to import, or has no business in a linter.
HEAVY = frozenset(
    [
        "asyncio",
        "concurrent",
        "cryptography",
        "ctypes",
        "dataclasses",
        "difflib",
        "dockerfile_parse",
        "email",
        "ftplib",
        "hashlib",
        "http",
        "httpx",
        "importlib.metadata",
        "importlib.resources",
        "json",
        "jsonschema",
        "logging",
        "multiprocessing",
        "pathlib",
        "pathspec",
        "pickle",
        "pkg_resources",
        "pydantic",
        "random",
        "requests",
        "rich",
        "selectors",
        "shutil",
        "sigstore",
        "socket",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "tomllib",
        "tree_sitter",
        "tree_sitter_bash",
        "unittest",
        "urllib.request",
        "urllib3",
        "xml",
        "yaml",
        "zipfile",
    ]
)
CACHED = ("check", "--policy", "recommended")
CHECK = (*CACHED, "--no-cache")
SERVING = ("check", "--policy", "gpu-serving", "--no-cache")
TO_FILE = ("--format", "json=report.json")
DOCKERFILE = {"dataclasses", "dockerfile_parse", "json", "logging"}
YAML = {"dataclasses", "yaml"}
SHELL = {"tree_sitter"}
# jsonschema brings its meta-schemas as resources.
RESOURCES = {"importlib.resources", "pathlib", "random", "shutil", "tempfile", "zipfile"}
SCHEMA = {"json", "jsonschema", *RESOURCES}
# click's widths of help, and bash's version for completion.
HELP = {"shutil"}
FILES = {"random", "shutil", "tempfile"}
PROCESS = {"selectors", "subprocess", *FILES}

# Rooms of ours that commands need, as prefixes below `imagelint.`; `*` is one module.
START = ("cli", "core")
POLICY = (
    *("collect", "deployment.*", "documents.*", "engine", "policy", "rules.*", "run"),
    "knowledge.tables",
)
RULES = (
    *POLICY,
    *("knowledge", "reporters", "rules.secrets"),
    *("documents.packages", "documents.queries", "documents.secrets", "documents.shell"),
    # What rules speak about besides what a command reads: types of nodes, and nothing else.
    *("documents.image.config", "documents.image.layers", "documents.compose.model"),
)
ON_DOCKERFILES = (
    *RULES,
    *("documents.evaluation", "rules.evaluation"),
    *("documents.dockerfile", "documents.runtime", "documents.serving"),
    *("rules.build", "rules.images", "rules.packages", "rules.shell"),
)
ON_MANIFESTS = (
    *RULES,
    *("documents.evaluation", "rules.evaluation"),
    *("documents.kubernetes", "documents.runtime", "documents.serving", "documents.yaml"),
    *("rules.images", "rules.pods", "rules.wiring"),
)
ON_LISTS = (*RULES, "rules.packages")
EXPLAIN = (
    *("reporters.context", "policy.options", "knowledge", "rules.*", "rules.images"),
    *("documents.*", "documents.dockerfile", "documents.queries", "documents.shell"),
    *("documents.runtime", "documents.image.config"),
)
INIT = (*POLICY, "documents.serving", "knowledge")
EVERYTHING = (*POLICY, "deployment.groups", "documents", "knowledge", "reporters", "rules")
OWN_RULES = (*EVERYTHING, "custom.*", "custom.subjects.*")
# So many modules fewer than the most are still no reason to lower it.
SLACK = 20


class Command(NamedTuple):
    """A command line, what it may import of HEAVY, of which rooms of ours, and how many modules.

    Modules that hold a rule are not counted.
    """

    arguments: tuple[str, ...]
    heavy: set[str]
    rooms: tuple[str, ...]
    most: int


TABLES = {"dataclasses", "json", "sqlite3"}
COMMAND_LINES = (
    Command(("--version",), set(), START, 13),
    Command(("--help",), HELP, START, 13),
    *(Command((name, "--help"), HELP, START, 28) for name in COMMANDS if name != "init"),
    Command(("init", "--help"), {*HELP, "pathlib"}, START, 20),
    Command((*CHECK, "Dockerfile"), DOCKERFILE, ON_DOCKERFILES, 314),
    Command((*CHECK, "--format", "json", "Dockerfile"), DOCKERFILE, ON_DOCKERFILES, 310),
    Command((*CHECK, "--format", "github", "Dockerfile"), DOCKERFILE, ON_DOCKERFILES, 310),
    Command((*CACHED, "Dockerfile"), DOCKERFILE | {"sqlite3"}, ON_DOCKERFILES, 316),
    Command((*CHECK, *TO_FILE, "Dockerfile"), DOCKERFILE | FILES, ON_DOCKERFILES, 313),
    Command((*CHECK, "pod.yaml"), YAML, ON_MANIFESTS, 302),
    Command((*CHECK, "requirements.txt"), set(), ON_LISTS, 185),
    Command((*CHECK, ".dockerignore"), set(), ON_DOCKERFILES, 155),
    Command((*CHECK, "plain"), DOCKERFILE, ON_DOCKERFILES, 272),
    Command((*CHECK, "hard"), DOCKERFILE | SHELL, ON_DOCKERFILES, 277),
    Command(
        (*SERVING, "serving"),
        DOCKERFILE,
        (
            *(*ON_DOCKERFILES, "documents.kubernetes", "documents.yaml.nodes"),
            *("documents.web.servers", "rules.exposure", "rules.gpus", "rules.serving"),
        ),
        343,
    ),
    Command(("rules",), TABLES, (*EVERYTHING, "custom"), 507),
    Command(("rules", "--json"), TABLES, (*EVERYTHING, "custom"), 507),
    Command(("explain", "root-user"), set(), EXPLAIN, 64),
    Command(("explain", "DL3002"), set(), EXPLAIN, 64),
    Command(("policy", "show"), {"sqlite3"}, POLICY, 112),
    Command(("policy", "schema"), {"dataclasses", "json"}, OWN_RULES, 474),
    Command(("policy", "check", "policy.yaml"), YAML | SCHEMA, OWN_RULES, 496),
    Command(("completion", "bash"), PROCESS, START, 14),
    Command(("init", "new"), {"json", "pathlib", *FILES}, INIT, 72),
)
NEVER_OF_OURS = {
    "--version": ("run", "collect", "documents", "engine", "knowledge", "policy", "rules"),
    "check": (
        "run.images",
        "run.processes",
        "cli.images.run",
        "collect.cache",
        "collect.process",
        "collect.registry",
        "collect.tools",
        "documents.compose",
        "documents.kubernetes",
        "documents.image.vulnerabilities",
        "documents.yaml.load",
        "policy.schema",
        "policy.validate",
        "reporters.json",
        "reporters.sarif",
        "rules.pods",
        "rules.scaling",
        "rules.signatures",
        "rules.vulnerabilities",
    ),
    # The configuration of an image is judged too, by rules that speak about files as well.
    "verify": (
        "collect.tools.trivy",
        "deployment.pods",
        "documents.compose",
        "documents.dockerfile.reading",
        "documents.kubernetes",
        "documents.yaml",
        "evaluation",
        "rules.pods",
        "rules.vulnerabilities",
    ),
}
PROGRAM = """\
import sys
from imagelint.cli.main import answer
answer(sys.argv[1:])
sys.stderr.write("\\0".join(sys.modules))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("startup")
    write(folder, Dockerfile=GOOD, pod_yaml=POD, requirements_txt="a==1\n", _dockerignore=".git\n")
    write(folder, policy_yaml=policy("rules: {root-user: on}"), plain="FROM a\nRUN b --c d\n")
    write(folder, hard="FROM a\nRUN for x in $(ls); do case $x in a) b;; esac; done\n")
    write(folder, serving='FROM vllm/vllm-openai:v0.11.2\nCMD ["--model", "a/b"]\n')
    (folder / "new").mkdir()
    Layout(folder / "image").add(Image(({"a": "b"},)))
    SigningKey(folder / "keys")
    return folder


def modules(folder: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-c",
            f"import sys; sys.path.insert(0, {str(REPOSITORY)!r})\n{PROGRAM}",
            *arguments,
        ],
        cwd=folder,
        env={"XDG_CACHE_HOME": str(folder / "cache"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stderr.rpartition("\n")[2].split("\0"))


@pytest.fixture(scope="module")
def bare(folder: Path) -> set[str]:
    """What a bare interpreter has imported, coverage and the like included."""
    code = "import sys; sys.stderr.write('\\0'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split("\0"))


@cache
def imported(folder: Path, *arguments: str) -> frozenset[str]:
    return frozenset(modules(folder, *arguments))


def is_rule(name: str) -> bool:
    """Whether a module holds a rule: how many there are is no matter of start-up."""
    return name.startswith("imagelint.rules.") and name.count(".") > 2


def below(name: str, room: str) -> bool:
    parent, star, _ = room.partition("*")
    if star:
        return name.startswith(parent) and name.count(".") == room.count(".")
    return name == room or name.startswith(f"{room}.")


def outside(names: Iterable[str], rooms: Iterable[str]) -> set[str]:
    """The modules of ours among the names that stand in none of the rooms."""
    packages = {room.split(".")[0] for room in rooms} | {""}
    ours = {name.partition(".")[2] for name in names if below(name, "imagelint")} - packages
    return {name for name in ours if not any(below(name, room) for room in (*START, *rooms))}


@pytest.mark.parametrize("command", COMMAND_LINES, ids=lambda command: " ".join(command.arguments))
def test_a_command_imports_only_what_it_needs(
    folder: Path, bare: set[str], command: Command
) -> None:
    heavy = (imported(folder, *command.arguments) - bare) & HEAVY
    assert heavy - command.heavy == set()


@pytest.mark.parametrize("command", COMMAND_LINES, ids=lambda command: " ".join(command.arguments))
def test_a_command_imports_of_ours_only_what_it_needs(folder: Path, command: Command) -> None:
    names = imported(folder, *command.arguments)
    assert outside(names, command.rooms) == set()
    count = sum(below(name, "imagelint") and not is_rule(name) for name in names)
    assert count <= command.most, "an import too much? else raise the number"
    assert count >= command.most - SLACK, "lower the number, so that the next import is noticed"


def test_a_module_outside_of_the_rooms_is_found() -> None:
    names = ("imagelint", "imagelint.run", "imagelint.core.fact", "imagelint.run.files", "json")
    assert outside(names, ("run.session",)) == {"run.files"}
    assert outside(names, ("run",)) == set()
    assert outside(("imagelint.run.a", "imagelint.run.a.b"), ("run.*",)) == {"run.a.b"}
    assert outside(("imagelint.running",), ("run",)) == {"running"}


def test_the_test_sees_what_is_imported(folder: Path, bare: set[str]) -> None:
    assert {"yaml", "imagelint.rules.pods.privileged_container"} <= modules(
        folder, *CHECK, "pod.yaml"
    ) - bare
    assert "sqlite3" in modules(folder, "check", "--policy", "recommended", "Dockerfile")


VERIFY = ("verify", "oci:image", "--key", "keys/key.pub", "--no-transparency-log")


@pytest.mark.parametrize("arguments", [("--version",), (*CHECK, "Dockerfile"), VERIFY])
def test_of_ours_only_what_the_command_needs_is_imported(
    folder: Path, arguments: tuple[str, ...]
) -> None:
    imported = modules(folder, *arguments)
    for name in NEVER_OF_OURS[arguments[0]]:
        ours = f"imagelint.{name}"
        assert not {found for found in imported if found == ours or found.startswith(f"{ours}.")}


def test_a_rule_is_imported_only_when_it_is_on_and_its_subject_occurs(folder: Path) -> None:
    rules = ("--policy", "./policy.yaml")
    imported = modules(folder, "check", *rules, "--no-cache", "Dockerfile")
    again = modules(folder, "check", *rules, "Dockerfile")
    cached = modules(folder, "check", *rules, "Dockerfile")
    of_rules = {name for name in again if name.startswith("imagelint.rules.images.")}
    assert of_rules <= {name for name in imported if name.startswith("imagelint.rules.")}
    assert {name for name in cached if name.startswith("imagelint.rules.images.")} == set()
    assert "jsonschema" not in cached
    assert "dockerfile_parse" not in cached
