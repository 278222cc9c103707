"""How the action installs imagelint: locked, alone, and deaf to the checkout."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from tests.action.composite import Composite, Job
from tests.action.jobs import ACTION, PATH, REPOSITORY
from tests.cli.projects import GOOD, write
from tests.gate.attack import Ended, Outcome, Said, attack
from tools.lock import LOCK, LOCKS, TESTED, wanted

if TYPE_CHECKING:
    from tests.action.jobs import Runner

TITLE = "What the Action installs, and imports"
PINS = dict(re.findall(r"^([\w.-]+)==([^ ;\\]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_lock_is_of_what_is_needed_now() -> None:
    done = subprocess.run(
        [sys.executable, REPOSITORY / "tools/lock.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), "run `make lock`"
    for text in wanted():
        needed = Requirement(text)
        assert needed.specifier.contains(PINS[normal(needed.name)]), text


def test_the_lock_is_noticed_when_it_is_of_something_else(tmp_path: Path) -> None:
    for name in ("tools", ".github/action", ".github/release"):
        (tmp_path / name).mkdir(parents=True)
    locks = (lock.relative_to(REPOSITORY).as_posix() for lock in LOCKS)
    for name in ("tools/lock.py", *locks):
        (tmp_path / name).write_bytes((REPOSITORY / name).read_bytes())
    project = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    changed = project.replace('"click>=', '"another>=1", "click>=')
    for text, code in ((project, 0), (changed, 1)):
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
        program = [sys.executable, "tools/lock.py", "--check"]
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, check=False)
        assert done.returncode == code


def test_the_action_runs_with_what_the_tests_run_with() -> None:
    text = TESTED.read_text(encoding="utf-8")
    tested = {normal(name): version for name, version in re.findall(r"([\w.-]+)==(\S+)", text)}
    assert {name: tested.get(name, version) for name, version in PINS.items()} == PINS


@pytest.mark.parametrize("lock", LOCKS, ids=LOCKS.get)
def test_every_package_has_hashes(lock: Path) -> None:
    packages = re.split(r"^(?=\w)", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    assert len(packages) >= 40
    for package in packages:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", package)


@attack(
    "The index of packages gives another file for one that is pinned",
    ours=Said("paths:", 2, "", "not installed: its hash is not that of the lock"),
)
def test_a_package_of_another_hash_is_not_installed(tmp_path: Path) -> Outcome:
    copy = tmp_path / "action"
    (copy / ".github").mkdir(parents=True)
    (copy / ".github/action").mkdir()
    for file in (REPOSITORY / ".github/action").glob("*.*"):
        (copy / ".github/action" / file.name).write_bytes(file.read_bytes())
    lock = copy / ".github/action/requirements.txt"
    changed = re.sub(r"sha256:[0-9a-f]{8}", "sha256:00000000", lock.read_text(encoding="utf-8"))
    lock.write_text(changed, encoding="utf-8")
    (copy / "action.yml").write_bytes(ACTION.read_bytes())
    done = Composite(copy / "action.yml", Job(tmp_path, tmp_path, PATH)).run(
        {"python": sys.executable, "sarif": "true"}
    )
    assert done.code == 2
    (error,) = done.errors
    assert error.startswith("imagelint cannot be installed\n")
    assert "HASHES" in error
    assert {name.partition("@")[0] for name, _ in done.used} == {"actions/cache/restore"}
    assert (done.outputs["verdict"], done.outputs["sarif-file"]) == ("incomplete", "")
    return Outcome(Ended(done.code, done.stdout))


SHADOWS = ("venv", "pip", "imagelint", "json", "subprocess", "install", "judge", "sitecustomize")


@attack(
    "A pull request brings modules with the names of those that the Action imports",
    ours=Said("paths:", 0, "", "none of them runs, the verdict is about the files"),
)
def test_no_module_of_the_checkout_is_imported(tmp_path: Path) -> Outcome:
    """A pull request brings files called as what Python would import from where it stands."""
    checkout = tmp_path / "checkout"
    write(checkout, Dockerfile=GOOD)
    spring = f"open({str(tmp_path / 'canary')!r}, 'w')\n"
    for name in SHADOWS:
        (checkout / name).mkdir()
        for file in ("__init__.py", "__main__.py"):
            (checkout / name / file).write_text(spring, encoding="utf-8")
    temporary = tmp_path / "temp"
    temporary.mkdir()
    variables = {"PYTHONPATH": str(checkout), "PYTHONSTARTUP": str(checkout / "json/__init__.py")}
    variables |= {"PIP_USER": "1", "PIP_TARGET": str(checkout), "PIP_PREFIX": str(checkout)}
    job = Job(checkout, temporary, PATH, variables=variables)
    done = Composite(ACTION, job).run({"python": sys.executable})
    assert done.outputs["verdict"] == "pass", (done.stdout, done.stderr)
    assert not (tmp_path / "canary").exists()
    return Outcome(Ended(done.code, done.stdout))


def test_two_uses_in_a_job_have_folders_of_their_own(runner: Runner, tmp_path: Path) -> None:
    write(runner.checkout, Dockerfile=GOOD)
    first = runner({}).outputs
    second_place = runner.temporary / "imagelint-there"
    second_place.mkdir()
    (second_place / "venv").symlink_to(runner.place / "venv")
    second = runner({}, steps={"prepare.outputs.place": str(second_place)}).outputs
    for name in ("report-json", "sarif-file"):
        assert first[name] != second[name]
        assert Path(first[name]).is_file()
        assert Path(second[name]).is_file()


@pytest.mark.parametrize("place", ["/", "{temporary}", "{temporary}/missing"])
def test_without_an_installation_nothing_is_run(runner: Runner, place: str) -> None:
    place = place.format(temporary=runner.temporary)
    done = runner({}, steps={"prepare.outputs.place": place})
    assert done.code == 2
    assert done.errors == ("imagelint is not installed",)
