from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.collect.read import ReadResult
from imagelint.core.finding import Severity
from imagelint.core.report import Ignored, IgnoreReason, Problem, ProblemKind, Report
from imagelint.core.source import Source
from imagelint.policy.model import DEFAULT_FAIL_ON, Policy
from imagelint.run.files import Run, examine, total
from imagelint.run.policies import Policies
from imagelint.run.session import NullCache, Session, ValidPolicies
from tests.cli.projects import GOOD, ROOT, policy, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

PROBLEM = Problem(ProblemKind.UNREADABLE, "a", "b")


class Memory:
    """A cache in a dictionary."""

    keeps = True

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.put_times = 0

    def get(self, keys: Iterable[str]) -> Mapping[str, str]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def put(self, entries: Mapping[str, str], now: int) -> None:
        self.put_times += 1
        self.kept |= entries


def session(*chosen: str) -> Session:
    return Session.open(chosen, Policy(), cached=False)


def test_the_lowest_threshold_of_all_policies_counts(here: Path) -> None:
    write(here, a__Dockerfile=GOOD, b__Dockerfile=GOOD)
    (here / "a/.imagelint.yaml").write_text(policy("fail-on: low"), encoding="utf-8")
    (here / "b/.imagelint.yaml").write_text(policy("fail-on: critical"), encoding="utf-8")
    opened = session()
    assert opened.fail_on is DEFAULT_FAIL_ON
    opened.check(["."])
    assert opened.fail_on is Severity.LOW


def test_problems_of_the_search_are_reported_beside_the_files(here: Path) -> None:
    write(here, Dockerfile=GOOD)
    reports = session("baseline").check(["missing", "Dockerfile", "a/../missing"])
    assert list(reports) == ["Dockerfile", "missing"]
    assert len(reports["missing"].problems) == 2


def test_a_text_stands_for_a_file(here: Path) -> None:
    opened = session("recommended")
    reports = opened.check_text(ReadResult(Source("a/Dockerfile", ROOT)), "a/Dockerfile")
    assert [found.rule for found in reports["a/Dockerfile"].findings] == ["root-user"]
    assert opened.check_text(ReadResult(None, (PROBLEM,)), "a") == {
        "a": Report(problems=(PROBLEM,))
    }


def test_nothing_is_remembered_without_a_cache() -> None:
    nothing = NullCache()
    nothing.put({"a": "b"}, 1)
    assert nothing.get(["a"]) == {}


def test_valid_policies_are_remembered() -> None:
    memory = Memory()
    valid = ValidPolicies(memory)
    assert "a" not in valid
    valid.add("a")
    assert "a" in ValidPolicies(memory)


def test_nothing_comes_to_nothing() -> None:
    settlement = session("baseline").suppress({})
    assert settlement.report == Report()
    assert settlement.stale == ()


# -- Files -------------------------------------------------------------------------------------


def test_what_is_remembered_is_used_and_told(here: Path) -> None:
    write(here, Dockerfile=ROOT, a__Dockerfile=GOOD)
    files = [FoundFile("Dockerfile", "Dockerfile"), FoundFile("a/Dockerfile", "a/Dockerfile")]
    memory, told = Memory(), list[tuple[int, int]]()
    policies = Policies(["recommended"], Policy(), set())
    run = Run(policies, memory, 1, progress=lambda done, of: told.append((done, of)))
    first = examine(files, run)
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert len(memory.kept) == 2
    told.clear()
    assert examine(reversed(files), run) == first
    assert told == [(2, 2)]
    memory.kept = dict.fromkeys(memory.kept, "nonsense")
    assert examine(files, run) == first


def test_files_with_problems_are_not_remembered(here: Path) -> None:
    (here / "Dockerfile").write_bytes(b"FROM a\n# \xff\n")
    memory = Memory()
    files = [FoundFile("Dockerfile", "Dockerfile"), FoundFile("missing", "missing")]
    run = Run(Policies(["recommended"], Policy(), set()), memory, 1)
    reports = examine(files, run)
    assert all(report.problems for report in reports.values())
    assert memory.kept == {}


def test_a_dependency_outside_of_the_run_counts(here: Path) -> None:
    write(here, Dockerfile="FROM a\nCOPY . .\n", _dockerignore=".git\n.env\n")
    memory = Memory()
    run = Run(Policies(["recommended"], Policy(), set()), memory, 1)
    files = [FoundFile("Dockerfile", "Dockerfile")]
    before = examine(files, run)
    (here / ".dockerignore").unlink()
    after = examine(files, run)
    assert after != before


def test_reports_add_up() -> None:
    a, b = (Ignored(origin, IgnoreReason.NO_KIND) for origin in "ab")
    parts = [Report(problems=(PROBLEM,)), Report(ignored=(a,)), Report(ignored=(b,))]
    assert total(parts) == sum(parts, Report())
