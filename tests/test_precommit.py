"""The hooks, run by the real pre-commit in a scratch repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from imagelint.cli.summaries import COMMANDS
from imagelint.documents.detect import candidate
from imagelint.policy.starter import hook_entry
from tests.cli.projects import DIGEST, GOOD, ROOT, write
from tests.documents.test_kinds import FILES, NAMED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Program

REPOSITORY = Path(__file__).parents[1]
HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
# What the hook is installed from.
SHIPPED = ("imagelint", "policies", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md")


def test_the_hooks_call_commands_that_are_there() -> None:
    assert [hook["id"] for hook in HOOKS] == [
        "imagelint",
        "imagelint-fix",
        "imagelint-pin-check",
        "imagelint-gate",
    ]
    for hook in HOOKS:
        program, command, *_ = hook["entry"].split()
        assert program == "imagelint"
        assert command in COMMANDS


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_a_hook_that_fails_says_why(hook: dict[str, str], program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT.replace(f"@{DIGEST}", ""))
    _, *words = hook["entry"].split()
    given = {"imagelint-pin-check": [], "imagelint-gate": ["oci:missing"]}
    answer = program(*words, *given.get(hook["id"], ["Dockerfile"]))
    # What has mended a file fails by that, and pre-commit says so.
    assert answer.out or hook["id"] == "imagelint-fix"
    assert (answer.code != 0) is (hook["id"] != "imagelint-fix")


def test_the_entry_that_init_writes_names_a_hook() -> None:
    (entry,) = yaml.safe_load(f"repos:\n{hook_entry('1.2.3')}")["repos"]
    assert entry["rev"] == "v1.2.3"
    assert [hook["id"] for hook in entry["hooks"]] == [HOOKS[0]["id"]]


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("Dockerfile", True),
        ("serving/Dockerfile.cuda", True),
        ("a.dockerfile", True),
        ("a-Containerfile", True),
        ("k8s/deploy.yaml", True),
        ("compose.yml", True),
        ("pod.json", True),
        ("requirements-dev.txt", True),
        ("constraints.txt", True),
        (".dockerignore", True),
        ("Dockerfile.dockerignore", True),
        ("README.md", False),
        ("notes.txt", False),
        ("src/dockerfile_parser/main.py", False),
        (".imagelint.yaml", True),
        ("deploy/.imagelint.yaml", True),
        (".env", True),
        ("serving/.env.production", True),
    ],
)
def test_the_hook_is_given_what_may_be_ours(path: str, wanted: bool) -> None:  # noqa: FBT001
    import re

    hook = HOOKS[0]
    assert bool(re.search(hook["files"], path)) is wanted


@pytest.mark.parametrize("hook", HOOKS[:2], ids=lambda hook: hook["id"])
@pytest.mark.parametrize(
    "path",
    [
        *(name for kind, (name, _) in FILES.items() if kind not in NAMED),
        *("docker-bake.override.hcl", "requirements/gpu.txt", "llm.kube", "train.sbatch"),
        *("pod.yaml.j2", "nginx.conf.template", "compose.yaml.dist", ".imagelint.toml"),
    ],
)
def test_the_hooks_are_given_every_kind(path: str, hook: dict[str, str]) -> None:
    import re

    assert candidate(path)
    assert re.search(hook["files"], path), "`files` of .pre-commit-hooks.yaml: both of them"


def test_there_is_one_verdict_however_many_files_there_are() -> None:
    assert HOOKS[0]["require_serial"] is True


# -- The real program --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home and a cache of pre-commit of their own, and no configuration of git's."""
    home = tmp_path_factory.mktemp("home")
    kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "4",
        "GIT_CONFIG_KEY_0": "user.name",
        "GIT_CONFIG_VALUE_0": "Nobody",
        "GIT_CONFIG_KEY_1": "user.email",
        "GIT_CONFIG_VALUE_1": "nobody@example.com",
        "GIT_CONFIG_KEY_2": "init.defaultBranch",
        "GIT_CONFIG_VALUE_2": "main",
        "GIT_CONFIG_KEY_3": "protocol.file.allow",
        "GIT_CONFIG_VALUE_3": "always",
        "LANG": "C.UTF-8",
    }


def git(folder: Path, surroundings: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture(scope="session")
def source(
    tmp_path_factory: pytest.TempPathFactory, surroundings: dict[str, str]
) -> tuple[Path, str]:
    """A repository with the working tree as its only commit."""
    folder = tmp_path_factory.mktemp("source")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in (*SHIPPED, ".pre-commit-hooks.yaml"):
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
        else:
            shutil.copy(REPOSITORY / name, folder / name)
    git(folder, surroundings, "init", "-q")
    git(folder, surroundings, "add", "-A")
    git(folder, surroundings, "commit", "-q", "-m", "Everything")
    return folder, git(folder, surroundings, "rev-parse", "HEAD")


@pytest.fixture
def scratch(
    tmp_path: Path, source: tuple[Path, str], surroundings: dict[str, str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A repository in `tmp_path` with the hooks; stages everything and runs one of them."""
    folder, revision = source
    git(tmp_path, surroundings, "init", "-q")
    hooks = "- {id: imagelint-fix, args: [--unsafe]}\n      "
    hooks += f"- {{id: imagelint}}\n      - {{id: imagelint-gate, args: [{'oci:missing'}]}}"
    configuration = f"repos:\n  - repo: {folder}\n    rev: {revision}\n    hooks:\n      {hooks}\n"
    (tmp_path / ".pre-commit-config.yaml").write_text(configuration, encoding="utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        git(tmp_path, surroundings, "add", "-A")
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--color=never", *arguments],
            cwd=tmp_path,
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_bad_file_stops_the_commit_and_a_good_one_does_not(
    scratch: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    write(tmp_path, good__Dockerfile=GOOD, notes_txt="FROM a\n", README_md="# a\n")
    good = scratch("imagelint")
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout
    write(tmp_path, bad__Dockerfile=ROOT)
    bad = scratch("imagelint")
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert "bad/Dockerfile:1:6" in bad.stdout
    assert "good/Dockerfile" not in bad.stdout


def test_what_can_be_mended_is_mended_before_the_commit(
    scratch: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    update = "RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\nUSER"
    write(tmp_path, Dockerfile=GOOD.replace("USER", update), notes_txt="FROM a\n")
    (tmp_path / ".imagelint.yaml").write_text("extends: [strict]\n", encoding="utf-8")
    first = scratch("imagelint-fix")
    assert first.returncode == 1, first.stdout + first.stderr
    assert "files were modified by this hook" in first.stdout
    text = (tmp_path / "Dockerfile").read_text(encoding="utf-8")
    assert "install --no-install-recommends -y git" in text
    second = scratch("imagelint-fix")
    assert second.returncode == 0, second.stdout + second.stderr


def test_files_that_are_none_of_ours_do_not_stop_the_commit(
    scratch: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    write(tmp_path, settings_yaml="a: 1\n", package_json="{}\n")
    done = scratch("imagelint")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_policy_of_the_repository_holds(
    scratch: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    write(tmp_path, Dockerfile=ROOT)
    (tmp_path / ".imagelint.yaml").write_text("rules: {root-user: off}\n", encoding="utf-8")
    done = scratch("imagelint")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_policy_stops_the_commit_and_one_alone_does_not(
    scratch: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / ".imagelint.yaml").write_text("rules: {root-user: off}\n", encoding="utf-8")
    done = scratch("imagelint")
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / ".imagelint.yaml").write_text("rules: {root-usr: off}\n", encoding="utf-8")
    done = scratch("imagelint")
    assert done.returncode == 1
    assert "did you mean `root-user`?" in done.stdout


def test_what_the_policy_excludes_does_not_stop_the_commit(
    scratch: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    write(tmp_path, a__Dockerfile=ROOT)
    (tmp_path / ".imagelint.yaml").write_text("exclude: [a/Dockerfile]\n", encoding="utf-8")
    done = scratch("imagelint")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_gate_runs_when_asked_for(
    scratch: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    write(tmp_path, Dockerfile=GOOD)
    assert "imagelint gate" not in scratch().stdout
    done = scratch("imagelint-gate", "--hook-stage", "manual")
    assert done.returncode == 1
    assert "oci:missing" in done.stdout
