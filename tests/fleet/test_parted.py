"""No report holds a run: of a large one it has no more in memory than of a small one."""

from __future__ import annotations

import csv
import errno
import gc
import io
import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from imagelint.core.errors import UsageError
from imagelint.core.finding import Finding, Severity
from imagelint.fleet import images, parted, verdicts
from imagelint.fleet.formats import FORMATS, Telling, chunks, sarif_files
from imagelint.fleet.gather import Question, gather
from imagelint.reporters import sarif
from imagelint.store import reading
from imagelint.store.database import Store
from imagelint.store.filters import EVERYTHING, ResultFilter
from imagelint.store.reading import Reader
from imagelint.store.records import (
    Category,
    Finished,
    Judgement,
    Result,
    StoredFinding,
    StoredProblem,
)
from imagelint.store.views import FindingView
from tests.store.samples import fill, run_over

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PART = 10
KINDS = (Finding, FindingView)


@pytest.fixture(params=[60, 240])
def large(told: Telling, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Telling]:
    with Store.open(str(tmp_path / "audit.db")) as store:
        fill(store, request.param)
        yield told._replace(store=store, fleet=gather(store, Question()))


def report(name: str, telling: Telling) -> Iterator[str]:
    if name == "sarif":
        for _, text in sarif_files(telling):
            yield from text
    else:
        yield from chunks(name, telling)


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_holds_more_findings_than_a_part(
    large: Telling, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in reading, verdicts:
        monkeypatch.setattr(module, "_PAGE", PART)
    monkeypatch.setattr(images, "MOST_PAGES", 30)
    most = [0]
    ask = Reader.findings_of

    def watched(
        self: Reader, judgements: Iterable[str], wanted: ResultFilter = EVERYTHING
    ) -> dict[str, tuple[FindingView, ...]]:
        gc.collect()
        most[0] = max(most[0], sum(isinstance(one, KINDS) for one in gc.get_objects()))
        return ask(self, judgements, wanted)

    monkeypatch.setattr(Reader, "findings_of", watched)
    # Of what other tests keep nothing is counted, nor looked through each time.
    gc.collect()
    gc.freeze()
    try:
        for _ in report(name, large):
            pass
    finally:
        gc.unfreeze()
    # Ten images have about forty findings, each of which is read, told, and told again.
    assert most[0] < 200


def test_an_image_with_many_findings_is_told_of_alone(
    told: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "_MOST_FINDINGS", 1)
    sizes = [len(part.report.findings) for part in told.verdicts.parts()]
    assert sum(sizes) == 118
    assert max(sizes) <= 6
    assert len(sizes) > 20


def test_what_was_found_is_told_though_not_all_could_be(told: Telling, tmp_path: Path) -> None:
    digest = f"sha256:{'a' * 64}"
    found = StoredFinding("root-user", Severity.HIGH, "certain", "it runs as root")
    judgement = Judgement("k" * 64, "r.example.com/a", digest, "fail", (found,))
    problem = StoredProblem(Category.TIMED_OUT, "timed-out", "Trivy took too long")
    result = Result(
        "r.example.com/a:1",
        *("r.example.com/a", "1", digest, Category.TIMED_OUT, "too long", judgement.id),
        problems=(problem,),
    )
    with Store.open(str(tmp_path / "audit.db")) as store:
        run_over(store, [Finished(result, judgement=judgement)], 1)
        telling = told._replace(store=store, fleet=gather(store, Question()))
        rows = list(csv.DictReader(io.StringIO("".join(chunks("csv", telling)))))
        assert Counter(row["state"] for row in rows) == {"counts": 1, "not judged": 1}
        data = json.loads("".join(chunks("json", telling)))
        assert data["counts"]["findings"]["high"] == 1
        assert (data["counts"]["problems"], data["counts"]["examined"]) == (1, 1)


def test_what_a_run_that_goes_on_has_not_reached_is_told_once(
    told: Telling, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdicts, "_PAGE", PART)
    run = told.fleet.run._replace(finished="", outcome="")
    telling = told._replace(fleet=told.fleet._replace(run=run))
    rows = list(csv.DictReader(io.StringIO("".join(chunks("csv", telling)))))
    untold = [row["message"] for row in rows if row["state"] == "not judged"]
    assert sum("is not through" in one for one in untold) == 1
    assert len(untold) == 4


def test_sarif_has_the_worst_of_a_repository_and_says_how_many_it_has_not(
    told: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
    left_out = 0
    for _, text in sarif_files(told):
        (run,) = json.loads("".join(text))["runs"]
        assert len(run["results"]) <= 2
        for said in run["invocations"][0]["toolExecutionNotifications"]:
            words = said["message"]["text"].split()
            if words[1:4] == ["results", "were", "left"]:
                left_out += int(words[0])
                assert {one["level"] for one in run["results"]} <= {"error"}
    whole = told.fleet.overview.findings.total
    monkeypatch.undo()
    assert left_out == whole - sum(
        min(2, len(one.verdict.report.findings)) for _, one in told.verdicts.by_repository()
    )


def test_digests_of_one_repository_are_issues_of_their_own(told: Telling, tmp_path: Path) -> None:
    found = StoredFinding("root-user", Severity.HIGH, "certain", "it runs as root")
    repository = "r.example.com/a"
    several = []
    for number in range(3):
        digest = f"sha256:{number:064}"
        judgement = Judgement("k" * 64, repository, digest, "fail", (found,))
        said = f"{repository}@{digest}", repository, "", digest, Category.AUDITED
        result = Result(*said, judgement=judgement.id)
        several.append(Finished(result, judgement=judgement))
    with Store.open(str(tmp_path / "audit.db")) as store:
        run_over(store, several, 1)
        telling = told._replace(store=store, fleet=gather(store, Question()))
        issues = json.loads("".join(chunks("gitlab", telling)))
        again = json.loads("".join(chunks("gitlab", telling)))
    assert len({one["fingerprint"] for one in issues}) == 3
    assert len({one["location"]["path"] for one in issues}) == 3
    assert issues == again


def test_no_room_for_what_waits_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_lines: Iterable[str]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with parted.Spool() as spool:
        monkeypatch.setattr(spool._file, "writelines", full)
        with pytest.raises(UsageError, match="No space left"):
            spool.add(("a\n",))
