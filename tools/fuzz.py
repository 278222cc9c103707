"""Mutate real files and examine them, all the way from text to verdict, until the time is over.

    python tools/fuzz.py [--seconds N] [--inputs N] [--seed N] [--corpus FOLDER] [--keep FOLDER]
                         [--readers]

Every rule is on, the examples of own rules as well; policies are mutated, too, and judge what their
rules have as examples. A crash (of a reader, a rule or the verdict), or an input that takes longer
than `SLOW` seconds, is minimised and written below `--keep`, once for each kind; the exit status is
then 1. Input number n of a seed is the same in every run over the same corpus. Without `--corpus`
the project's own cases, examples and corpus are mutated, files of one case beside each other.
With `--readers` an input is read, node by node, and not judged: three times as many.
"""

from __future__ import annotations

import argparse
import re
import secrets
import signal
import sys
import time
from collections import Counter, deque
from contextlib import contextmanager
from pathlib import Path
from random import Random
from traceback import walk_tb
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from imagelint.core.environment import Environment  # noqa: E402
from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known  # noqa: E402
from imagelint.core.finding import Severity  # noqa: E402
from imagelint.core.report import ProblemKind, Report  # noqa: E402
from imagelint.core.source import Source  # noqa: E402
from imagelint.documents.base import Document, Key, Node  # noqa: E402
from imagelint.documents.project import Project, by_key  # noqa: E402
from imagelint.engine.decide import decide  # noqa: E402
from imagelint.engine.examine import Examination  # noqa: E402
from imagelint.policy.build import Pack, layer  # noqa: E402
from imagelint.rules import catalog  # noqa: E402
from imagelint.run.policyfiles import POLICY_NAME  # noqa: E402
from imagelint.run.reading.recognition import recognise  # noqa: E402
from tests.rules.projects import all_cases  # noqa: E402
from tools.fuzzpolicies import judged_by, policy_texts, with_own_rules  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from imagelint.policy.model import Policy

SLOW = 10.0
"""Seconds of processor time after which an input counts as one that never ends."""
KEEP = ROOT / ".cache" / "fuzz"
_LARGEST = 20_000  # characters: larger files are left out, they cost more than they tell
_MOST_TRIES = 3_000  # of the minimiser, for one crash
_MOST_EDITS = 4
_POLICIES = 10  # times as often as another file: each has a rule, and there are few
_EXTREMES = (
    *("0", "-0", "-1", "1", "00", "0x10", "0o17", "1_000", "1e3", "11e999", "1e-999", "-1e999"),
    *("9" * 18, "9" * 20, "9" * 400, "9" * 5000, "0." + "0" * 400 + "1", "1." + "0" * 5000),
    *(".inf", "-.inf", ".nan", "NaN", "Infinity", "1E", "1Ei", "9999999999Ei", "٣", "²", "1e"),
    *("65535", "65536", "2147483648", "9223372036854775808", "18446744073709551616"),
    *("1.5", "0.0000000001", "100%", "9" * 30 + "%", "1h", "9" * 30 + "h", "1ns", "-5s", "1h1h"),
)
_WORDS = (
    *("null", "~", "{}", "[]", "''", "[[]]", "{a: b}", "true", "no", "- ", "? ", ": ", "---\n"),
    *("$X", "${X}", "${X:-", "$(", "`", "<<EOF", "&a ", "*a", "<<: *a", "!!str ", "|", ">-", "#"),
    *("{{ .X }}", "{% if %}", "\0", "\ufeff", "\r", "\t", "\u2028", "😀", "\\", "\\\n", '"', "'"),
    *("@sha256:" + "0" * 64, "://", "@", ":", "/", "=", "=" * 99, "--", "-", "70B", "-A3B-8x7b"),
    *("9" * 300 + "B", "v0.99999999999", "cu999", "mig-99g.999gb"),
)
# What the judge says of a rule that crashed: the error, and the innermost function.
_OF_RULE = re.compile(r"crashed: (\w+): (?:.|\n)*\((\w+):\d+(?: < |\)$)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\s:,\[\]{}\"'=]+")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Crash(NamedTuple):
    """What went wrong; the same `kind` stands for the same defect."""

    kind: str
    detail: str


class Sample(NamedTuple):
    """Files that lie beside each other, by name."""

    files: Mapping[str, str]


class Input(NamedTuple):
    """A sample of which one file has another text."""

    sample: Sample
    name: str
    text: str


class TooSlow(BaseException):
    """Not an `Exception`: whoever survives the crash of a rule must not survive this."""


class Trial:
    """Examines inputs with every rule on, in this process; or reads them alone."""

    def __init__(self, *, judges: bool = True) -> None:
        self._judges = judges
        self._examination = Examination(_everything())
        self._beside: dict[int, dict[str, Document]] = {}

    def __call__(self, given: Input) -> Crash | None:
        """What went wrong with an input, None where it got its verdict."""
        try:
            with alarm(SLOW):
                return _crash_in(self._examine(given))
        except TooSlow as slow:
            return Crash(f"slow-{place_of(slow)}", f"takes longer than {SLOW:g} s")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - what Rust gave up is no `Exception`
            kind = f"{type(error).__name__}-{place_of(error)}"
            return Crash(kind, f"{type(error).__name__}: {str(error)[:200]}")

    def _examine(self, given: Input) -> Report:
        if not self._judges:
            read = recognise(Source(given.name, given.text))
            if isinstance(read, Document):
                deque(read.walk(), maxlen=0)
            return Report()
        if given.name == POLICY_NAME:
            report = judged_by(given.text)
        else:
            document = recognise(Source(given.name, given.text))
            report = document if isinstance(document, Report) else self._judge(given, document)
        return decide(report, Severity.LOW).report

    def _judge(self, given: Input, document: Document) -> Report:
        documents = {**self._documents(given.sample), given.name: document}

        def load(origin: str) -> Fact[Document]:
            if origin in documents:
                return Known(documents[origin])
            return UNKNOWN if origin in given.sample.files else ABSENT

        def find(kind: str, key: Key, _word: str) -> Iterator[tuple[str, Node]]:
            for origin, one in documents.items():
                if one.kind == kind:
                    yield from ((origin, node) for node in one.derived(by_key).get(key, ()))

        return self._examination(document, Project(load, find))

    def _documents(self, sample: Sample) -> dict[str, Document]:
        known = self._beside.get(id(sample))
        if known is None:
            read = {name: recognise(Source(name, text)) for name, text in sample.files.items()}
            known = {name: one for name, one in read.items() if isinstance(one, Document)}
            self._beside[id(sample)] = known
        return known


def _everything() -> Policy:
    rules = dict.fromkeys(catalog.names(), "on")
    environment = Environment(driver="550.54", gpu_product="NVIDIA-L4", gpus_per_node=8)
    policy = layer({"rules": rules}, Pack("fuzz"), "fuzz")._replace(environment=environment)
    return with_own_rules(policy)


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    def ring(_number: int, _frame: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def place_of(error: BaseException) -> str:
    """The innermost function of ours in which it was raised."""
    frames = [frame.f_code for frame, _ in walk_tb(error.__traceback__)]
    ours = [code for code in frames if "imagelint" in Path(code.co_filename).parts]
    code = (ours or frames)[-1]
    return f"{Path(code.co_filename).stem}.{code.co_name}"


def _crash_in(report: Report) -> Crash | None:
    for problem in report.problems:
        if problem.kind is ProblemKind.RULE_CRASHED:
            told = _OF_RULE.search(problem.detail)
            return Crash("-".join(told.groups()) if told else problem.detail[:60], problem.detail)
    return None


def mutated(given: Input, random: Random, words: Sequence[str]) -> Input:
    """An input with a few edits more."""
    text = given.text
    for _ in range(random.randint(1, _MOST_EDITS)):
        text = random.choice(_EDITS)(text, random, words)
    return given._replace(text=text)


def _other_number(text: str, random: Random, _words: Sequence[str]) -> str:
    found = list(_NUMBER.finditer(text))
    return _replace(text, random.choice(found), random.choice(_EXTREMES)) if found else text


def _other_word(text: str, random: Random, words: Sequence[str]) -> str:
    found = list(_WORD.finditer(text))
    pool = random.choice((words, _EXTREMES, _WORDS))
    return _replace(text, random.choice(found), random.choice(pool)) if found else text


def _replace(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _insert(text: str, random: Random, words: Sequence[str]) -> str:
    at = random.randint(0, len(text))
    return text[:at] + random.choice(random.choice((words, _EXTREMES, _WORDS))) + text[at:]


def _delete(text: str, random: Random, _words: Sequence[str]) -> str:
    at = random.randint(0, len(text))
    return text[:at] + text[at + random.choice((1, 1, 2, 5, 20)) :]


def _lines(text: str, random: Random, _words: Sequence[str]) -> str:
    """Lines dropped, doubled, moved, or indented otherwise."""
    lines = _LINE.findall(text)
    if not lines:
        return text
    at, to = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(5):
        case 0:
            del lines[min(at, to) : min(at, to) + random.randint(1, 3)]
        case 1:
            lines.insert(to, lines[at])
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case 3:
            lines[at] = " " * random.randint(1, 4) + lines[at]
        case _:
            lines[at] = lines[at][random.randint(1, 4) :]
    return "".join(lines)


_EDITS: tuple[Callable[[str, Random, Sequence[str]], str], ...] = (
    *(_other_number, _other_number, _other_word, _other_word),
    *(_insert, _delete, _lines, _lines),
)


def minimised(given: Input, kind: str, trial: Callable[[Input], Crash | None]) -> Input:
    """The input with all taken away that the same kind of crash does not need."""
    tries = 0

    def crashes(text: str) -> bool:
        nonlocal tries
        tries += 1
        crash = trial(given._replace(text=text)) if tries <= _MOST_TRIES else None
        return crash is not None and crash.kind == kind

    alone = given._replace(sample=Sample({given.name: given.text}))
    crash = trial(alone)
    if crash is not None and crash.kind == kind:
        given = alone
    text = _shrunk(_LINE.findall(given.text), crashes)
    text = _shrunk(re.findall(r"\w+|\W", text), crashes)
    return given._replace(text=_shrunk(list(text), crashes))


def _shrunk(parts: list[str], crashes: Callable[[str], bool]) -> str:
    """Without the parts that can go, tried in halves, quarters, and so on."""
    size = max(len(parts) // 2, 1)
    while parts:
        at = 0
        while at < len(parts):
            rest = parts[:at] + parts[at + size :]
            if crashes("".join(rest)):
                parts = rest
            else:
                at += size
        if size == 1:
            break
        size //= 2
    return "".join(parts)


def own_samples() -> list[Sample]:
    """The files of all cases, of the examples and of the project's own corpus, and policies."""
    samples = [Sample(case.files) for case in all_cases()]
    samples += [Sample({POLICY_NAME: text}) for text in policy_texts()] * _POLICIES
    for folder in ("corpus/dockerfiles", "examples"):
        samples += samples_below(ROOT / "testdata" / folder)
    return samples


def samples_below(folder: Path) -> list[Sample]:
    """Every file of text below a folder, each for itself."""
    samples = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and ".git" not in path.parts and path.stat().st_size <= _LARGEST:
            text = path.read_text(encoding="utf-8", errors="replace")
            name = path.relative_to(folder).as_posix()
            if not isinstance(recognise(Source(name, text)), Report):
                samples.append(Sample({name: text}))
    return samples


class Runner:
    """Tries one input after the other and remembers what crashed."""

    def __init__(
        self, samples: Sequence[Sample], seed: int, keep: Path, *, judges: bool = True
    ) -> None:
        self._seed, self._keep = seed, keep
        self._pool = [(one, name) for one in samples for name, text in one.files.items() if text]
        texts = (sample.files[name] for sample, name in self._pool)
        self._words = sorted({word for text in texts for word in _WORD.findall(text)})
        self._trial = Trial(judges=judges)
        self.tried = 0
        self.crashes: Counter[str] = Counter()

    def run(self, seconds: float, inputs: int) -> None:
        """Until the time is over or so many inputs were tried; 0 inputs are no limit."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and (not inputs or self.tried < inputs):
            given = self.input(self.tried)
            self.tried += 1
            crash = self._trial(given)
            if crash is not None:
                self._note(given, crash)

    def input(self, number: int) -> Input:
        """The input of that number."""
        random = Random(f"{self._seed}/{number}")
        sample, name = random.choice(self._pool)
        return mutated(Input(sample, name, sample.files[name]), random, self._words)

    def _note(self, given: Input, crash: Crash) -> None:
        self.crashes[crash.kind] += 1
        if self.crashes[crash.kind] > 1:
            return
        small = given if crash.kind.startswith("slow") else self._minimise(given, crash.kind)
        folder = self._keep / re.sub(r"[^\w.-]", "_", crash.kind)
        for name, text in {**small.sample.files, small.name: small.text}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
        print(f"crash in input {self.tried - 1}: {crash.detail}\n  kept in {folder}", flush=True)

    def _minimise(self, given: Input, kind: str) -> Input:
        return minimised(given, kind, self._trial)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Mutate real files and examine them.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--inputs", type=int, default=0, help="stop after so many (0: no limit)")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--corpus", type=Path, default=None, help="a folder with files of others")
    parser.add_argument("--keep", type=Path, default=KEEP, help="where crashes are written")
    parser.add_argument("--readers", action="store_true", help="read alone, without rules")
    chosen = parser.parse_args(arguments)
    seed = secrets.randbits(32) if chosen.seed is None else chosen.seed
    samples = samples_below(chosen.corpus) if chosen.corpus else own_samples()
    if not samples:
        parser.error(f"nothing to mutate in {chosen.corpus}")
    print(f"seed {seed}, {len(samples)} samples", flush=True)
    runner = Runner(samples, seed, chosen.keep, judges=not chosen.readers)
    started = time.monotonic()
    runner.run(chosen.seconds, chosen.inputs)
    rate = runner.tried / max(time.monotonic() - started, 1e-9)
    kinds = len(runner.crashes)
    print(f"{runner.tried:,} inputs, {rate:.0f} a second, {kinds} kinds of crash, seed {seed}")
    for kind, times in runner.crashes.most_common():
        print(f"  {times} times {kind}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
