"""An audit by the workers of a Dask cluster: its scheduler and two workers are real processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from imagelint.audit.options import AuditOptions, Shard
from imagelint.audit.parts import Cluster as OnCluster
from imagelint.audit.parts import Part, Refused, run_part, run_parts
from imagelint.audit.progress import Progress
from imagelint.audit.selection import Selection
from imagelint.audit.sources.batch import ListedBatch, split
from imagelint.audit.targets import tagged
from imagelint.audit.workers import on_workers
from imagelint.cli.audits.recipe import AuditRecipe
from imagelint.cli.options.policy import PolicyOptions
from imagelint.cli.options.scan import ScanOptions
from imagelint.core.errors import UsageError
from imagelint.core.report import Problem, ProblemKind
from imagelint.testing.registry import MemoryRegistry, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from imagelint.audit.sources.model import Found
    from imagelint.testing.registry import Asked

IMAGES = 60
SETTINGS = {
    "DASK_DISTRIBUTED__DASHBOARD__LINK": "",
    "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "20s",
}


class Cluster:
    """A scheduler and workers of one thread each, all of them processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self._start("dask_scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", file)
        self.address = self._told(file)
        for _ in range(2):
            words = (self.address, "--no-nanny", "--no-dashboard", "--nthreads", "1")
            self.workers.append(self._start("dask_worker", *words))

    def _start(self, module: str, *words: object) -> subprocess.Popen[bytes]:
        code = f"from distributed.cli.{module} import main; main()"
        made = subprocess.Popen(
            (sys.executable, "-c", code, *map(str, words)),
            cwd=self._folder,
            env={**os.environ, **SETTINGS},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(made)
        return made

    def _told(self, file: Path) -> str:
        import json

        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            if file.exists() and (text := file.read_text()):
                return str(json.loads(text)["address"])
            time.sleep(0.05)
        raise AssertionError("the scheduler does not come up")

    def wait(self) -> None:
        """Until both workers are there."""
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    try:
        made.wait()
        yield made
    finally:
        made.stop()


def slowly(_asked: Asked) -> Reply | None:
    time.sleep(0.01)
    return None


def audit(folder: Path, host: str, *more: str) -> subprocess.Popen[bytes]:
    words = ("audit", f"registry://{host}", "--quiet", "--policy", "recommended", *more)
    return subprocess.Popen(
        (sys.executable, "-m", "imagelint", *words),
        cwd=folder,
        env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def rows(path: Path, query: str) -> list[tuple[object, ...]]:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return []
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


RESULTS = "SELECT reference, digest, category, judgement FROM results ORDER BY reference"
FINDINGS = "SELECT count(*) FROM findings"
RUNS = "SELECT outcome, shards FROM runs"


def test_workers_come_to_what_one_comes_to_though_one_of_them_is_killed(
    tmp_path: Path, cluster: Cluster
) -> None:
    with MemoryRegistry() as registry:
        for number in range(IMAGES):
            registry.image(f"team/app{number:03}", layers=("base", str(number)))
        alone = audit(tmp_path, registry.host, "--store", "alone.db")
        told, _ = alone.communicate(timeout=60)
        assert alone.returncode == 0
        registry.script("/v2/team", slowly)
        store = tmp_path / "many.db"
        words = ("--store", "many.db", "--cluster", cluster.address, "--log", "many.log")
        many = audit(tmp_path, registry.host, *words)
        while many.poll() is None and len(rows(store, RESULTS)) < IMAGES // 6:
            time.sleep(0.02)
        assert many.poll() is None
        cluster.workers[0].send_signal(signal.SIGKILL)
        told_by_many, errors = many.communicate(timeout=120)
    assert many.returncode == 0, errors
    assert rows(store, RUNS) == [("pass", 2)]
    assert rows(store, RESULTS) == rows(tmp_path / "alone.db", RESULTS)
    assert rows(store, FINDINGS) == rows(tmp_path / "alone.db", FINDINGS)
    assert told_by_many == told
    assert len((tmp_path / "many.log").read_text().splitlines()) == IMAGES


def test_how_far_the_workers_are_is_told_by_what_they_wrote(
    here: Path, registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        registry.image(f"team/app{number}", layers=(str(number),))
    drawn: list[str] = []
    monkeypatch.setattr("imagelint.audit.parts._REST", 0)

    def in_turn(
        _address: str,
        parts: Callable[[int], list[Part]],
        do: Callable[[Part], object],
        meanwhile: Callable[[], None],
    ) -> Iterator[object]:
        for part in parts(2):
            meanwhile()
            yield do(part)
        meanwhile()

    monkeypatch.setattr("imagelint.audit.parts.on_workers", in_turn)
    recipe = AuditRecipe("audit.db", ScanOptions(), PolicyOptions(("recommended",)))
    for _ in range(2):  # what an earlier run wrote is not taken for this one's
        with recipe.prepared(AuditOptions()) as ready:
            progress = Progress(tuple)
            cluster = OnCluster("", progress, lambda: drawn.append(progress.line()))  # noqa: B023
            sources = ready.sources((f"registry://{registry.host}",), Selection(), bytes)
            assert run_parts(cluster, recipe, ready, Selection(), sources).outcome == "pass"
    told = [line.partition(" images")[0] for line in drawn]
    assert told == ["0 of 10", told[1], "10 of 10"] * 2
    assert told[1] not in ("0 of 10", "10 of 10")


def test_where_no_scheduler_answers_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagelint.audit.workers._CONNECT_SECONDS", 0.5)
    with pytest.raises(UsageError, match=r"no scheduler at tcp://127\.0\.0\.1:9"):
        list(on_workers("tcp://127.0.0.1:9", lambda count: [count], str))


def test_a_cluster_and_a_part_do_not_go_together(tmp_path: Path) -> None:
    more = ("--cluster", "tcp://127.0.0.1:9", "--shard", "1/2")
    done = audit(tmp_path, "registry.invalid", *more)
    _, errors = done.communicate(timeout=60)
    assert done.returncode == 2
    assert b"a cluster does all parts" in errors


def test_a_worker_that_judges_otherwise_does_nothing(here: Path, registry: MemoryRegistry) -> None:
    registry.image("team/app", layers=("base",))
    recipe = AuditRecipe("audit.db", ScanOptions(), PolicyOptions(("recommended",)))
    selection = Selection()
    part = Part(recipe, AuditOptions(), selection, (), str(here), "another")
    refused = run_part(part)
    assert isinstance(refused, Refused)
    assert "judges otherwise than this machine" in refused.complaints[0].message
    gone = run_part(part._replace(folder=str(here / "gone")))
    assert isinstance(gone, Refused)
    assert f"cannot work in {here / 'gone'}" in gone.complaints[0].message


def test_of_each_source_each_part_has_its_own_and_the_first_all_problems() -> None:
    missing = Problem(ProblemKind.UNREACHABLE, "a", "b")
    found: list[Found] = [missing, *(tagged("r/a", f"{number}") for number in range(9))]
    sources = [ListedBatch("one", tuple(found)), ListedBatch("two", tuple(found[:2]))]
    parts = split(sources, Selection(), 3)
    assert [source.name for part in parts for source in part] == ["one", "two"] * 3
    assert parts[0][0].found[0] == parts[0][1].found[0] == found[0]
    assert sorted(map(repr, (one for part in parts for one in part[0].found))) == sorted(
        map(repr, found)
    )
    for number, part in enumerate(parts, 1):
        targets = [one for one in part[0].found if not isinstance(one, Problem)]
        assert all(Shard(number, 3).has(one.reference) for one in targets)
