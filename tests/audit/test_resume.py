"""An audit that is killed goes on, and comes to the same."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from imagelint.testing.registry import MemoryRegistry, Reply

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.testing.registry import Asked

_TIMES = frozenset(("at", "first_seen", "last_seen", "started", "finished", "seen", "pid", "data"))
_IMAGES = 60


def slowly(_asked: Asked) -> Reply | None:
    """Answers as usual, but not so fast that nobody could be killed meanwhile."""
    time.sleep(0.002)
    return None


def audit(
    folder: Path, host: str, store: str, policy: str = "recommended"
) -> subprocess.Popen[bytes]:
    command = (sys.executable, "-m", "imagelint", "audit", f"registry://{host}", "--quiet")
    words = (*command, "--policy", policy, "--store", store)
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    return subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE)


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All that a store holds, but for when."""
    found: dict[str, list[tuple[object, ...]]] = {}
    connection = sqlite3.connect(path)
    try:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (table,) in connection.execute(tables).fetchall():
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            kept = ", ".join(f'"{name}"' for name in names if name not in _TIMES)
            found[table] = sorted(connection.execute(f"SELECT {kept} FROM {table}"), key=repr)  # noqa: S608
    finally:
        connection.close()
    return found


def count(path: Path) -> int:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return 0
    try:
        return int(connection.execute("SELECT count(*) FROM results").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def test_killed_at_any_moment_it_goes_on_and_comes_to_the_same(here: Path) -> None:
    chance = random.Random(12)  # noqa: S311 - where it is cut off
    with MemoryRegistry() as registry:
        for number in range(_IMAGES):
            registry.image(f"team/app{number:03}", layers=("base", str(number)))
        undisturbed = audit(here, registry.host, "whole.db")
        assert undisturbed.wait(60) == 0
        registry.script("/v2/team", slowly)
        killed = 0
        for _ in range(2):
            running = audit(here, registry.host, "cut.db")
            before = count(here / "cut.db")
            wanted = before + chance.randrange(1, _IMAGES // 4)
            while running.poll() is None and count(here / "cut.db") < wanted:
                time.sleep(0.01)
            if running.poll() is None:
                running.send_signal(signal.SIGKILL)
                killed += 1
            running.wait(10)
            running.stdout.close() if running.stdout else None
        last = audit(here, registry.host, "cut.db")
        assert last.wait(60) == 0
        for process in (undisturbed, last):
            assert process.stdout is not None
            process.stdout.close()
    assert killed == 2
    assert contents(here / "cut.db") == contents(here / "whole.db")


def test_two_at_once_in_one_store_come_to_what_each_comes_to_alone(here: Path) -> None:
    """Both are killed while the other is at work, and go on."""
    with MemoryRegistry() as registry:
        for number in range(_IMAGES):
            user = "root" if number % 3 else "10001"
            registry.image(f"team/app{number:03}", layers=("base", str(number)), User=user)
        policies = ("recommended", "strict")
        for policy in policies:
            audit(here, registry.host, "alone.db", policy).communicate(timeout=60)
        registry.script("/v2/team", slowly)
        running = {policy: audit(here, registry.host, "both.db", policy) for policy in policies}
        for wanted, policy in enumerate(policies, 1):
            while count(here / "both.db") < wanted * _IMAGES // 4:
                time.sleep(0.01)
            running[policy].kill()
            running[policy].communicate(timeout=10)
            running[policy] = audit(here, registry.host, "both.db", policy)
        for process in running.values():
            process.communicate(timeout=60)
    alone, both = contents(here / "alone.db"), contents(here / "both.db")
    # Which of them began first is chance.
    assert {row[1:] for row in both["results"]} == {row[1:] for row in alone["results"]}
    assert len(both["results"]) == 2 * _IMAGES
    timeless = set(both) - {"runs", "workers", "results", "waivers"}
    assert {name: both[name] for name in timeless} == {name: alone[name] for name in timeless}
    assert ["fail" in row for row in both["runs"]] == [True, True]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_waits_for_nobody_and_keeps_no_result_of_it(
    here: Path, number: int, code: int
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def never(_asked: Asked) -> Reply | None:
        asked.set()
        answer.wait(60)
        return None

    with MemoryRegistry() as registry:
        for one in range(_IMAGES):
            registry.image(f"team/app{one:03}", layers=("base", str(one)))
        registry.script("/v2/team/app0", never)
        cut = audit(here, registry.host, "cut.db")
        assert asked.wait(30)
        began = time.monotonic()
        cut.send_signal(number)
        assert cut.wait(60) == code
        # One question would be waited for half a minute, and there are seven behind each.
        assert time.monotonic() - began < 20
        assert count(here / "cut.db") == 0
        registry.forget()
        answer.set()
        last = audit(here, registry.host, "cut.db")
        assert last.wait(60) == 0
        for process in (cut, last):
            assert process.stdout is not None
            process.stdout.close()
    assert count(here / "cut.db") == _IMAGES
