from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import FoundFile
from imagelint.core.report import Examined, ProblemKind, Report
from imagelint.policy.model import Policy
from imagelint.run import processes
from imagelint.run.examiner import Examiner, Plan
from imagelint.run.policies import Policies
from imagelint.run.processes import _examine, _start, spread
from imagelint.run.serialize import FileReport
from tests.cli.projects import ROOT, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = [FoundFile(f"{number:03}", f"{number:03}") for number in range(100)]


@pytest.fixture
def plan(here: Path) -> Plan:
    return Plan({}, Policies(["recommended"], Policy(), set()))


@pytest.fixture
def handler() -> Iterator[None]:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
    processes._examiner.clear()


def stored(found: FoundFile) -> FileReport:
    return FileReport(Report(examined=(Examined(found.origin, "dockerfile"),)))


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files whose numbers divide by 45 kill the process that examines them."""
    this = os.getpid()

    def file(_self: Examiner, found: FoundFile) -> FileReport:
        if int(found.origin) % 45 == 0:
            assert os.getpid() != this
            os._exit(1)
        return stored(found)

    monkeypatch.setattr(Examiner, "file", file)


@pytest.mark.usefixtures("examined")
def test_each_file_that_kills_is_a_problem_and_all_others_are_examined(plan: Plan) -> None:
    done = list(spread(FILES, plan, 2))
    assert [found for found, _ in done] == FILES
    for found, result in done:
        if int(found.origin) % 45:
            assert result == stored(found)
        else:
            (problem,) = result.report.problems
            assert (problem.kind, problem.origin) == (ProblemKind.RULE_CRASHED, found.origin)
    assert multiprocessing.active_children() == []


def test_who_stops_asking_leaves_no_process(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Examiner, "file", lambda _self, found: stored(found))
    results = spread(FILES, plan, 2)
    next(results)
    results.close()  # type: ignore[attr-defined] # it is a generator
    assert multiprocessing.active_children() == []


INTERRUPTED = """
import os, signal
from imagelint.run.processes import _deferred_interrupt
try:
    with _deferred_interrupt():
        os.kill(os.getpid(), signal.SIGINT)
        print("the end of it")
    print("not reached")
except KeyboardInterrupt:
    print("interrupted", signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set()))
"""


def test_an_interrupt_while_workers_start_or_end_comes_behind() -> None:
    # In a process of its own: the threads of who runs the tests would take the signal.
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["the end of it", "interrupted False"]


@pytest.mark.usefixtures("handler")
def test_a_worker_examines_with_what_it_was_started_with(plan: Plan, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    _start(plan)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    (result,) = _examine([FoundFile("Dockerfile", "Dockerfile")])
    assert [finding.rule for finding in result.report.findings] == ["root-user"]
