from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import FoundFile
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.report import Examined, ProblemKind, Report
from imagelint.core.source import Source
from imagelint.documents.kinds import KINDS
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.policy.model import Policy
from imagelint.run.examiner import Examiner, Plan
from imagelint.run.policies import Policies
from imagelint.run.processes import serve, spread
from imagelint.run.samples import SAMPLES
from imagelint.run.serialize import FileReport, decode
from tests.cli.projects import ROOT, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The processes that were started: all have been waited for in the end."""
    fork = os.fork
    started: list[int] = []

    def record() -> int:
        process = fork()
        started.append(process)
        return process

    monkeypatch.setattr(os, "fork", record)
    yield started
    assert started
    for process in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(process, os.WNOHANG)


FILES = [FoundFile(f"{number:03}", f"{number:03}") for number in range(100)]


@pytest.fixture
def plan(here: Path) -> Plan:
    return Plan({}, Policies(["recommended"], Policy(), set()))


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


@pytest.mark.usefixtures("examined", "forked")
def test_each_file_that_kills_is_a_problem_and_all_others_are_examined(plan: Plan) -> None:
    done = list(spread(FILES, plan, 2))
    assert [found for found, _ in done] == FILES
    for found, result in done:
        if int(found.origin) % 45:
            assert result == stored(found)
        else:
            (problem,) = result.report.problems
            assert (problem.kind, problem.origin) == (ProblemKind.RULE_CRASHED, found.origin)


@pytest.mark.usefixtures("forked")
def test_who_stops_asking_leaves_no_process(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Examiner, "file", lambda _self, found: stored(found))
    results = spread(FILES, plan, 2)
    next(results)
    results.close()  # type: ignore[attr-defined] # it is a generator


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


@pytest.mark.usefixtures("forked")
def test_a_wrong_policy_in_a_worker_ends_all(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def file(_self: Examiner, found: FoundFile) -> FileReport:
        if found.origin == "077":
            raise UsageError(Diagnostic("wrong"))
        return stored(found)

    monkeypatch.setattr(Examiner, "file", file)
    with pytest.raises(UsageError, match="wrong"):
        list(spread(FILES, plan, 3))


class Ended(Exception):  # noqa: N818 - no error
    """A process would have ended."""


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process stands for a worker: it ends by an exception, and ^C stays as it was."""

    def end(_code: int) -> None:
        raise Ended

    monkeypatch.setattr(os, "_exit", end)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("handler")
def test_a_worker_sends_what_comes_of_each_chunk(plan: Plan, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    results = here / "results"
    found = FoundFile("Dockerfile", "Dockerfile")
    with pytest.raises(Ended):
        serve(Examiner(plan), [[found], [found, found]], results.open("wb"))
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    sent = list(map(decode, results.read_text(encoding="ascii").splitlines()))
    assert sent == [Examiner(plan).file(found)] * 3


@pytest.mark.usefixtures("handler")
def test_a_worker_whose_starter_is_gone_is_silent(plan: Plan, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    readable, writable = os.pipe()
    os.close(readable)
    with pytest.raises(Ended):
        serve(Examiner(plan), [[FoundFile("Dockerfile", "Dockerfile")]], os.fdopen(writable, "wb"))


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_sample_is_read_whole_and_judged(kind: str, plan: Plan) -> None:
    document = KINDS[kind].parse(Source(kind, SAMPLES[kind]))
    assert (document.kind, document.complaints, document.gaps) == (kind, (), ())
    report = Examination(plan.policies.of("."))(document, Project())
    assert report.findings
    assert report.problems == ()


def test_a_sample_says_nothing(plan: Plan, here: Path) -> None:
    for number in range(9):
        write(here, **{f"{number}__Dockerfile": "FROM scratch\n"})
    files = [FoundFile(f"{number}/Dockerfile", f"{number}/Dockerfile") for number in range(9)]
    told = [(found, each.report.examined[0].origin) for found, each in spread(files, plan, 2)]
    assert told == [(found, found.origin) for found in files]
