"""What the action keeps from job to job: packages by their lock, the database for a day."""

from __future__ import annotations

import re
import shutil
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.action.composite import Composite, Job, Result
from tests.action.jobs import ACTION, INSTALL, JUDGE, NAMES, PATH, Runner
from tests.cli.projects import GOOD, write

if TYPE_CHECKING:
    from collections.abc import Mapping

RESTORE, SAVE = "actions/cache/restore@", "actions/cache/save@"
IMAGE = {"image": "registry.example.com/team/llm:1", "tools": "path"}


def prepare(folder: Path, **inputs: str) -> Result:
    action = Composite(ACTION, Job(folder, folder, PATH))
    return action.run({"python": sys.executable, **inputs}, slice(1))


def hit(_given: Mapping[str, str], _path: Path) -> dict[str, str]:
    return {"cache-hit": "true"}


def caches(done: Result) -> list[tuple[str, str]]:
    """Which caches were asked for and kept: `restore packages`, say, with the key."""
    return [
        (f"{name.partition('@')[0].rpartition('/')[2]} {Path(given['path']).name}", given["key"])
        for name, given in done.used
        if name.startswith("actions/cache")
    ]


def test_keys_hold_what_the_content_depends_on(tmp_path: Path) -> None:
    done = prepare(tmp_path, image="a/b").steps
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    packages = done["prepare.outputs.packages-key"]
    assert re.fullmatch(rf"imagelint-packages-\w+-\w+-{re.escape(version)}-\w{{16}}", packages)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    database = done["prepare.outputs.database-key"]
    assert re.fullmatch(rf"imagelint-database-{today}-\w{{16}}", database)
    other = prepare(tmp_path, image="a/b", **{"db-repository": "mirror.test/trivy-db"}).steps
    for name in ("database", "database-key"):
        assert other[f"prepare.outputs.{name}"] != done[f"prepare.outputs.{name}"]
    assert other["prepare.outputs.packages-key"] == packages


def test_two_uses_share_downloads_and_nothing_else(tmp_path: Path) -> None:
    first, second = (prepare(tmp_path, image="a/b").steps for _ in range(2))
    for name in ("packages", "database", "packages-key", "database-key"):
        assert first[f"prepare.outputs.{name}"] == second[f"prepare.outputs.{name}"]
    for name in ("place", "programs"):
        assert first[f"prepare.outputs.{name}"] != second[f"prepare.outputs.{name}"]


@pytest.mark.parametrize(
    "inputs",
    [{}, {"image": "a/b", "offline": "true"}, {"image": "a/b", "trivy-cache": "/some/where"}],
    ids=["no image", "offline", "a database of one's own"],
)
def test_without_a_download_there_is_no_database_to_keep(
    tmp_path: Path, inputs: dict[str, str]
) -> None:
    assert "prepare.outputs.database" not in prepare(tmp_path, **inputs).steps


def test_tools_are_installed_for_images_only(tmp_path: Path) -> None:
    for inputs, installed in (
        ({}, "false"),
        ({"image": "a/b"}, "true"),
        ({"image": "a/b", "tools": "path"}, "false"),
        ({"tools": "install"}, "false"),
    ):
        assert prepare(tmp_path, **inputs).steps["prepare.outputs.install-tools"] == installed
    done = prepare(tmp_path, tools="latest")
    assert done.errors == ("input tools: install or path is expected, not 'latest'",)


def without_installing(job: Job, **inputs: str) -> Result:
    given = {"python": sys.executable, **inputs}
    return Composite(ACTION, job).run(given, without=("Install imagelint", "Run imagelint"))


@pytest.mark.parametrize("restored", [False, True])
def test_packages_are_kept_when_they_were_not_there(tmp_path: Path, restored: bool) -> None:  # noqa: FBT001 - a column
    job = Job(tmp_path, tmp_path, PATH, {RESTORE: hit} if restored else {})
    done = without_installing(job)
    key = done.steps["prepare.outputs.packages-key"]
    kept = [] if restored else [("save packages", key)]
    assert caches(done) == [("restore packages", key), *kept]


def test_what_is_kept_are_wheels(installed: Path) -> None:
    packages = list((installed.parents[1] / "imagelint-shared/packages").iterdir())
    assert {file.suffix for file in packages} == {".whl"}


def test_restored_packages_need_no_index(installed: Path, tmp_path: Path) -> None:
    write(tmp_path / "checkout", Dockerfile=GOOD)
    packages = installed.parents[1] / "imagelint-shared/packages"

    def restore(given: Mapping[str, str], _path: Path) -> dict[str, str]:
        shutil.copytree(packages, given["path"])
        return {"cache-hit": "true"}

    (tmp_path / "temp").mkdir()
    variables = {"PIP_INDEX_URL": "http://127.0.0.1:1", "PIP_CONFIG_FILE": "/dev/null"}
    variables |= {"PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": ""}
    job = Job(tmp_path / "checkout", tmp_path / "temp", PATH, {RESTORE: restore})
    job = job._replace(variables=variables)
    done = Composite(ACTION, job).run({"python": sys.executable})
    assert done.outputs["verdict"] == "pass", done.stdout


def test_a_restored_package_of_another_hash_is_not_installed(
    installed: Path, tmp_path: Path
) -> None:
    """Who can write into a cache can write anything: the lock decides."""
    packages = installed.parents[1] / "imagelint-shared/packages"

    def restore(given: Mapping[str, str], _path: Path) -> dict[str, str]:
        shutil.copytree(packages, given["path"])
        (wheel,) = Path(given["path"]).glob("click-*.whl")
        with zipfile.ZipFile(wheel, "a") as opened:
            opened.writestr("click/poison.py", "")
        return {"cache-hit": "true"}

    (tmp_path / "temp").mkdir()
    job = Job(tmp_path, tmp_path / "temp", PATH, {RESTORE: restore})
    done = Composite(ACTION, job).run({"python": sys.executable}, slice(INSTALL + 1))
    assert done.code == 0, done.stdout
    venv = Path(done.steps["prepare.outputs.place"]) / "venv"
    assert list(venv.rglob("click/core.py"))
    assert not list(venv.rglob("poison.py"))


def test_nothing_is_kept_when_that_is_not_wanted(tmp_path: Path) -> None:
    job = Job(tmp_path, tmp_path, PATH)
    done = without_installing(job, cache="false", image="a/b", tools="path")
    assert (done.code, done.used) == (0, ())


# -- The database ------------------------------------------------------------------------------


class Databases:
    """A runner that restores the demo's database, or has none."""

    def __init__(self, runner: Runner, demo: Path) -> None:
        self._runner = runner
        self._demo = demo
        self.folder = runner.temporary / "imagelint-shared/trivy-0"

    def gate(self, image: str, *, key: str = "signer.pub", hits: bool = True) -> Result:
        def restore(given: Mapping[str, str], _path: Path) -> dict[str, str]:
            shutil.copytree(self._demo / "trivy", given["path"])
            return {"cache-hit": "true" if hits else "false"}

        write(self._runner.checkout, Dockerfile=GOOD)
        known = {
            "prepare.outputs.place": str(self._runner.place),
            "prepare.outputs.database": str(self.folder),
            "prepare.outputs.database-key": "today",
        }
        job = self._runner.job(others={RESTORE: restore}, steps=known)
        inputs = {
            "image": f"oci:{self._demo / image}",
            "key": str(self._demo / key),
            "no-transparency-log": "true",
            "db-repository": "127.0.0.1:1/nobody/there:2",
        }
        first = NAMES.index("Restore the vulnerability database")
        assert first < JUDGE
        return Composite(ACTION, job).run(inputs, slice(first, None))


@pytest.fixture
def databases(runner: Runner, demo: Path) -> Databases:
    return Databases(runner, demo)


def test_a_restored_database_is_scanned_with(databases: Databases) -> None:
    done = databases.gate("image")
    assert done.outputs["verdict"] == "pass", done.stdout
    assert caches(done) == [("restore trivy-0", "today")]


def test_a_database_is_kept_also_after_a_fail(databases: Databases) -> None:
    done = databases.gate("unsigned", hits=False)
    assert (done.code, done.outputs["verdict"]) == (1, "fail"), done.stdout
    assert caches(done) == [("restore trivy-0", "today"), ("save trivy-0", "today")]


def test_a_database_that_gave_no_verdict_is_not_kept(databases: Databases) -> None:
    """Half of one would be the database of the whole day."""
    done = databases.gate("image", key="missing.pub", hits=False)
    assert done.outputs["verdict"] == "incomplete"
    assert caches(done) == [("restore trivy-0", "today")]
