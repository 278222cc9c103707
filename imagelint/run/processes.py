"""Spread files over processes; a process that dies costs one file, not the run.

Forked processes share what is imported already, which is most of what a small run does; a pool of
`concurrent.futures` would cost a third of it again. Nothing of ours has threads.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imagelint.core.errors import ImagelintError
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.run.examiner import Examiner
from imagelint.run.serialize import FileReport, decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO, NoReturn

    from imagelint.collect.files import FoundFile
    from imagelint.run.examiner import Plan

    Chunk = Sequence[FoundFile]

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""They end a run, and with it all of its processes."""

_MOST_IN_A_CHUNK = 32
_CHUNKS_OF_A_WORKER = 4
"""At least, so that all have about as much to do."""


def spread(
    files: Sequence[FoundFile], plan: Plan, processes: int
) -> Iterator[tuple[FoundFile, FileReport]]:
    """What comes of each file, in the given order.

    The workers take turns: each examines every so manyth chunk and sends it when it is done.

    Raises:
        ImagelintError: the policy of one of the files is wrong.
    """
    examiner = Examiner(plan)
    examiner.prepare(files)
    size = max(1, min(_MOST_IN_A_CHUNK, len(files) // (processes * _CHUNKS_OF_A_WORKER)))
    chunks = [files[at : at + size] for at in range(0, len(files), size)]
    workers: list[_Worker] = []
    try:
        for first in range(min(processes, len(chunks))):
            _start(workers, examiner, chunks[first::processes])
        for number, chunk in enumerate(chunks):
            turn = number % processes
            results = workers[turn].answer(chunk)
            if results is None:
                results = _one_by_one(chunk, workers, examiner)
                _start(workers, examiner, chunks[number + processes :: processes])
                workers[turn], workers[-1] = workers[-1], workers[turn]
                _end([workers.pop()])
            yield from zip(chunk, results, strict=True)
    finally:
        _end(workers)


def _one_by_one(chunk: Chunk, workers: list[_Worker], examiner: Examiner) -> list[FileReport]:
    """What comes of some files of which one has killed a process: each has one of its own."""
    results: list[FileReport] = []
    for found in chunk:
        _start(workers, examiner, [[found]])
        (result,) = workers[-1].answer([found]) or [_died(found)]
        _end([workers.pop()])
        results.append(result)
    return results


def _died(found: FoundFile) -> FileReport:
    detail = "the process that examined it died"
    return FileReport(Report(problems=(Problem(ProblemKind.RULE_CRASHED, found.origin, detail),)))


def _start(workers: list[_Worker], examiner: Examiner, chunks: Iterable[Chunk]) -> None:
    """Start one more worker: ^C is for us alone, and comes when we know whom we have started."""
    with _deferred_interrupt():
        workers.append(_Worker(examiner, chunks))


def _end(workers: Iterable[_Worker]) -> None:
    """End workers, whatever they do: nobody waits for it, least of all who pressed ^C."""
    with _deferred_interrupt():
        for worker in workers:
            worker.end()


@contextmanager
def _deferred_interrupt() -> Iterator[None]:
    """A ^C within, or an order to end, comes behind; what is started within never gets a ^C."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """A process that examines chunks of files, and what it sends of each file."""

    __slots__ = ("_examiner", "_process", "_results")

    def __init__(self, examiner: Examiner, chunks: Iterable[Chunk]) -> None:
        self._examiner = examiner
        ours, theirs = os.pipe()
        self._process = os.fork()
        if not self._process:
            os.close(ours)
            serve(examiner, chunks, os.fdopen(theirs, "wb"))
        os.close(theirs)
        self._results = os.fdopen(ours, "rb")

    def answer(self, chunk: Chunk) -> list[FileReport] | None:
        """What comes of its next chunk; None if the process died of it.

        Raises:
            ImagelintError: the policy of one of the files is wrong.
        """
        lines = [self._results.readline() for _ in chunk]
        if not lines[-1].endswith(b"\n"):
            return None
        results = [decode(line.decode("ascii")) for line in lines]
        # Where a line holds no report, the examination raised an error: here it does so again.
        return [
            result or self._examiner.file(found)
            for result, found in zip(results, chunk, strict=True)
        ]

    def end(self) -> None:
        self._results.close()
        os.kill(self._process, signal.SIGTERM)
        os.waitpid(self._process, 0)


def serve(examiner: Examiner, chunks: Iterable[Chunk], results: BinaryIO) -> NoReturn:
    """Send what comes of each file, a line each, chunk by chunk, then end the process.

    What the process inherited, half-written output too, is its parent's to finish.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    try:
        with results:
            for chunk in chunks:
                results.writelines(_line(examiner, found) for found in chunk)
                results.flush()
    finally:
        os._exit(0)  # the parent may be gone, which is no reason to say anything


def _line(examiner: Examiner, found: FoundFile) -> bytes:
    try:
        return f"{encode(examiner.file(found))}\n".encode("ascii")
    except ImagelintError:
        return b"\n"
