from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.store.promotions import (
    EvaluationRecord,
    Measure,
    Promotion,
    VerdictRecord,
    evaluations,
    previous,
    promotions,
    write_evaluation,
    write_verdict,
)

if TYPE_CHECKING:
    from imagelint.store.database import Store

NAME = "registry.example.com/llm/chat"
FIRST, SECOND = ("sha256:" + digit * 64 for digit in "12")
MEASURES = (Measure("accuracy", "exact", 0.9, 800, "0.88", "pass"), Measure("tone", "t", None))


def evaluated(digest: str, outcome: str = "pass") -> EvaluationRecord:
    files = ((f"/results/{digest[-1]}.jsonl", digest),)
    return EvaluationRecord(NAME, f"v{digest[-1]}", digest, "suite", outcome, files, MEASURES)


def gated(digest: str, outcome: str = "pass") -> VerdictRecord:
    return VerdictRecord(NAME, f"v{digest[-1]}", digest, outcome, "sha256:p", "{}")


def test_an_evaluation_is_read_as_it_was_written_and_kept_once(store: Store) -> None:
    for now in ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"):
        write_evaluation(store, evaluated(FIRST), now)
    (found,) = evaluations(store, NAME)
    assert found == evaluated(FIRST)._replace(at="2026-01-01T00:00:00Z")
    write_evaluation(store, evaluated(FIRST, "fail"), "2026-01-03T00:00:00Z")
    write_evaluation(store, evaluated(SECOND)._replace(measures=(), files=()), "2026-01-03")
    assert [one.outcome for one in evaluations(store, NAME)] == ["pass", "fail", "pass"]
    assert evaluations(store, "registry.example.com/llm/other") == ()


def test_a_verdict_that_passes_promotes_and_knows_what_was_before(store: Store) -> None:
    write_verdict(store, gated(FIRST, "fail"), "2026-01-01T00:00:00Z")
    assert promotions(store, NAME) == ()
    for now in ("2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"):
        write_verdict(store, gated(FIRST), now)
    write_verdict(store, gated(SECOND), "2026-01-04T00:00:00Z")
    assert promotions(store, NAME) == (
        Promotion("2026-01-02T00:00:00Z", "v1", FIRST, ""),
        Promotion("2026-01-04T00:00:00Z", "v2", SECOND, FIRST),
    )


def test_the_previous_evaluation_is_that_of_what_was_promoted_last(store: Store) -> None:
    for digest in (FIRST, SECOND):
        write_evaluation(store, evaluated(digest), "2026-01-01T00:00:00Z")
    assert previous(store, NAME, SECOND) is None
    write_verdict(store, gated(FIRST), "2026-01-02T00:00:00Z")
    before = previous(store, NAME, SECOND)
    assert before is not None
    assert (before.digest, before.tag) == (FIRST, "v1")
    assert previous(store, NAME, FIRST) is None
    third = "sha256:" + "3" * 64
    write_verdict(store, gated(third), "2026-01-03T00:00:00Z")
    assert previous(store, NAME, SECOND) is None, "nobody evaluated the third"
