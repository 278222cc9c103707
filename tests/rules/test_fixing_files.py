"""Every fix of every rule, made by the program in the files of all cases that have one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dockerfile
import pytest
import yaml

from imagelint.policy.builtin import PACKS
from tests.rules.projects import all_cases

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

EVERYTHING = [word for pack in PACKS for word in ("--policy", pack)]


def lay_out(folder: Path) -> dict[Path, bytes]:
    """Each case in a folder of its own; what there is, by its path."""
    texts: dict[Path, bytes] = {}
    for number, case in enumerate(case for case in all_cases() if case.fixed):
        for name, text in case.files.items():
            path = folder / str(number) / name
            if folder in path.resolve().parents and not name.endswith("imagelint.yaml"):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8", newline="")
                texts[path] = path.read_bytes()
    return texts


def instructions(data: bytes) -> list[str] | None:
    """The keywords that BuildKit's parser reads; None for what it refuses."""
    try:
        return [each.cmd.upper() for each in dockerfile.parse_string(data.decode())]
    except (dockerfile.GoParseError, UnicodeDecodeError):
        return None


def documents(data: bytes) -> int | None:
    """How many documents libyaml reads; None for what it refuses."""
    try:
        return len(list(yaml.compose_all(data.decode(), Loader=yaml.CSafeLoader)))
    except yaml.YAMLError:
        return None


@pytest.fixture
def mended(program: Program, here: Path) -> dict[Path, tuple[bytes, bytes]]:
    """The files that all fixes change, before and after."""
    before = lay_out(here)
    answer = program("fix", "--unsafe", "--quiet", *EVERYTHING)
    assert "would not mend it" not in answer.err
    return {
        path: (data, path.read_bytes())
        for path, data in before.items()
        if path.read_bytes() != data
    }


def test_what_could_be_read_still_can_and_a_second_time_changes_nothing(
    mended: dict[Path, tuple[bytes, bytes]], program: Program
) -> None:
    assert len(mended) > 50
    for path, (before, after) in mended.items():
        if "ockerfile" in path.name and instructions(before) is not None:
            assert instructions(after) is not None, (path, after)
        if path.suffix in (".yaml", ".yml") and documents(before) is not None:
            assert documents(after) == documents(before), (path, after)
    again = program("fix", "--unsafe", "--check", *EVERYTHING)
    assert again.out == ""
