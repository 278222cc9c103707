"""Mutate texts for whatever reads one by itself, and for reporters; it goes on where it ended.

    python tools/fuzzparsers.py [--seconds N] [--least N] [--only WORD] [--keep FOLDER] [--report]

Readers of values, lines, scripts, expressions, headers and files, and every reporter, each with
texts of its own kind. An answer, or an error that its docstring announces, is well; another error,
an answer that cannot be one, or one that takes longer than `SLOW` seconds, is minimised and written
below `--keep`, once for each kind; the exit status is then 1. Input number n of a parser is the
same in every run, and how many each had is kept there as well, so that runs add up; `--report` says
how many. Those with fewer than `--least` inputs come first, then those that had the least time.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from imagelint.core.source import Source
from imagelint.documents.base import Document
from imagelint.run.reading.recognition import recognise
from tools import fuzz
from tools.fuzz import Crash, Input, Sample, TooSlow, alarm, minimised, mutated, place_of
from tools.parsers.byhand import by_hand
from tools.parsers.discovery import discovered
from tools.parsers.model import Parser
from tools.parsers.reports import reports
from tools.parsers.seeds import EVERY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEEP = fuzz.KEEP / "parsers"
SLOW = 1.0
"""Seconds of processor time for one text, of at most so many characters."""
LONGEST = 20_000
_FAST = 2_000  # inputs a second: such a parser is brought to the least number first
_OWN, _LONG = 0.75, 0.004  # how many inputs are made of seeds of its own kind, and are long
_COUNTS = "counts.json"


class Count(NamedTuple):
    """How many inputs a parser had, and for how many seconds of processor time."""

    tried: int = 0
    seconds: float = 0.0


def parsers() -> tuple[Parser, ...]:
    """All, each under another name."""
    return (*discovered(), *by_hand(), *reports(), *kinds_of_files())


def kinds_of_files() -> Iterator[Parser]:
    """A parser for each kind of file, with the files of all cases."""
    seeds: dict[tuple[str, str], list[str]] = {}
    for sample in fuzz.own_samples():
        for name, text in sample.files.items():
            read = recognise(Source(name, text))
            if isinstance(read, Document):
                seeds.setdefault((read.kind, name.rpartition("/")[2]), []).append(text)
    names: dict[str, str] = {}
    for kind, name in sorted(seeds, key=lambda key: -len(seeds[key])):
        names.setdefault(kind, name)
    for kind, name in sorted(names.items()):
        yield Parser(f"files.{kind}", _reader_of(name), tuple(seeds[kind, name]))


def _reader_of(name: str) -> Callable[[str], object]:
    def read(text: str) -> object:
        document = recognise(Source(name, text))
        return document.walk() if isinstance(document, Document) else document

    return read


class Runner:
    """Gives each parser its inputs, and keeps what crashed and how many there were."""

    def __init__(self, every: Sequence[Parser], keep: Path) -> None:
        self._keep = keep
        self._parsers = {one.name: one for one in every}
        self._words = sorted({word for text in EVERY for word in re.findall(r"[^\s:,=]+", text)})
        self.counts = {**dict.fromkeys(self._parsers, Count()), **counted(keep)}
        self.crashes: set[tuple[str, str]] = set()

    def run(self, seconds: float, least: int) -> None:
        """Until the time is over."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            name = min(self._parsers, key=lambda name: _turn(self.counts[name], least))
            self._batch(self._parsers[name], min(1.0, max(until - time.monotonic(), 0.01)))
            self._write()

    def _batch(self, parser: Parser, seconds: float) -> None:
        tried, spent = self.counts[parser.name]
        began = time.process_time()  # other programs may have the processor between
        while (passed := time.process_time() - began) < seconds:
            given = self.input(parser, tried)
            tried += 1
            crash = tried_on(parser, given)
            if crash is not None:
                self._note(parser, given, crash)
        self.counts[parser.name] = Count(tried, round(spent + passed, 3))

    def input(self, parser: Parser, number: int) -> Input:
        """The input of that number."""
        random = Random(f"{parser.name}/{number}")
        text = random.choice(parser.seeds if random.random() < _OWN else EVERY)
        given = mutated(Input(Sample({}), parser.name, text), random, self._words)
        if random.random() < _LONG and given.text:
            times = LONGEST // len(given.text)
            given = given._replace(text=given.text * random.randint(1, max(times, 1)))
        return given._replace(text=given.text[:LONGEST])

    def _note(self, parser: Parser, given: Input, crash: Crash) -> None:
        if (parser.name, crash.kind) in self.crashes:
            return
        self.crashes.add((parser.name, crash.kind))
        if not crash.kind.startswith("slow"):
            given = minimised(given, crash.kind, lambda one: tried_on(parser, one))
        path = self._keep / parser.name / re.sub(r"[^\w.-]", "_", crash.kind)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(given.text.encode("utf-8", errors="surrogatepass"))
        print(f"{parser.name}: {crash.detail}\n  kept in {path}", flush=True)

    def _write(self) -> None:
        self._keep.mkdir(parents=True, exist_ok=True)
        new = self._keep / f"{_COUNTS}.new"
        new.write_text(json.dumps(self.counts, indent=0), encoding="utf-8")
        new.replace(self._keep / _COUNTS)


def _turn(count: Count, least: int) -> tuple[bool, float]:
    """The lowest has its turn: who has too few inputs and can have many, then who had no time."""
    slow = count.seconds > 1 and count.tried < _FAST * count.seconds
    return count.tried >= least or slow, count.seconds


def counted(keep: Path) -> dict[str, Count]:
    """How many inputs each parser had in all runs."""
    path = keep / _COUNTS
    said = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: Count(*count) for name, count in said.items()}


def tried_on(parser: Parser, given: Input) -> Crash | None:
    """What went wrong with a text, None where the answer is one."""
    try:
        with alarm(SLOW):
            answer = parser.read(given.text)
            if isinstance(answer, Iterator):
                deque(answer, maxlen=0)
    except parser.errors:
        return None
    except TooSlow as slow:
        return Crash(f"slow-{place_of(slow)}", f"takes longer than {SLOW:g} s")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - what Rust gave up is no `Exception`
        kind = f"{type(error).__name__}-{place_of(error)}"
        return Crash(kind, f"{type(error).__name__}: {str(error)[:200]}")
    return None if _holds(parser, given.text, answer) else Crash("wrong", "no answer to this")


def _holds(parser: Parser, text: str, answer: object) -> bool:
    try:
        return parser.holds(text, answer)
    except Exception:  # noqa: BLE001 - who reads the answer refuses it
        return False


def table(counts: dict[str, Count]) -> Iterator[str]:
    """The counts as lines, the smallest first, and their sum."""
    for name, count in sorted(counts.items(), key=lambda item: item[1].tried):
        yield f"{count.tried:12,}  {count.tried / max(count.seconds, 0.001):8,.0f}/s  {name}"
    total = sum(count.tried for count in counts.values())
    yield f"{total:12,}  inputs of {len(counts)} parsers"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Mutate texts for what reads one by itself.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--least", type=int, default=50_000, help="inputs for each that is fast")
    parser.add_argument("--only", default="", help="a part of the names of those to try")
    parser.add_argument("--keep", type=Path, default=KEEP, help="for crashes and counts")
    parser.add_argument("--report", action="store_true", help="say how many there were")
    chosen = parser.parse_args(arguments)
    if chosen.report:
        print(*table(counted(chosen.keep)), sep="\n")
        return 0
    runner = Runner([one for one in parsers() if chosen.only in one.name], chosen.keep)
    before = sum(count.tried for count in runner.counts.values())
    runner.run(chosen.seconds, chosen.least)
    after = sum(count.tried for count in runner.counts.values())
    print(f"{after - before:,} inputs, {after:,} in all runs, {len(runner.crashes)} crashes")
    return 1 if runner.crashes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
