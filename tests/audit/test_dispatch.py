"""Tasks by registry: all are done, and a slow registry holds up no other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from imagelint.audit import dispatch
from imagelint.audit.dispatch import Dispatcher
from imagelint.audit.targets import tagged
from imagelint.audit.worker import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONG_SECONDS = 20


def tasks(count: int, *hosts: str) -> list[Task]:
    return [
        Task(tagged(f"{hosts[number % len(hosts)]}/app", f"1.{number}")) for number in range(count)
    ]


def run(dispatcher: Dispatcher, listed: list[Task]) -> None:
    """Do them; whoever waits for ever fails."""
    thread = threading.Thread(target=dispatcher.run, args=(listed,), daemon=True)
    thread.start()
    thread.join(_LONG_SECONDS)
    assert not thread.is_alive()


@pytest.fixture(autouse=True)
def few_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "_MOST_WAITING", 4)


def test_more_tasks_than_may_wait_are_all_done() -> None:
    done: list[str] = []
    listed = tasks(200, "registry.example.com")
    run(Dispatcher(lambda task: done.append(task.target.tag), 2, 1), listed)
    assert sorted(done) == sorted(task.target.tag for task in listed)


def test_no_more_at_once_of_a_registry_than_its_share() -> None:
    running = threading.Semaphore(2)
    worst: list[bool] = []

    def do(_task: Task) -> None:
        worst.append(running.acquire(blocking=False))
        running.release()

    run(Dispatcher(do, 8, 2), tasks(100, "a.example.com"))
    assert worst == [True] * 100


def test_another_registry_goes_on_while_one_is_slow() -> None:
    slow = threading.Event()
    seen: list[str] = []

    def do(task: Task) -> None:
        seen.append(task.target.registry)
        if task.target.registry == "slow.example.com":
            assert slow.wait(_LONG_SECONDS)
        elif seen.count("fast.example.com") == 3:
            slow.set()

    run(Dispatcher(do, 2, 1), tasks(6, "slow.example.com", "fast.example.com"))
    assert len(seen) == 6


def test_what_goes_wrong_ends_it_and_is_raised() -> None:
    def listed() -> Iterator[Task]:
        yield from tasks(1000, "registry.example.com")

    def do(_task: Task) -> None:
        raise ValueError("no room on the disk")

    with pytest.raises(ValueError, match="no room"):
        Dispatcher(do, 2, 1).run(listed())


def test_an_interrupt_cuts_off_what_is_under_way_and_begins_nothing_more() -> None:
    begun: list[str] = []
    under_way, stopped = threading.Event(), threading.Event()

    def do(task: Task) -> None:
        begun.append(task.target.tag)
        under_way.set()
        assert stopped.wait(_LONG_SECONDS)

    def listed() -> Iterator[Task]:
        yield from tasks(4, "registry.example.com")
        assert under_way.wait(_LONG_SECONDS)
        raise KeyboardInterrupt

    dispatcher = Dispatcher(do, 2, 1, stopped.set)
    with pytest.raises(KeyboardInterrupt):
        dispatcher.run(listed())
    assert begun == ["1.0"]
    assert dispatcher.ended


def test_what_was_handed_out_before_a_list_breaks_off_is_done() -> None:
    broken = threading.Event()
    done: list[str] = []

    def do(task: Task) -> None:
        assert broken.wait(_LONG_SECONDS)
        done.append(task.target.tag)

    def listed() -> Iterator[Task]:
        yield from tasks(4, "registry.example.com")
        threading.Timer(0.1, broken.set).start()
        raise OSError("the list was cut off")

    with pytest.raises(OSError, match="cut off"):
        Dispatcher(do, 2, 1).run(listed())
    assert len(done) == 4
