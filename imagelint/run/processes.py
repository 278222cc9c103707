"""Spread files over processes; a process that dies costs one file, not the run."""

from __future__ import annotations

import multiprocessing
import signal
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.run.examiner import Examiner
from imagelint.run.serialize import FileReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.collect.files import FoundFile
    from imagelint.run.examiner import Plan

_CHUNK = 32
_examiner: list[Examiner] = []  # of a worker process, made when it starts


def spread(
    files: Sequence[FoundFile], plan: Plan, processes: int
) -> Iterator[tuple[FoundFile, FileReport]]:
    """What comes of each file, in the given order."""
    chunks = [files[at : at + _CHUNK] for at in range(0, len(files), _CHUNK)]
    done = 0
    try:
        with _pool(plan, processes) as pool:
            for chunk, results in zip(chunks, pool.map(_examine, chunks), strict=True):
                yield from zip(chunk, results, strict=True)
                done += len(chunk)
    except BrokenProcessPool:
        for at in range(done, len(files), _CHUNK):
            chunk = files[at : at + _CHUNK]
            yield from zip(chunk, _alone(chunk, plan), strict=True)


@contextmanager
def _pool(plan: Plan, processes: int) -> Iterator[ProcessPoolExecutor]:
    # Forking shares what is imported; nothing of ours has threads.
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(processes, context, _start, (plan,))
    try:
        # ^C is for us alone: workers and the pool's thread are started, and ended, without it.
        with _deferred_interrupt():
            pool.submit(_started)
        yield pool
    except BaseException:
        # Nobody waits for what is still to do, least of all who pressed ^C. The workers go first:
        # the pool's thread sees them gone, and ends before the interpreter does.
        with _deferred_interrupt():
            for worker in multiprocessing.active_children():
                worker.terminate()
            pool.shutdown(cancel_futures=True)
        raise
    finally:
        with _deferred_interrupt():
            pool.shutdown()


@contextmanager
def _deferred_interrupt() -> Iterator[None]:
    """A ^C within comes behind; what is started within never gets one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _started() -> None:
    """What a pool is first given to do: it starts its workers for it."""


def _start(plan: Plan) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ^C is for the one who started us
    _examiner[:] = [Examiner(plan)]


def _examine(chunk: Sequence[FoundFile]) -> list[FileReport]:
    return [_examiner[0].file(found) for found in chunk]


def _alone(files: Sequence[FoundFile], plan: Plan) -> list[FileReport]:
    """What comes of some files, in a process that may die of one of them."""
    try:
        with _pool(plan, 1) as pool:
            return pool.submit(_examine, files).result()
    except BrokenProcessPool:
        if len(files) > 1:
            return [stored for found in files for stored in _alone([found], plan)]
        detail = "the process that examined it died"
        problem = Problem(ProblemKind.RULE_CRASHED, files[0].origin, detail)
        return [FileReport(Report(problems=(problem,)))]
