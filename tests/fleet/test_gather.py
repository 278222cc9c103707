from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, update

from imagelint.core.errors import UsageError
from imagelint.fleet.days import age_in_days, days_before
from imagelint.fleet.gather import Question, gather
from imagelint.fleet.images import images
from imagelint.fleet.metrics import metrics
from imagelint.fleet.overview import WIDTH, overview
from imagelint.fleet.plots import plots
from imagelint.fleet.sizes import in_bytes
from imagelint.store import questions, views
from imagelint.store.contents.reclaim import reclaimable
from imagelint.store.database import Store
from imagelint.store.filters import ResultFilter
from imagelint.store.models import ResultRow
from imagelint.store.reading import Reader
from imagelint.store.rollups import RollUps
from tests.store.samples import fill, run_of

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.fleet.formats import Telling


def test_the_newest_run_beside_the_one_before(told: Telling) -> None:
    fleet = told.fleet
    assert (fleet.run.id, fleet.before.id if fleet.before else 0) == (3, 2)
    assert fleet.audited + sum(fleet.untold.values()) == fleet.overview.references == 38
    assert sum(fleet.drift_counts.values()) == len(fleet.drift)
    assert fleet.stale_day == "2026-10-16"


def test_changes_since_any_run(told: Telling) -> None:
    fleet = gather(told.store, Question(run=2, since=1))
    assert fleet.before is not None
    assert fleet.before.id == 1
    assert set(fleet.drift_counts) >= {"moved", "new", "signature-lost"}
    assert fleet.drift[0].kind in {"signature-lost", "worse"}


def test_a_run_that_is_not_there(told: Telling, store: Store) -> None:
    with pytest.raises(UsageError, match="there is no run 9"):
        gather(told.store, Question(run=9))
    with pytest.raises(UsageError, match="no run 9 to compare with"):
        gather(told.store, Question(since=9))
    with pytest.raises(UsageError, match="nothing was audited yet"):
        gather(store, Question())


def test_the_overview_fits_a_screen(told: Telling) -> None:
    lines = list(overview(told.fleet))
    assert len(lines) <= 24
    assert max(map(len, lines)) <= WIDTH + 1
    text = "".join(lines)
    assert (
        "one base     makes 36 of 118 findings, in 12 images: docker.io/nvidia/cuda:12.2-base"
        in text
    )
    assert "not audited  3 (3 unauthorized)" in text
    assert "trend        94 → 123 → 118 findings" in text
    assert text.endswith("outcome      fail\n")


def test_the_overview_tells_what_is_exploited_and_hides_controls(told: Telling) -> None:
    evil = views.VulnerabilityView(
        "CVE-2026-1\x1b[31m",
        5,
        "",
        "",
        fixed=True,
        epss=0.91,
        exploited="2026-11-01",
        images=3,
        findings=4,
    )
    groups = {**told.fleet.groups, "owner": (views.RollUp("", 7, 1, 3),)}
    fleet = told.fleet._replace(vulnerabilities=(evil,), groups=groups, before=None, trend=())
    text = "".join(overview(fleet))
    assert "exploited since 2026-11-01, EPSS 0.91, fixed" in text
    assert "nobody's" in text
    assert "\x1b" not in text
    assert "changed" not in text


def test_plots_show_each_question_in_numbers(told: Telling) -> None:
    drawn = {plot.id: plot for plot in plots(told.store, told.fleet)}
    time = drawn["time"]
    assert time.labels == ("2026-11-01", "2026-11-08", "2026-11-15")
    totals = [sum(values) for values in zip(*(one.values for one in time.series), strict=True)]
    assert totals == [94, 123, 118]
    assert sorted(drawn["teams"].labels) == ["inference", "nobody", "platform"]
    assert sum(drawn["ages"].series[0].values) == 35
    words = drawn["bytes"].words()
    assert words["unit"] == "bytes"


def test_a_page_of_too_many_images_adds_no_layers_up(
    told: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_FOR_BYTES", 3)
    assert "bytes" not in {one.id for one in plots(told.store, told.fleet)}


def test_reclaimable_is_what_no_tag_leads_to_any_more(told: Telling) -> None:
    with told.store.reading() as connection:
        found = {one.repository: one for one in reclaimable(connection, told.fleet.run.id, 100)}
    # Of each fourth image there is a new build every time; its code layer alone is another.
    assert {one.superseded for one in found.values()} == {0, 1_000_000, 2_000_000}
    assert all(one.live > 2_000_000_000 for one in found.values())


def test_a_tag_that_a_run_did_not_ask_for_leads_on(store: Store) -> None:
    fill(store)
    # Of the repository's two tags, the run asks for the second.
    run = run_of(store, range(3, 4), 2, 22)
    with store.reading() as connection:
        (one,) = reclaimable(connection, run, 100)
    assert one.superseded == 0


def test_a_base_is_of_images_that_were_judged(store: Store) -> None:
    fill(store)
    ((run, *_),) = (Reader(store).runs(),)
    before = {base.name: base for base in RollUps(store).tally(run.id).by("base")}
    held = ResultFilter(base=next(one.base for one in Reader(store).results(run.id) if one.base))
    first = next(Reader(store).results(run.id, held))
    with store.writing() as connection:
        unjudged = update(ResultRow).where(ResultRow.reference == first.reference)
        connection.execute(unjudged.values(judgement=None, category="timed-out"))
    after = {base.name: base for base in RollUps(store).tally(run.id).by("base")}
    fewer = [name for name, base in after.items() if base.images == before[name].images - 1]
    assert len(fewer) == 1
    assert after[fewer[0]].shared > 0


def test_what_one_image_stands_upon_is_no_base_that_helps_many(told: Telling) -> None:
    alone = views.RollUp("lonely", 9, 1, 3, 9)
    fleet = told.fleet._replace(groups={**told.fleet.groups, "base": (alone,)})
    assert fleet.bases == ()
    assert "one base" not in "".join(overview(fleet))


def test_the_worst_come_first(told: Telling) -> None:
    worst = Reader(told.store).worst(told.fleet.run.id, 10)
    counts = [one.findings[:5] for one in worst]
    assert counts == sorted(counts, reverse=True)
    everything = Reader(told.store).worst(told.fleet.run.id, 100)
    assert [one.category for one in everything[-3:]] == ["unauthorized"] * 3


@pytest.mark.parametrize(
    ("then", "days"),
    [
        ("2026-11-01T00:00:00Z", 14),
        ("1970-01-01T00:00:00Z", None),
        ("soon", None),
        ("2027-01-01", 0),
    ],
)
def test_age(then: str, days: int | None) -> None:
    assert age_in_days(then, "2026-11-15T08:00:00Z") == days


def test_days_and_sizes() -> None:
    assert days_before("2026-03-01T00:00:00Z", 1) == "2026-02-28"
    assert days_before("2026-03-01", 10**12) == "0001-01-01"
    assert days_before("2026-03-01", -(10**12)) == "9999-12-31"
    assert [in_bytes(size) for size in (0, 999, 1500, 2_352_000_000, 123_456_789_000)] == [
        *("0 B", "999 B", "1.5 kB", "2.4 GB", "123 GB")
    ]


def asked(store: Store, count: int) -> int:
    """How many questions a page about so many images asks of the store."""
    fill(store, count)
    questions: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        questions.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    fleet = gather(store, Question())
    shown = images(store, fleet)
    plots(store, fleet)
    assert len(shown.pages) >= count * 2 // 3
    return len(questions)


def test_no_question_is_asked_for_each_image(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "few.db")) as few, Store.open(str(tmp_path / "many.db")) as many:
        assert asked(many, 80) == asked(few, 20)


def test_a_flood_of_problems_and_changes_is_cut_and_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, 80)
    whole = gather(store, Question())
    monkeypatch.setattr("imagelint.fleet.gather.MOST_PROBLEMS", 2)
    monkeypatch.setattr("imagelint.fleet.gather.MOST_DRIFT", 3)
    cut = gather(store, Question())
    assert (len(whole.problems), len(cut.problems)) == (6, 2)
    assert cut.problem_counts == {"unauthorized": 6}
    assert cut.drift == whole.drift[:3]
    assert cut.drift_counts == whole.drift_counts
    written = "".join(metrics(cut))
    assert 'imagelint_audit_problems{category="unauthorized"} 6' in written
