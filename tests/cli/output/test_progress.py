from __future__ import annotations

import sys
from itertools import count
from types import SimpleNamespace

import pytest

from imagelint.cli.output import progress as module
from imagelint.cli.output.progress import progress, steps


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal, and a clock on which half a second passes between two looks."""
    ticks = count()
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _self: True)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(ticks) / 2))


@pytest.mark.usefixtures("terminal")
def test_what_takes_longer_than_a_second_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    tell = progress("examined", quiet=False)
    tell(1, 9)
    assert capsys.readouterr().err == ""
    tell(2, 9)
    tell(3, 9)
    assert capsys.readouterr().err.endswith("\r\x1b[Kexamined: 3 of 9")
    tell(9, 9)
    assert capsys.readouterr().err == "\r\x1b[K"


@pytest.mark.usefixtures("terminal")
def test_the_line_is_not_drawn_too_often(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = progress("examined", quiet=False)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: 7.0))
    tell(1, 9)
    tell(2, 9)
    assert capsys.readouterr().err == "\r\x1b[Kexamined: 1 of 9"


@pytest.mark.usefixtures("terminal")
def test_quiet_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    tell = progress("examined", quiet=True)
    for done in range(9):
        tell(done, 9)
    with steps(quiet=True) as step:
        step("scanning")
    assert capsys.readouterr().err == ""


def test_who_is_no_terminal_sees_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    tell = progress("examined", quiet=False)
    tell(1, 9)
    with steps(quiet=False) as step:
        step("scanning")
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("terminal")
def test_steps_are_shown_and_gone(capsys: pytest.CaptureFixture[str]) -> None:
    with steps(quiet=False) as step:
        step("scanning \x1b[31mred")
    assert capsys.readouterr().err == "\r\x1b[Kscanning red …\r\x1b[K"
