"""What is imported per command: start-up is most of the time that a small check takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from imagelint.cli.commands import COMMANDS
from tests.cli.projects import GOOD, POD, policy, write

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
CHECK = ("check", "--policy", "recommended", "--no-cache")
DOCKERFILE = {"dataclasses", "dockerfile_parse", "hashlib", "json", "logging", "tomllib"}
YAML = {"dataclasses", "hashlib", "json", "tomllib", "yaml"}
# tree-sitter-bash finds its own queries by importlib.resources.
RESOURCES = {"importlib.resources", "pathlib", "random", "shutil", "tempfile", "zipfile"}
SHELL = {"tree_sitter", "tree_sitter_bash", *RESOURCES}
# jsonschema brings its meta-schemas as resources.
SCHEMA = {"jsonschema", "difflib", "urllib.request", *RESOURCES}
# click's widths of help, and bash's version for completion.
HELP = {"shutil"}
FILES = {"random", "shutil", "tempfile"}
PROCESS = {"selectors", "subprocess", *FILES}

# Each command line with all that it may import of HEAVY.
MAY_IMPORT: tuple[tuple[tuple[str, ...], set[str]], ...] = (
    (("--version",), set()),
    (("--help",), HELP),
    *(((name, "--help"), HELP) for name in COMMANDS if name != "init"),
    (("init", "--help"), {*HELP, "pathlib"}),
    ((*CHECK, "Dockerfile"), DOCKERFILE),
    ((*CHECK, "--format", "json", "Dockerfile"), DOCKERFILE),
    ((*CHECK, "--format", "github", "Dockerfile"), DOCKERFILE),
    (("check", "--policy", "recommended", "Dockerfile"), DOCKERFILE | {"sqlite3"}),
    ((*CHECK, "--format", "json=report.json", "Dockerfile"), DOCKERFILE | FILES),
    ((*CHECK, "pod.yaml"), YAML),
    ((*CHECK, "requirements.txt"), {"dataclasses", "hashlib", "json"}),
    ((*CHECK, ".dockerignore"), {"hashlib", "json"}),
    ((*CHECK, "plain"), DOCKERFILE),
    ((*CHECK, "hard"), DOCKERFILE | SHELL),
    (("rules",), {"dataclasses", "hashlib", "json", "sqlite3", "tomllib"}),
    (("rules", "--json"), {"dataclasses", "hashlib", "json", "sqlite3", "tomllib"}),
    (("explain", "root-user"), {"dataclasses"}),
    (("explain", "DL3002"), {"dataclasses"}),
    (("policy", "show"), {"hashlib", "json", "sqlite3"}),
    (("policy", "schema"), {"dataclasses", "json"}),
    (("policy", "check", "policy.yaml"), YAML | SCHEMA),
    (("completion", "bash"), PROCESS),
    (("init", "new"), {"hashlib", "json", "pathlib", *FILES}),
)
NEVER_OF_OURS = {
    "--version": ("run", "collect", "documents", "engine", "knowledge", "policy", "rules"),
    "check": (
        "run.images",
        "run.processes",
        "cli.imagerun",
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
    (folder / "new").mkdir()
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


@pytest.mark.parametrize(
    ("arguments", "may"), MAY_IMPORT, ids=[" ".join(arguments) for arguments, _ in MAY_IMPORT]
)
def test_a_command_imports_only_what_it_needs(
    folder: Path, bare: set[str], arguments: tuple[str, ...], may: set[str]
) -> None:
    heavy = (modules(folder, *arguments) - bare) & HEAVY
    assert heavy - may == set()


def test_the_test_sees_what_is_imported(folder: Path, bare: set[str]) -> None:
    assert {"yaml", "imagelint.rules.pods.privileged_container"} <= modules(
        folder, *CHECK, "pod.yaml"
    ) - bare
    assert "sqlite3" in modules(folder, "check", "--policy", "recommended", "Dockerfile")


@pytest.mark.parametrize("arguments", [("--version",), (*CHECK, "Dockerfile")])
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
