"""The whole program in this process, in a folder, a home and a cache of its own."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from imagelint.cli.main import answer
from imagelint.knowledge.tables import hold
from tests.renderers import use_libraries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser import Reading

use_libraries()
# Who starts the tests in the background of a script lets them, and all that they start, ignore ^C.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Where others wait for the result, the same examples every time; at a desk, new ones.
# How fast a busy machine makes examples says nothing about us.
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("patient", _PATIENT)
settings.register_profile("steady", _PATIENT, derandomize=True)
settings.load_profile("steady" if os.environ.get("CI") else "patient")


# What their tests share takes a process ten seconds and more to prepare.
_PREPARED = (
    "tests/action/",
    "tests/knowledge/test_inventory.py",
    "tests/rules/test_matrix.py",
    "tests/test_secret_places.py",
    "tests/test_twins.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hand what is costly to prepare to one process: the first tests go to it in one long piece."""
    items.sort(key=lambda item: not item.nodeid.startswith(_PREPARED))


class Answer(NamedTuple):
    """How the program ended and what it said."""

    code: int
    out: str
    err: str


class Program:
    """Call it with arguments as on the command line."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self._patch = patch

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Answer:
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        self._capsys.readouterr()
        code = answer(arguments)
        said = self._capsys.readouterr()
        return Answer(code, said.out, said.err)


@pytest.fixture(autouse=True)
def our_tables() -> Iterator[None]:
    """No test is judged by what the policy of another knows."""
    yield
    hold(())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in; home and cache lie elsewhere."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("NO_COLOR", "TERM", "COLUMNS", "IMAGELINT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def program(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Program:
    return Program(capsys, monkeypatch)


@pytest.fixture(scope="session")
def started() -> Iterator[Browser]:
    """A real browser, one for all tests of a process."""
    from tests.browser import browser

    with browser() as program:
        yield program


@pytest.fixture
def reading(started: Browser) -> Iterator[Reading]:
    """A page for one test, which must have been quiet and loaded nothing but its file."""
    from tests.browser import Reading

    page = started.new_page(viewport={"width": 1280, "height": 900})
    reading = Reading(page)
    yield reading
    assert reading.complaints == []
    assert {url.partition(":")[0] for url in reading.loaded} <= {"file", "about"}
    files = {url.partition("#")[0] for url in reading.loaded if url.startswith("file:")}
    assert len(files) <= 1
    page.close()
