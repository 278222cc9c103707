from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.codedigest import code_stamp

if TYPE_CHECKING:
    from pathlib import Path


def test_a_checkout_is_another_with_every_edit(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    rule = tmp_path / "rules" / "a.py"
    rule.touch()
    before = code_stamp(str(tmp_path))
    assert code_stamp(str(tmp_path)) == before
    os.utime(rule, ns=(1, 1))
    edited = code_stamp(str(tmp_path))
    (tmp_path / "rules" / "b.py").touch()
    assert len({before, edited, code_stamp(str(tmp_path))}) == 3


def test_what_python_compiles_is_not_an_edit(tmp_path: Path) -> None:
    before = code_stamp(str(tmp_path))
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").touch()
    assert code_stamp(str(tmp_path)) == before


def test_an_installed_release_stays_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "site-packages" / "imagelint"
    folder.mkdir(parents=True)
    (folder / "a.py").touch()
    assert code_stamp(str(folder)) == ""
