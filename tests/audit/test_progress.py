"""How far an audit is."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from imagelint.audit.progress import Progress, log_line, log_lines
from imagelint.audit.selection import Selection
from imagelint.audit.targets import tagged
from imagelint.audit.writers import Presence, ResultWriter
from imagelint.collect.registry.polite import HostState
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.store.records import Category, Finished, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.audit.sources.model import Found
    from imagelint.testing.registry import MemoryRegistry
    from tests.audit.conftest import Auditor

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
    assert progress.line().startswith("0 images so far, 0/s")
    progress.expect(10_000)
    progress.expect(2)
    progress.add(DONE)
    now[0] = 2.0
    progress.add(GONE)
    assert progress.line() == (
        "2 of 10,002 images so far, 0/s, at least 5h33m left, 1 could not be audited,"
        " a.example.com waits 42s, b.example.com given up"
    )
    progress.listing = False
    assert progress.line().startswith("2 of 10,002 images, 0/s, 5h33m left, 1 could")


class Listing:
    """A source that notes how far the audit is; it breaks before image number `cut`."""

    name = "listing"

    def __init__(self, registry: MemoryRegistry, progress: Progress, cut: int = 130) -> None:
        self._registry = registry
        self._cut = cut
        self._progress = progress
        self.seen: list[tuple[int, bool]] = []

    def targets(self) -> Iterator[Found]:
        for number in range(130):
            if number == self._cut:
                raise OSError("cut off")
            self.seen.append((self._progress.total, self._progress.listing))
            yield tagged(f"{self._registry.host}/team/app", f"v{number}")


def test_an_audit_counts_what_sources_list_while_they_list(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    registry.image("team/app", "v7")
    done = audit(stdin=b"")
    progress = Progress(tuple)
    source = Listing(registry, progress)
    done.prepared.audit.run((source,), Selection(), progress=progress)
    assert sorted(set(source.seen)) == [(0, True), (64, True), (128, True)]
    assert (progress.total, progress.done, progress.listing) == (130, 130, False)
    assert progress.categories == {"audited": 1, "gone": 129}


def test_what_was_done_before_is_not_expected_again(
    registry: MemoryRegistry, audit: Auditor
) -> None:
    run = audit(stdin=b"").prepared.audit.run
    first, second = Progress(tuple), Progress(tuple)
    with pytest.raises(OSError, match="cut off"):
        run((Listing(registry, first, cut=100),), Selection(), progress=first)
    assert (first.total, first.listing) == (64, True)
    run((Listing(registry, second),), Selection(), progress=second)
    assert 0 < first.done == 130 - second.total


def test_a_log_has_a_line_for_each_image() -> None:
    assert log_line(DONE) == "audited a/b:c sha256:0"
    assert log_line(GONE) == "gone a/b:d there is none"


def test_a_store_tells_the_same_of_all_images(registry: MemoryRegistry, audit: Auditor) -> None:
    registry.image("team/app")
    registry.image("team/root", User="root")
    names = f"{registry.host}/team/app:v1\n{registry.host}/team/root:v1\n{registry.host}/no:v1\n"
    told: list[str] = []
    done = audit("-", stdin=names.encode(), told=lambda one: told.append(log_line(one)))
    assert list(log_lines(done.prepared.store, done.audited.run.id)) == sorted(
        told, key=lambda line: line.partition(registry.host)[2]
    )


def test_what_cannot_be_written_ends_the_audit() -> None:
    def write(_several: list[Finished]) -> None:
        raise OSError("full")

    keeper = ResultWriter(write)
    with pytest.raises(OSError, match="full"), keeper:
        keeper.put(DONE)
    with pytest.raises(OSError, match="full"):
        keeper.put(DONE)


def test_all_that_was_put_is_written_in_the_end() -> None:
    written: list[Finished] = []
    told: list[Finished] = []
    with ResultWriter(written.extend, told.append) as keeper:
        for _ in range(300):
            keeper.put(DONE)
    assert len(written) == len(told) == 300


def test_who_only_waits_says_that_he_is_there() -> None:
    said: list[float] = []
    enough = threading.Event()

    def say() -> None:
        said.append(time.monotonic())
        if len(said) == 1:
            raise UsageError(Diagnostic("the store is busy"))
        enough.set()

    with Presence(say, 0.01):
        assert enough.wait(10)
    count = len(said)
    time.sleep(0.03)
    assert len(said) == count >= 2
