"""Files that become others between two looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.collect.read import read_bytes
from imagelint.run.reading import index

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.core.report import Problem
    from tests.conftest import Program


@pytest.mark.parametrize("cached", [True, False])
def test_an_env_file_that_is_swapped_is_a_problem(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch, *, cached: bool
) -> None:
    """Its variables fill a compose file, and it is examined itself: both by one content."""
    text = 'services:\n  a: {image: "team/app:${TAG}", env_file: [.env]}\n'
    (here / "compose.yaml").write_text(text, encoding="utf-8")
    (here / ".env").write_text("TAG=1.2\n", encoding="utf-8")
    looks: list[str] = []

    def read(path: str, origin: str, within: str = "") -> bytes | Problem:
        data = read_bytes(path, origin, within)
        if origin == ".env":
            looks.append(path)
            (here / ".env").write_text(f"TAG=latest{len(looks)}\n", encoding="utf-8")
        return data

    monkeypatch.setattr(index, "read_bytes", read)
    answer = program("check", *(() if cached else ("--no-cache",)), ".")
    assert len(looks) > 1
    assert answer.code == 3, answer.out
    assert ".env" in answer.out
    assert "was changed while it was examined" in answer.out
