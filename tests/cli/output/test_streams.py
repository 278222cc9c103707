from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.cli import main
from imagelint.cli.output.streams import deliver, say, take_every_text, width
from imagelint.core.errors import UsageError
from imagelint.core.report import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Refusing(io.StringIO):
    """Standard output that does not take what it is given."""

    def __init__(self, error: OSError, file: Path) -> None:
        super().__init__()
        self._error = error
        self._file = file.open("w", encoding="utf-8")

    def write(self, text: str) -> int:
        raise self._error

    def flush(self) -> None:
        raise self._error

    def fileno(self) -> int:
        return self._file.fileno()

    def end(self) -> None:
        self._file.close()


@pytest.fixture
def refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Refusing]:
    def standard_output(number: int) -> Refusing:
        refusing = Refusing(OSError(number, os.strerror(number)), tmp_path / "out")
        monkeypatch.setattr(sys, "stdout", refusing)
        return refusing

    return standard_output


def test_what_is_said_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    say("a")
    assert deliver(1) == 1
    assert capsys.readouterr().out == "a"


def test_a_reader_that_goes_is_told_apart(refuse: Callable[[int], Refusing]) -> None:
    out = refuse(errno.EPIPE)
    with pytest.raises(BrokenPipeError):
        say("a")
    assert deliver(1) == 3
    os.write(out.fileno(), b"into nothing")
    out.end()


def test_a_full_disk_is_told(refuse: Callable[[int], Refusing]) -> None:
    out = refuse(errno.ENOSPC)
    with pytest.raises(UsageError, match="cannot write: no space left on device"):
        say("a")
    with pytest.raises(UsageError, match="cannot write: no space left on device"):
        deliver(0)
    out.end()


def test_a_full_disk_at_the_end_is_wrong_usage(
    refuse: Callable[[int], Refusing],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = refuse(errno.ENOSPC)
    monkeypatch.setattr(main, "answer", lambda: 0)
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == 2
    assert "at: standard output" in capsys.readouterr().err
    out.end()


def test_who_closes_standard_output_has_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr("sys.stdout", closed)
    assert deliver(ExitCode.FAIL) == ExitCode.FAIL


def test_texts_beyond_the_encoding_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    take_every_text()
    say("ä \udcff")
    assert deliver(0) == 0
    assert raw.getvalue() == rb"\xe4 \udcff"


def test_standard_output_may_be_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdout", out)
    take_every_text()
    say("ä")
    assert out.getvalue() == "ä"


def test_a_terminal_has_a_width(monkeypatch: pytest.MonkeyPatch) -> None:
    assert width() == 0
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "72")
    assert width() == 72
