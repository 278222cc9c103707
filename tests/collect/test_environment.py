from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

from imagelint.collect import environment

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_variable_that_is_not_set_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMAGELINT_TEST", "a")
    assert environment.variable("IMAGELINT_TEST") == "a"
    assert environment.variables()["IMAGELINT_TEST"] == "a"
    monkeypatch.delenv("IMAGELINT_TEST")
    assert environment.variable("IMAGELINT_TEST") == ""


def test_a_copy_of_the_variables_is_given() -> None:
    environment.variables()["IMAGELINT_TEST"] = "a"
    assert "IMAGELINT_TEST" not in os.environ


def test_the_cache_lies_where_the_user_wants_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert environment.cache_folder() == str(tmp_path / "imagelint")
    monkeypatch.setenv("HOME", "/home/a")
    for ignored in ("", "relative/folder", "."):
        monkeypatch.setenv("XDG_CACHE_HOME", ignored)
        assert environment.cache_folder() == "/home/a/.cache/imagelint"


def test_there_is_at_least_one_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.processors() >= 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 3}, raising=False)
    assert environment.processors() == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    for count, expected in ((7, 7), (None, 1)):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        assert environment.processors() == expected


def test_the_clock_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    assert abs(environment.now() - time.time()) < 5
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", environment.today())
    monkeypatch.setattr(time, "gmtime", lambda: time.struct_time((2026, 2, 3, 0, 0, 0, 0, 0, 0)))
    assert environment.today() == "2026-02-03"
