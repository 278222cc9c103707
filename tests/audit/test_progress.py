"""How far an audit is."""

from __future__ import annotations

import pytest

from imagelint.audit.keeping import Keeper
from imagelint.audit.progress import Progress, log_line
from imagelint.collect.registry.polite import HostState
from imagelint.store.records import Category, Finished, Result

DONE = Finished(Result("a/b:c", "a/b", "c", "sha256:0", Category.AUDITED))
GONE = Finished(Result("a/b:d", "a/b", "d", None, Category.GONE, "there is none"))


def test_a_line_tells_rate_time_left_and_who_is_slow() -> None:
    now = [0.0]
    hosts = (
        HostState("a.example.com", 9, 1, 42.0, ""),
        HostState("b.example.com", 9, 0, 0.0, "no answer"),
        HostState("c.example.com", 9, 0, 0.0, ""),
    )
    progress = Progress(lambda: hosts, lambda: now[0])
    assert progress.line().startswith("0 images, 0/s")
    progress.total = 10_002
    progress.add(DONE)
    now[0] = 2.0
    progress.add(GONE)
    assert progress.line() == (
        "2 of 10,002 images, 0/s, 5h33m left, 1 could not be audited,"
        " a.example.com waits 42s, b.example.com given up"
    )


def test_a_log_has_a_line_for_each_image() -> None:
    assert log_line(DONE) == "audited a/b:c sha256:0"
    assert log_line(GONE) == "gone a/b:d there is none"


def test_what_cannot_be_written_ends_the_audit() -> None:
    def write(_several: list[Finished]) -> None:
        raise OSError("full")

    keeper = Keeper(write)
    with pytest.raises(OSError, match="full"), keeper:
        keeper.put(DONE)
    assert keeper.failed


def test_all_that_was_put_is_written_in_the_end() -> None:
    written: list[Finished] = []
    told: list[Finished] = []
    with Keeper(written.extend, told.append) as keeper:
        for _ in range(300):
            keeper.put(DONE)
    assert len(written) == len(told) == 300
