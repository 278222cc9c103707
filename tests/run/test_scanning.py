"""The files that a scan is told of."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.tools.trivy_options import TrivyOptions
from imagelint.core.environment import ScanSettings
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.exploits import Exploits
from imagelint.run.scanning import anchored, read_exploits, with_settings
from tests.documents.image.test_exploits import EPSS, KEV

if TYPE_CHECKING:
    from pathlib import Path


def test_files_are_relative_to_the_policy() -> None:
    settings = ScanSettings(kev="a/kev.json", epss="/b/epss.csv", vex=("v.json",))
    placed = anchored(settings, "/policy")
    assert (placed.kev, placed.epss, placed.vex) == (
        *("/policy/a/kev.json", "/b/epss.csv"),
        ("/policy/v.json",),
    )


def test_settings_reach_the_scanner() -> None:
    settings = ScanSettings(skip_files=("*.x",), server="http://a", sha256=("0a",))
    asked = with_settings(TrivyOptions(), settings)
    assert asked.skip_files == (*TrivyOptions().skip_files, "*.x")
    assert asked.server == "http://a"
    assert asked.releases.sha256 == ("0a",)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lists_are_read_packed_or_not(tmp_path: Path, pack: type[bytes]) -> None:
    (tmp_path / "kev").write_bytes(pack(KEV.encode()))
    (tmp_path / "epss").write_bytes(pack(EPSS.encode()))
    found = read_exploits(anchored(ScanSettings(kev="kev", epss="epss"), str(tmp_path)))
    assert isinstance(found, Exploits)
    assert len(found.known) == 1
    assert len(found.scores) == 2


def test_a_text_that_came_with_the_policy_goes_before_the_file() -> None:
    found = read_exploits(ScanSettings(kev="/nosuch", texts=(("/nosuch", KEV),)))
    assert isinstance(found, Exploits)
    assert found.known


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (None, ProblemKind.UNREADABLE),
        (b"{", ProblemKind.UNPARSABLE),
        (gzip.compress(KEV.encode())[:-9], ProblemKind.UNPARSABLE),
        (b"\x1f\x8bnonsense", ProblemKind.UNPARSABLE),
    ],
)
def test_a_list_that_cannot_be_read_is_a_problem(
    tmp_path: Path, data: bytes | None, kind: ProblemKind
) -> None:
    path = tmp_path / "kev"
    if data is not None:
        path.write_bytes(data)
    found = read_exploits(ScanSettings(kev=str(path)))
    assert isinstance(found, Problem)
    assert found.kind is kind
