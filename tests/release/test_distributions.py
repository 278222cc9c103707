"""The wheel and the source distribution: what is in them, and what PyPI shows of them."""

from __future__ import annotations

import re
import subprocess
import tarfile
import zipfile
from email import message_from_string
from typing import TYPE_CHECKING

import pytest

from imagelint import __version__
from tests.release.conftest import ROOT
from tools import distributions as builder

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

SITE = "https://imagelint.dev/"
FILES = f"https://github.com/imagelint/imagelint/blob/v{__version__}/"
LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="session")
def metadata(distributions: Path) -> Message:
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


def test_two_wheels_that_differ_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def build(tree: Path, into: Path, *options: str) -> None:
        into.mkdir(exist_ok=True)
        (into / "a.whl").write_text(str(tree), encoding="utf-8")
        with tarfile.open(into / "a.tar.gz", "w:gz") as archive:
            archive.add(into / "a.whl", "a/source")

    monkeypatch.setattr(builder, "build", build)
    monkeypatch.setattr("sys.argv", ["distributions.py", "--into", str(tmp_path / "dist")])
    assert builder.main() == 1
    assert "another wheel is built" in capsys.readouterr().err


def test_the_source_holds_the_tracked_files_and_the_documentation(distributions: Path) -> None:
    (source,) = distributions.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    parts = ("imagelint", "policies", "docs", "README.md", "CHANGELOG.md", "SECURITY.md")
    tracked = subprocess.run(
        ["git", "ls-files", *parts], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert set(tracked) <= names
    assert "docs/rules/root-user.md" in names
    assert not [name for name in names if name.endswith(".pyc")]


def test_the_wheel_holds_the_program_and_the_packs_alone(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.partition("/")[0] for name in names} == {
        "imagelint",
        f"imagelint-{__version__}.dist-info",
    }
    assert "imagelint/policies/strict.yaml" in names
    assert "imagelint/py.typed" in names


def test_the_page_on_the_index_has_links_and_classifiers(metadata: Message) -> None:
    urls = dict(value.split(", ") for value in metadata.get_all("Project-URL", ()))
    assert {"Documentation", "Source", "Issues", "Changelog", "Security"} <= set(urls)
    classifiers = metadata.get_all("Classifier", ())
    for minor in ("11", "12", "13", "14"):
        assert f"Programming Language :: Python :: 3.{minor}" in classifiers
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_every_link_of_the_page_leads_to_what_a_release_publishes(
    metadata: Message, site: Path
) -> None:
    links = LINK.findall(str(metadata.get_payload()))
    assert len(links) >= 15
    urls = [value.split(", ")[1] for value in metadata.get_all("Project-URL", ())]
    for link in (*links, *urls):
        if link.startswith(SITE):
            assert (site / link.removeprefix(SITE).partition("#")[0] / "index.html").is_file(), link
        elif link.startswith(FILES):
            assert (ROOT / link.removeprefix(FILES)).is_file(), link
        else:
            assert link.startswith("https://"), link


def test_the_matrix_is_what_the_classifiers_say(metadata: Message) -> None:
    said = re.findall(
        r"Python :: (3\.\d+)$", "\n".join(metadata.get_all("Classifier", ())), re.MULTILINE
    )
    for name in ("ci.yaml", "release.yaml"):
        workflow = (ROOT / ".github/workflows" / name).read_text(encoding="utf-8")
        (matrix,) = re.findall(r"python: \[(.+)\]", workflow)
        assert [version.strip('" ') for version in matrix.split(",")] == said


def test_a_build_that_fails_says_why(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 1\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="cannot be built"):
        builder.build(tmp_path, tmp_path / "dist")
