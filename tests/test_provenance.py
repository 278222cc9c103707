"""Findings about what charts and overlays make stand where what they speak about is written."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.renderers import LIBRARIES, use_libraries

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
TWINS = ROOT / "testdata" / "examples" / "twins"
ENOUGH = 0.95


def measure() -> ModuleType:
    """The program that counts, which is no package."""
    path = ROOT / "benchmarks" / "provenance.py"
    spec = importlib.util.spec_from_file_location("provenance", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["provenance"] = module
    spec.loader.exec_module(module)
    return module


def with_all_mistakes(form: str, folder: Path) -> None:
    """A copy of a form with every mistake of the table that can still be made in it."""
    shutil.copytree(TWINS / form, folder)
    with (TWINS / "mutations.toml").open("rb") as file:
        rows = tomllib.load(file)["mutation"]
    for row in rows:
        cell = row.get(form)
        if not isinstance(cell, list):
            continue
        path = folder / cell[0]
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if cell[1] in text:
            path.write_text(text.replace(cell[1], cell[2]), encoding="utf-8")


@pytest.mark.parametrize("form", ["chart", "overlays"])
def test_findings_stand_where_the_words_are_or_at_what_lacks_them(
    form: str, tmp_path: Path
) -> None:
    assert LIBRARIES.is_dir(), "run `make tools`"
    use_libraries()
    folder = tmp_path / form
    with_all_mistakes(form, folder)
    found = measure().count(str(folder))
    assert found.unrendered == ()
    assert found.present >= 10
    assert found.exact_present >= ENOUGH * found.present, found.rest
    assert found.exact_absent >= ENOUGH * found.absent, found.rest
