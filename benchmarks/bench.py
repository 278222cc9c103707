"""Times imagelint beside its peers in one run: medians, and ratios pair by pair.

    python benchmarks/bench.py [--runs N] [--only NAME] [--corpus FOLDER …] [--before PROGRAM]

A corpus is a folder of other people's files; what needs one is left out without. `--before` is the
`imagelint` of another installation, such as the last release: it runs beside this one.

Machines are noisy: programs take turns (A B A B …), so that a slow minute hits both. The time on
the wall depends on what else runs, the processor's on the program: both are told, for each input
and in one table at the end.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crds import write_crds
from inputs import (
    SMALL,
    copy_tree,
    write_dockerfiles,
    write_linked,
    write_manifests,
    write_pods,
    write_queries,
    write_runs,
    write_stages,
)
from large import large_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
IMAGELINT = str(BIN / "imagelint")
PACKS = ("--policy", "strict", "--policy", "gpu-serving")


class Timing(NamedTuple):
    """Seconds of wall time and of all processors, bytes of the largest resident process."""

    seconds: float
    cpu: float
    peak: int


class Contest(NamedTuple):
    """What is compared: names with their commands, the first being ours."""

    name: str
    folder: Path
    commands: dict[str, list[str]]
    goal: str = ""


class Row(NamedTuple):
    """How a program compares with ours: medians of the ratios, pair by pair."""

    contest: str
    name: str
    timing: Timing
    wall: float
    cpu: float


class Growth(NamedTuple):
    """What grows: `write` puts an input of a size into a folder. Examined are 1/4, 1/2 and 1."""

    name: str
    size: int
    write: Callable[[Path, int], None]
    packs: tuple[str, ...] = PACKS
    goal: str = "4 x the input: at most 4.5 x the time"


GROWTHS = (
    Growth("stages", 2_000, write_stages),
    Growth("RUN instructions", 4_000, write_runs),
    Growth("pods", 5_000, write_pods),
    Growth("linked objects", 5_000, write_linked),
)


def run(command: list[str], folder: Path) -> Timing:
    """One run; what it prints is thrown away, its exit code is its own business."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    seconds = time.perf_counter() - began
    return Timing(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def compete(contest: Contest, runs: int) -> list[Row]:
    """Time the programs of a contest in turns, print and return what comes of each."""
    timings: dict[str, list[Timing]] = {name: [] for name in contest.commands}
    for number in range(runs + 1):
        for name, command in contest.commands.items():
            timing = run(command, contest.folder)
            if number:  # the first round warms the disk
                timings[name].append(timing)
    ours, *_ = timings
    rows: list[Row] = []
    print(f"\n{contest.name}{f'  (goal: {contest.goal})' if contest.goal else ''}")
    for name, found in timings.items():
        seconds = [timing.seconds for timing in found]
        pairs = list(zip(found, timings[ours], strict=True))
        wall = statistics.median(timing.seconds / our.seconds for timing, our in pairs)
        cpu = statistics.median(timing.cpu / our.cpu for timing, our in pairs)
        peak = max(timing.peak for timing in found)
        used = statistics.median(timing.cpu for timing in found)
        middle = Timing(statistics.median(seconds), used, peak)
        print(
            f"  {name:24} median {middle.seconds:8.3f} s"
            f"  ({min(seconds):.3f} to {max(seconds):.3f})"
            f"  {wall:6.2f} x ours, {cpu:6.2f} x its CPU  {peak / 2**20:6.0f} MiB"
        )
        rows.append(Row(contest.name, name, middle, wall, cpu))
    return rows


def summary(rows: list[Row]) -> Iterator[str]:
    """All that was compared as lines of a table in Markdown."""
    yield "| input | program | wall | CPU | wall x ours | CPU x ours |"
    yield "|---|---|--:|--:|--:|--:|"
    for row in rows:
        yield (
            f"| {row.contest} | {row.name} | {row.timing.seconds:.3f} s | {row.timing.cpu:.3f} s"
            f" | {row.wall:.2f} | {row.cpu:.2f} |"
        )


def grow(growth: Growth, place: Path, runs: int) -> None:
    """Time an input of three sizes in turns, and print by what the time grows."""
    sizes = (growth.size // 4, growth.size // 2, growth.size)
    folders = [place / growth.name.replace(" ", "-") / str(size) for size in sizes]
    for size, folder in zip(sizes, folders, strict=True):
        growth.write(folder, size)
    timings: list[list[Timing]] = [[], [], []]
    command = [IMAGELINT, "check", "--quiet", "--no-cache", *growth.packs, "."]
    for number in range(runs + 1):
        for found, folder in zip(timings, folders, strict=True):
            timing = run(command, folder)
            if number:
                found.append(timing)
    print(f"\n{growth.size:,} {growth.name}  (goal: {growth.goal})")
    for size, found in zip(sizes, timings, strict=True):
        pairs = list(zip(found, timings[0], strict=True))
        wall = statistics.median(one.seconds / first.seconds for one, first in pairs)
        cpu = statistics.median(one.cpu / first.cpu for one, first in pairs)
        seconds = statistics.median(timing.seconds for timing in found)
        peak = max(timing.peak for timing in found) / 2**20
        print(
            f"  {size:<24,} median {seconds:8.3f} s"
            f"  {wall:6.2f} x the smallest, {cpu:6.2f} x its CPU  {peak:6.0f} MiB"
        )


def grow_to_a_megabyte(place: Path, only: str) -> None:
    """Time each text of a megabyte, a half and a quarter of it once; print what grows by what."""
    print("\ntexts of a megabyte, CPU  (goal: below 5 s and 500 MB; 4 x the text: 4 x the time)")
    command = [IMAGELINT, "check", "--quiet", "--no-cache", *PACKS, "."]
    for number, (name, size, write) in enumerate(large_inputs()):
        if only not in f"a megabyte of {name}":
            continue
        timings: list[Timing] = []
        for part in (4, 2, 1):
            folder = place / f"large{number}-{part}"
            write(folder, size // part)
            timings.append(run(command, folder))
            shutil.rmtree(folder)
        used = "  ".join(f"{timing.cpu:6.2f} s" for timing in timings)
        ratio, peak = timings[2].cpu / timings[0].cpu, timings[2].peak / 2**20
        print(f"  {name:44} {used}  {ratio:5.2f} x  {peak:5.0f} MiB", flush=True)


def growths(corpora: list[Path]) -> Iterator[Growth]:
    yield from GROWTHS
    if corpora:
        tree = corpora[0].resolve()
        yield Growth("copies of the corpus", 4, lambda folder, size: copy_tree(tree, folder, size))


def corpus_contest(corpus: Path) -> Contest:
    """The Dockerfiles of a corpus, by their names."""
    found = sorted(
        str(path)
        for pattern in ("Dockerfile*", "*.Dockerfile", "*.dockerfile", "Containerfile*")
        for path in corpus.resolve().rglob(pattern)
        if path.is_file() and not path.name.endswith("ignore")
    )
    ours = [IMAGELINT, "check", "--quiet", "--no-cache"]
    return Contest(
        f"{len(found)} Dockerfiles of {corpus.resolve().name}",
        corpus,
        {
            "imagelint": [*ours, *found],
            "imagelint, one process": [*ours, "--jobs", "1", *found],
            **peer("hadolint", *found),
        },
        goal="hadolint at least 10 x ours",
    )


def contests(place: Path) -> list[Contest]:
    small, thousand, manifests, many, crds = (
        place / name for name in ("small", "thousand", "manifests", "many", "crds")
    )
    small.mkdir()
    (small / "Dockerfile").write_text(SMALL, encoding="utf-8")
    write_dockerfiles(thousand, 1000)
    write_manifests(manifests, 200)
    write_dockerfiles(many, 10_000)
    write_crds(crds, 110)
    queries = place / "queries"
    write_queries(queries, 200)
    ours = [IMAGELINT, "check", "--quiet"]
    cold = [*ours, "--no-cache"]
    all_files = sorted(str(path) for path in thousand.glob("*/Dockerfile"))
    return [
        Contest(
            "one small Dockerfile, cold",
            small,
            {
                "imagelint": [*cold, "Dockerfile"],
                "bare python": [sys.executable, "-c", "pass"],
                **peer("hadolint", "Dockerfile"),
                **peer("tally", "lint", "Dockerfile"),
            },
            goal="at most 10 x bare python",
        ),
        Contest(
            "1,000 Dockerfiles",
            thousand,
            {"imagelint": [*cold, "."], **peer("hadolint", *all_files)},
            goal="hadolint at least 4 x ours",
        ),
        Contest(
            "1,000 Dockerfiles again, unchanged",
            thousand,
            {"imagelint": [*ours, "."]},
            goal="at most 0.5 s",
        ),
        Contest(
            "200 manifests",
            manifests,
            {
                "imagelint": [*cold, "."],
                **peer("trivy", "config", "--quiet", "--skip-check-update", "."),
            },
            goal="trivy at least 8 x ours",
        ),
        Contest(
            "10,000 Dockerfiles",
            many,
            {"imagelint": [*cold, "."], "imagelint, cached": [*ours, "."]},
            goal="peak below 200 MiB",
        ),
        Contest(
            "96 MB of custom resource definitions",
            crds,
            {"imagelint": [*cold, "."]},
            goal="peak below 300 MiB",
        ),
        Contest(
            "200 dashboards and files of rules, 5,000 queries",
            queries,
            {"imagelint": [*cold, "."]},
            goal="below 3 s",
        ),
    ]


def beside(contest: Contest, before: str) -> Contest:
    """The contest with another installation of ours behind each of our commands."""
    commands = {
        key: command
        for name, given in contest.commands.items()
        for key, command in ((name, given), (f"{name}, before", [before, *given[1:]]))
        if command[0] != before or given[0] == IMAGELINT
    }
    return contest._replace(commands=commands)


def peer(name: str, *arguments: str) -> dict[str, list[str]]:
    program = shutil.which(name)
    if program is None:
        print(f"{name} is not there and is left out", file=sys.stderr)
        return {}
    return {name: [program, *arguments]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="what has this in its name")
    parser.add_argument(
        "--corpus",
        type=Path,
        action="extend",
        nargs="+",
        default=[],
        help="folders of other people's files",
    )
    parser.add_argument("--before", help="another imagelint, to run beside this one")
    options = parser.parse_args()
    os.environ["PATH"] = os.pathsep.join([str(BIN), str(ROOT / ".tools/bin"), os.environ["PATH"]])
    # Installed programs have their compiled files; without them every start compiles again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        given = contests(Path(folder))
        given += map(corpus_contest, options.corpus)
        rows: list[Row] = []
        for contest in given:
            if options.only in contest.name:
                both = beside(contest, options.before) if options.before else contest
                rows += compete(both, options.runs)
        for growth in growths(options.corpus):
            if options.only in growth.name:
                grow(growth, Path(folder), options.runs)
        grow_to_a_megabyte(Path(folder), options.only)
        print("", *summary(rows), sep="\n")


if __name__ == "__main__":
    main()
