"""One file that holds everything: unpacked once, and then as quick as what is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest

from imagelint import __version__
from tests.release.conftest import ROOT
from tools import formula, singlefile

NEEDED = ("click", "dockerfile-parse", "pathspec", "PyYAML", "tree-sitter", "tree-sitter-bash")
START = "from imagelint.cli.start import run; run()"
# The rest of what a zip file costs.
MORE = {"importlib._abc", "importlib.util", "runpy", "zipimport"}


class File(NamedTuple):
    """A single file, and the folder that it keeps things in."""

    path: Path
    home: Path

    def run(
        self, *arguments: str, options: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", *options, self.path, *arguments],
            cwd=ROOT,
            env={"HOME": str(self.home), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def unpacked(self) -> list[Path]:
        return sorted((self.home / ".cache/imagelint/program").iterdir())


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> File:
    """The file, made of imagelint and what `check` needs, and started for the first time."""
    folder = tmp_path_factory.mktemp("single")
    packages = folder / "packages"
    shutil.copytree(ROOT / "imagelint", packages / "imagelint")
    for name in NEEDED:
        for top in {Path(path.parts[0]) for path in metadata.files(name) or ()}:
            place = Path(str(metadata.distribution(name).locate_file(top)))
            copy = shutil.copytree if place.is_dir() else shutil.copy
            copy(place, packages / top)
    made = File(singlefile.write(packages, folder / "imagelint.pyz"), folder / "home")
    first = made.run("--version")
    assert (first.returncode, first.stdout) == (0, f"imagelint {__version__}\n"), first.stderr
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> File:
    """A file with a program that only says where it is."""
    folder = tmp_path_factory.mktemp("small")
    program = folder / "packages" / "imagelint" / "cli" / "start.py"
    program.parent.mkdir(parents=True)
    for package in (program.parent, program.parent.parent):
        (package / "__init__.py").touch()
    program.write_text("def run():\n    print(__file__)\n", encoding="utf-8")
    return File(singlefile.write(folder / "packages", folder / "small.pyz"), folder / "home")


def test_the_same_packages_make_the_same_file(small: File, tmp_path: Path) -> None:
    again = singlefile.write(small.path.parent / "packages", tmp_path / "again.pyz")
    assert again.read_bytes() == small.path.read_bytes()
    assert again.stat().st_mode & 0o777 == 0o755


def test_it_is_unpacked_once_and_whole(file: File) -> None:
    (place,) = file.unpacked
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o700, 0o700)
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    assert file.run("--version").returncode == 0
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before
    assert file.unpacked == [place]


def test_a_second_start_imports_what_an_installed_one_imports(file: File) -> None:
    """A start is what it imports; how long it takes says nothing on a busy machine."""
    said = file.run("--help", options=("-X", "importtime")).stderr
    installed = subprocess.run(
        [sys.executable, "-I", "-X", "importtime", "-c", START],
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    assert "imagelint.cli.main" in modules(said)
    assert modules(said) - modules(installed) <= MORE


def modules(said: str) -> set[str]:
    lines = (line.rpartition("|")[2].strip() for line in said.splitlines())
    return {line for line in lines if line}


def test_it_judges_with_its_compiled_parsers(file: File, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM alpine\nRUN cd /x && sudo ls\n", encoding="utf-8")
    done = file.run("check", str(tmp_path / "Dockerfile"))
    assert done.returncode == 1, done.stderr
    assert "unpinned-image" in done.stdout
    assert "sudo" in done.stdout


def test_where_nothing_can_be_kept_nothing_is_left(small: File, tmp_path: Path) -> None:
    blocked = tmp_path / "home"
    blocked.write_text("a file", encoding="utf-8")
    done = File(small.path, blocked).run()
    assert done.returncode == 0, done.stderr
    assert not Path(done.stdout.strip()).exists()


PLANTED = "def run():\n    print('planted')\n"


@pytest.mark.parametrize("open_to_others", [".", "..", "../.."])
def test_what_others_could_have_put_there_is_not_run(
    small: File, tmp_path: Path, open_to_others: str
) -> None:
    ours = File(small.path, tmp_path)
    ours.run()
    (place,) = ours.unpacked
    (place / "imagelint/cli/start.py").write_text(PLANTED, encoding="utf-8")
    (place / open_to_others).chmod(0o777)
    done = ours.run()
    assert done.returncode == 0, done.stderr
    assert "planted" not in done.stdout
    assert not Path(done.stdout.strip()).exists()


@pytest.mark.parametrize("base", [0o1777, 0o777])
def test_a_folder_for_everybody_keeps_it_where_nobody_else_can_move_it(
    small: File, tmp_path: Path, base: int
) -> None:
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache").chmod(base)
    ours = File(small.path, tmp_path)
    said = Path(ours.run().stdout.strip())
    assert said.exists() == (base == 0o1777)


def test_another_user_runs_nothing_of_the_home_that_he_was_left_with(
    small: File, tmp_path: Path
) -> None:
    """As `sudo` leaves it: the folders belong to whom the program shall not trust."""
    ours = File(small.path, tmp_path)
    ours.run()
    (place,) = ours.unpacked
    (place / "imagelint/cli/start.py").write_text(PLANTED, encoding="utf-8")
    other = (
        "import os, runpy, sys; us = os.geteuid(); os.geteuid = lambda: us + 1;"
        f"sys.path.insert(0, {str(small.path)!r});"
        f"runpy.run_path({str(small.path)!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", other],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "planted" not in done.stdout
    assert not Path(done.stdout.strip()).exists()


def test_what_it_makes_is_nobody_elses_whatever_the_mask(small: File, tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        ours = File(small.path, tmp_path)
        ours.run()
    finally:
        os.umask(before)
    for folder in (".cache/imagelint", ".cache/imagelint/program"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700
    (place,) = ours.unpacked
    assert ours.run().stdout == f"{place / 'imagelint/cli/start.py'}\n"


def test_who_comes_second_runs_what_the_first_has_unpacked(small: File, tmp_path: Path) -> None:
    """Two first starts at a time: both unpack, and one of them puts it in its place."""
    ours = File(small.path, tmp_path)
    command = [sys.executable, "-I", str(small.path)]
    environment = {"HOME": str(tmp_path)}
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = {one.communicate()[0] for one in running}
    (place,) = ours.unpacked
    assert said == {f"{place / 'imagelint/cli/start.py'}\n"}


def test_another_python_is_told_which_file_to_take(small: File, tmp_path: Path) -> None:
    other = tmp_path / "other.pyz"
    with zipfile.ZipFile(small.path) as source, zipfile.ZipFile(other, "w") as target:
        for member in source.namelist():
            target.writestr(member, b"cpython-39" if member == "python" else source.read(member))
    done = File(other, tmp_path).run()
    assert done.returncode == 1
    assert done.stderr.startswith("error: this file is for cpython-39, and this Python is cpython-")


def test_the_formula_takes_the_files_of_a_release(tmp_path: Path) -> None:
    for system in formula.SYSTEMS:
        (tmp_path / f"imagelint-9.8.7-cpython-314-{system}.pyz").write_text(
            system, encoding="utf-8"
        )
    text = formula.formula(tmp_path)
    assert 'version "9.8.7"' in text
    for system in formula.SYSTEMS:
        assert f"/v9.8.7/imagelint-9.8.7-cpython-314-{system}.pyz" in text
    assert text.count("sha256 ") == len(formula.SYSTEMS)
    assert text.count(" do\n") + text.count("def ") + 1 == text.count("\nend") + text.count(
        "  end\n"
    )


def test_the_release_makes_a_file_for_each_system_of_the_formula() -> None:
    workflow = (ROOT / ".github/workflows/release.yaml").read_text(encoding="utf-8")
    assert "system: [ubuntu-24.04, ubuntu-24.04-arm, macos-15]" in workflow
    assert set(formula.SYSTEMS) == {"linux-x86_64", "linux-aarch64", "darwin-arm64"}
    assert f'"{formula.PYTHON}"' in workflow
