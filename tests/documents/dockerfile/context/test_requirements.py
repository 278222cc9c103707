from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.documents.dockerfile.context import projects
from imagelint.documents.dockerfile.context.image import LARGEST_SCRIPT
from imagelint.documents.packages.model import InstalledFile, UnreadRequirements
from imagelint.documents.packages.projects import parse_lock
from tests.documents.dockerfile.context.project import dockerfile

if TYPE_CHECKING:
    from imagelint.core.source import Source
    from imagelint.documents.packages.projects import ProjectList

LINES = (
    "FROM x:1",
    "COPY deps.txt /",
    "RUN pip install -r /deps.txt",
    "RUN pip install -r /deps.txt",
)


@pytest.mark.parametrize(
    ("length", "told"),
    [
        (LARGEST_SCRIPT, []),
        (LARGEST_SCRIPT + 1, ["`deps.txt` is too large to be read with the Dockerfile"]),
        (0, ["there is no `deps.txt` in the build context"]),
    ],
)
def test_files_that_are_not_read_are_told_once(length: int, told: list[str]) -> None:
    files = {"deps.txt": "requests==2.32.3\n".ljust(length, "#")} if length else {}
    found = dockerfile(*LINES, files=files).nodes_of(UnreadRequirements)
    assert [one.why for one in found] == told


def test_a_lock_is_read_once_however_often_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def parse(source: Source, wanted: frozenset[str]) -> ProjectList:
        read.append(source.origin)
        return parse_lock(source, wanted)

    monkeypatch.setattr(projects, "parse_lock", parse)
    files = {
        "pyproject.toml": '[project]\ndependencies = ["torch"]\n',
        "uv.lock": '[[package]]\nname = "torch"\nversion = "2.3.1"\n',
    }
    lines = ("FROM x:1", "WORKDIR /", "COPY pyproject.toml uv.lock /", *["RUN uv sync"] * 3)
    found = dockerfile(*lines, files=files).nodes_of(InstalledFile)
    versions = [one.version for file in found for one in file.packages if one.version]
    assert versions == ["2.3.1"] * 3
    assert len(read) == 1
