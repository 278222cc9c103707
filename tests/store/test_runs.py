"""Runs begin, go on, are joined and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagelint.audit.lookup import Known
from imagelint.store.filters import ResultFilter
from imagelint.store.reading import Reader
from imagelint.store.records import (
    Category,
    Finished,
    NewRun,
    Result,
    StoredProblem,
    UsedWaiver,
    Worker,
)
from imagelint.store.runs import Begun, begin, finish, touch
from imagelint.store.writing import Writer, add_source_problem
from tests.store.samples import finished

if TYPE_CHECKING:
    from imagelint.store.database import Store
    from imagelint.store.runs import LastWorker

NOW = "2026-11-01T00:00:00Z"
TASK = NewRun("k", ("a",))


def dead(_worker: LastWorker) -> bool:
    return False


def alive(_worker: LastWorker) -> bool:
    return True


def write(store: Store, begun: Begun, *several: Finished) -> None:
    Writer(store, begun, lambda: NOW).write(several)


def test_what_was_cut_off_goes_on(store: Store) -> None:
    first = begin(store, TASK, Worker("h", 1), NOW, alive)
    again = begin(store, TASK, Worker("h", 2), NOW, dead)
    assert again == first._replace(resumed=True)


def test_beside_one_that_is_at_work_a_run_begins(store: Store) -> None:
    first = begin(store, TASK, Worker("h", 1), NOW, alive)
    assert begin(store, TASK, Worker("h", 2), NOW, alive).id != first.id
    assert begin(store, TASK._replace(key="other"), Worker("h", 3), NOW, dead).resumed is False


def test_who_worked_last_is_told(store: Store) -> None:
    asked: list[LastWorker] = []

    def remember(last: LastWorker) -> bool:
        asked.append(last)
        return False

    first = begin(store, TASK, Worker("h", 7), NOW, alive)
    touch(store, first, "2026-11-01T00:05:00Z")
    begin(store, TASK, Worker("h", 8), NOW, remember)
    assert [tuple(one) for one in asked] == [("h", 7, "2026-11-01T00:05:00Z")]


def test_the_shards_of_a_run_share_it_and_the_last_one_ends_it(store: Store) -> None:
    task = TASK._replace(shards=2)
    one = begin(store, task, Worker("h", 1, 1), NOW, alive)
    two = begin(store, task, Worker("g", 1, 2), NOW, alive)
    assert one.id == two.id
    write(store, one, finished(0))
    assert finish(store, one, (), NOW) == ("fail", False)
    assert Reader(store).runs(finished=True) == ()
    assert finish(store, two, (), NOW) == ("fail", True)
    assert begin(store, task, Worker("h", 1, 1), NOW, alive).id != one.id


def test_a_shard_that_is_through_begins_another_run(store: Store) -> None:
    task = TASK._replace(shards=2)
    one = begin(store, task, Worker("h", 1, 1), NOW, alive)
    finish(store, one, (), NOW)
    assert begin(store, task, Worker("h", 2, 1), NOW, dead).id != one.id


def outcome(store: Store, *several: Finished) -> str:
    begun = begin(store, TASK, Worker("h", 1), NOW, alive)
    write(store, begun, *several)
    return finish(store, begun, (), NOW).outcome


def passing(number: int = 1) -> Finished:
    one = finished(number)
    assert one.judgement is not None
    good = one.judgement._replace(outcome="pass", findings=(), key="good")
    return one._replace(judgement=good, result=one.result._replace(judgement=good.id))


def test_a_run_passes_only_if_everything_was_audited(store: Store) -> None:
    missing = Result("a/b:c", "a/b", "c", None, Category.GONE, "there is no such image")
    beside = Result("a/b:d", "a/b", "d", "sha256:0", Category.NOT_AN_IMAGE)
    assert outcome(store, passing()) == "pass"
    assert outcome(store, passing(), Finished(beside)) == "pass"
    assert outcome(store, passing(), Finished(missing)) == "incomplete"
    assert outcome(store, passing(), Finished(missing), finished(2)) == "fail"
    assert outcome(store) == "incomplete"
    assert outcome(store, Finished(beside)) == "incomplete"


def test_what_could_not_be_told_of_an_audited_image_leaves_a_run_incomplete(store: Store) -> None:
    problem = StoredProblem(Category.TIMED_OUT, "timed-out", "no answer")
    one = passing()
    assert outcome(store, one._replace(result=one.result._replace(problems=(problem,)))) == (
        "incomplete"
    )


def test_a_judgement_that_something_is_missing_in_is_not_taken_for_whole_later(
    store: Store,
) -> None:
    problem = StoredProblem(Category.TOOL_FAILED, "tool-failed", "no database")
    one = finished(0)
    assert one.judgement is not None
    assert one.judgement.outcome == "fail"
    begun = begin(store, TASK, Worker("h", 1), NOW, alive)
    write(store, begun, one._replace(result=one.result._replace(problems=(problem,))))
    assert Known(store).judgements([one.judgement.id]) == {}
    write(store, begin(store, TASK, Worker("h", 2), NOW, alive), one)
    assert Known(store).judgements([one.judgement.id]) == {one.judgement.id: one.result.signed}


def test_a_source_that_could_not_be_listed_is_a_problem_once(store: Store) -> None:
    begun = begin(store, TASK, Worker("h", 1), NOW, alive)
    said = (Category.THROTTLED, "unreachable", "too many requests", "later")
    for _ in range(2):
        add_source_problem(store, begun, "registry.example.com", [said])
    add_source_problem(store, begun, "other", [])
    write(store, begun, passing())
    assert finish(store, begun, (), NOW).outcome == "incomplete"
    (problem,) = Reader(store).problems(begun.id)
    assert (problem.reference, problem.category) == ("registry.example.com", "throttled")


def test_what_is_written_twice_is_there_once(store: Store) -> None:
    begun = begin(store, TASK, Worker("h", 1), NOW, alive)
    write(store, begun, finished(0), finished(0), finished(1))
    write(store, begun, finished(1))
    assert len(list(Reader(store).results(begun.id))) == 2


def test_a_tag_that_moves_begins_a_new_line_and_comes_back_as_another(store: Store) -> None:
    begun = begin(store, TASK, Worker("h", 1), NOW, alive)
    for day, build in ((1, 0), (2, 0), (3, 1), (4, 0)):
        at = f"2026-11-0{day}T00:00:00Z"
        Writer(store, begun, lambda at=at: at).write([finished(0, build)])  # type: ignore[misc]
    result = finished(0).result
    history = Reader(store).tag_history(result.repository, result.tag)
    assert [(one.first_seen[8:10], one.last_seen[8:10]) for one in history] == [
        ("04", "04"),
        ("03", "03"),
        ("01", "02"),
    ]


def test_results_are_filtered(filled: Store) -> None:
    reader = Reader(filled)

    def count(**wanted: Any) -> int:
        return len(list(reader.results(2, ResultFilter(**wanted))))

    assert (count(), count(category="unauthorized"), count(outcome="fail")) == (40, 3, 37)
    assert count(owner="platform") + count(owner="inference") + count(owner="") == 40
    assert (count(repository="*/team-1/*"), count(reference="*:v1")) == (8, 20)
    assert count(repository="%") == count(repository="registry_example*") == 0
    some = next(iter(reader.results(2)))
    assert count(digest=some.digest) == 1
    assert 0 < count(base=some.base) < 40


def test_a_shard_that_somebody_took_over_ends_twice_and_comes_to_the_same(store: Store) -> None:
    first = begin(store, TASK, Worker("h", 1), NOW, alive)
    other = begin(store, TASK, Worker("h", 2), NOW, dead)
    assert other == first._replace(resumed=True)
    write(store, other, finished(0))
    waivers = [UsedWaiver("root-user", "", "", "known", "", "policy")]
    ended = finish(store, other, waivers, NOW)
    write(store, first, finished(0))
    assert finish(store, first, waivers, NOW) == ended
    assert len(Reader(store).waivers(first.id)) == 1
