"""What reports ask the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, insert, select, text, update

from imagelint.core.finding import Severity
from imagelint.store.filters import ResultFilter
from imagelint.store.models import ImageRow, VulnerabilityRow
from imagelint.store.reading import Reader
from imagelint.store.records import (
    Category,
    Finished,
    Judgement,
    Result,
    StoredFinding,
    StoredVulnerability,
)
from imagelint.store.rollups import RollUps
from imagelint.store.tally import GROUPS
from tests.store.samples import KNOWN, digest, fill, finished, image, run_over, tell

if TYPE_CHECKING:
    from imagelint.store.database import Store
    from imagelint.store.views import Drift


@pytest.fixture
def reader(filled: Store) -> Reader:
    return Reader(filled)


@pytest.fixture
def rollups(filled: Store) -> RollUps:
    return RollUps(filled)


def test_the_newest_run_that_is_through_is_the_one_that_is_meant(reader: Reader) -> None:
    run = reader.run()
    assert run is not None
    assert (run.id, run.outcome, run.sources) == (3, "fail", ("registry.example.com",))
    assert reader.run(2) == reader.before(run)
    assert reader.run(9) is None


def test_an_empty_store_has_no_run(store: Store) -> None:
    assert Reader(store).run() is None


def test_a_run_in_numbers(reader: Reader) -> None:
    overview = reader.overview(2)
    assert (overview.references, overview.images) == (40, 37)
    assert overview.categories == {"audited": 37, "unauthorized": 3}
    assert overview.outcomes == {"fail": 37}
    judged = [one.judgement for one in map(finished, range(40)) if one.judgement]
    assert overview.findings.allowed == sum(
        each.allowed is not None for one in judged for each in one.findings
    )


def test_the_findings_of_an_image_are_those_that_were_written(reader: Reader) -> None:
    one = finished(1)
    assert one.judgement is not None
    found = reader.findings(one.judgement.id)
    assert [(each.rule, each.message, each.layer) for each in found] == [
        (each.rule, each.message, each.layer or "") for each in one.judgement.findings
    ]


def test_an_image_has_its_layers_from_below_and_its_tags(reader: Reader) -> None:
    made = image(1)
    found = reader.image(made.digest)
    assert found is not None
    assert [layer.digest for layer in found.layers] == [layer.digest for layer in made.layers]
    assert found.size == sum(layer.size for layer in made.layers)
    assert found.tags == (finished(1).result.reference,)
    assert reader.image("sha256:0") is None


def test_waivers_tell_how_often_they_were_needed(reader: Reader) -> None:
    legacy, mirror = reader.waivers(2)
    assert (legacy.rule, mirror.rule, mirror.ticket) == ("root-user", "unpinned-image", "OPS-1")
    assert (legacy.used, mirror.used) == (6, 0)


def test_owners_are_listed(reader: Reader) -> None:
    assert reader.owners(2) == ("", "inference", "platform")


@pytest.mark.parametrize("group", GROUPS[:6])
def test_findings_are_rolled_up(rollups: RollUps, group: str) -> None:
    rows = rollups.tally(2).by(group)
    assert rows == tuple(sorted(rows, key=lambda row: (-row.findings, row.name)))
    assert all(row.images <= row.findings for row in rows)


def test_a_roll_up_by_rule_counts_all_that_count(reader: Reader, rollups: RollUps) -> None:
    total = reader.overview(2).findings.total
    assert sum(row.findings for row in rollups.tally(2).by("rule")) == total
    assert len(rollups.tally(2).by("rule", most=1)) == 1


def test_a_base_is_what_several_repositories_have_in_common(rollups: RollUps) -> None:
    rows = {row.name: row for row in rollups.tally(2).by("base")}
    assert set(rows) == {
        "docker.io/nvidia/cuda:12.1-base",
        "docker.io/nvidia/cuda:12.2-base",
        "RUN base 0 cuda",
    }
    row = rows["docker.io/nvidia/cuda:12.2-base"]
    # Three holes are in the base itself; its users and secrets are each image's own.
    assert (row.images, row.shared) == (12, 36)
    assert row.shared < row.findings


def test_a_base_that_was_pushed_has_its_own_name(store: Store) -> None:
    base = finished(3)
    (own,) = base.images
    below = own._replace(digest="sha256:" + "b" * 64, layers=own.layers[:2])
    assert base.judgement is not None
    named = base.result._replace(
        reference="mirror/cuda:12", repository="mirror/cuda", tag="12", digest=below.digest
    )
    fill(store, 12)
    run_over(store, [base._replace(images=(below,), result=named)], 20)
    assert "mirror/cuda:12" in names_of_bases(store)
    anew = below._replace(digest="sha256:" + "c" * 64, layers=own.layers[:1])
    moved = named._replace(digest=anew.digest)
    run_over(store, [base._replace(images=(anew,), result=moved)], 21)
    assert {"mirror/cuda:12 (an earlier build)"} == {
        name for name in names_of_bases(store) if "mirror" in name
    }
    # Another tag that leads to the same image now is its name, where no image calls it otherwise.
    other = named._replace(reference="mirror/old:1", repository="mirror/old", tag="1")
    run_over(store, [base._replace(images=(below,), result=other)], 22)
    assert "mirror/old:1" in names_of_bases(store)
    with store.writing() as connection:
        connection.execute(update(ImageRow).values(base_name="mirror/cuda:12"))
    assert "mirror/cuda:12 (an earlier build)" in names_of_bases(store)


@pytest.mark.parametrize("wanted", [{"repository": "*/TEAM-1/*"}, {"rule": "ROOT-*"}])
def test_repositories_and_rules_are_told_apart_by_case(
    filled: Store, wanted: dict[str, Any]
) -> None:
    lower: dict[str, Any] = {name: glob.lower() for name, glob in wanted.items()}
    assert not Reader(filled).overview(2, ResultFilter(**wanted)).images
    assert Reader(filled).overview(2, ResultFilter(**lower)).images


@pytest.mark.parametrize(
    ("name", "count"), [("CVE-1", 2), ("GHSA-1", 2), ("PYSEC-1", 2), ("CVE-2", 1), ("GHSA-2", 2)]
)
def test_what_has_a_cve_number_in_common_is_the_same(store: Store, name: str, count: int) -> None:
    told = {"GHSA-1": "CVE-1", "PYSEC-1": "CVE-1", "CVE-2": "GHSA-2", "CVE-3": "GHSA-2"}
    run_over(store, [having(*said) for said in told.items()], 20)
    found = Reader(store).results(1, ResultFilter(vulnerability=name))
    assert len(list(found)) == count


def having(name: str, other: str) -> Finished:
    known = StoredVulnerability(name, Severity.HIGH, aliases=(other,))
    said = "vulnerable-package", Severity.HIGH, "certain", "a hole"
    finding = StoredFinding(*said, vulnerability=name)
    judged = Judgement("k", name.lower(), digest(name), "fail", (finding,), (known,))
    named = f"{judged.repository}:1", judged.repository, "1", judged.digest
    result = Result(*named, Category.AUDITED, judgement=judged.id)
    return Finished(result, judgement=judged)


def names_of_bases(store: Store) -> set[str]:
    return {row.name for row in RollUps(store).tally(3).by("base")}


def test_exploited_holes_come_first(store: Store) -> None:
    fill(store, 12)
    known = {"severity": 3, "title": "a hole", "published": "2026-01-01", "fixed": True}
    with store.writing() as connection:
        rows = [
            {"id": "CVE-2026-1002", **known, "epss": 0.1, "exploited": "2026-10-01"},
            {"id": "CVE-2026-1001", **known, "epss": 0.9, "exploited": ""},
        ]
        connection.execute(insert(VulnerabilityRow), rows)
    names = [one.id for one in RollUps(store).tally(2).vulnerabilities()]
    assert names == ["CVE-2026-1002", "CVE-2026-1001", "CVE-2026-1000"]


def test_of_a_hole_the_newest_word_counts_and_nothing_is_forgotten(store: Store) -> None:
    told = tell(store)
    assert told[2:7] == KNOWN
    assert (told.images, told.findings, told.severity) == (4, 4, Severity.HIGH)
    with store.reading() as connection:
        assert connection.scalar(select(VulnerabilityRow.severity)) == Severity.HIGH


def test_the_trend_is_of_runs_that_were_asked_the_same(rollups: RollUps, reader: Reader) -> None:
    (last, *_) = reader.runs()
    points = rollups.trend(last)
    assert [(point.run, point.references, point.unaudited) for point in points] == [
        (1, 30, 2),
        (2, 40, 3),
        (3, 38, 3),
    ]
    for other in (
        last._replace(sources=("elsewhere",)),
        last._replace(depth="scan"),
        last._replace(options='{"newest": 3}'),
    ):
        assert rollups.trend(other) == ()
        assert reader.before(other) is None
    # Another policy, another release, another day: what is looked at is the same.
    for same in (
        last._replace(key="b" * 64, policy_digest="sha256:b", version="2"),
        last._replace(options='{"since": "2026-11-01"}'),
    ):
        assert rollups.trend(same) == points
        assert reader.before(same) == reader.run(2)


@pytest.mark.parametrize(
    ("day", "number"), [("2026-11-08", 2), ("2026-11-07", 1), ("2026-10-31", None)]
)
def test_the_run_up_to_a_day(reader: Reader, day: str, number: int | None) -> None:
    run = reader.run(3)
    assert run is not None
    found = reader.before(run, day)
    assert (found and found.id) == number


def test_a_trend_counts_no_run_anew_that_was_counted(store: Store) -> None:
    fill(store)
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    (last, *_) = Reader(store).runs()
    points = RollUps(store).trend(last)
    event.listen(store.engine, "before_cursor_execute", note)
    assert RollUps(store).trend(last) == points
    assert not [one for one in asked if "FROM results" in one]
    # As an earlier release left it.
    with store.writing() as connection:
        connection.execute(text("DELETE FROM run_totals WHERE run_id < 3"))
    assert RollUps(store).trend(last) == points
    event.remove(store.engine, "before_cursor_execute", note)
    assert [one for one in asked if "FROM results" in one]


def test_drift_tells_what_moved_came_and_went(rollups: RollUps) -> None:
    found = list(rollups.drift(1, 3))
    kinds: dict[str, list[Drift]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    assert set(kinds) == {"new", "gone", "moved", "signature-lost"}
    assert (len(kinds["new"]), len(kinds["gone"])) == (10, 2)
    moved = kinds["moved"][0]
    assert (moved.before, moved.after) == (image(20).digest, image(20, 2).digest)
    assert list(rollups.drift(2, 2)) == []


def test_what_was_never_audited_is_known(rollups: RollUps) -> None:
    old = rollups.not_audited_since("2026-11-15")
    never = [name for name, at in old if not at]
    assert never == sorted(never)
    assert len(never) == 3
    assert len(old) == 5
