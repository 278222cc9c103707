"""Logs of OpenAI evals: JSON lines with a specification, events and a report at the end.

Read as they are documented. Source: openai/evals, `evals/record.py` (2026-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.evaluation.results import (
    Aggregate,
    ResultFacts,
    ResultFile,
    SampleTable,
    missing_key,
)
from imagelint.documents.evaluation.stream import read_lines
from imagelint.documents.image.jsonview import JsonView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TOOL = "OpenAI evals"
# Events with a score of their own; the others tell what was said and done.
_MATCH, _ACCURACY = "match", "accuracy"
_ROUNDED = 0.005
_SCORED = ("match", "metrics", "embedding", "function_call", "cond_logp", "pick_option")


def read_events(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """The events of one run.

    Raises:
        DocumentError: it is not such a file.
    """
    spec = report = JsonView(None)
    samples = SampleTable()
    errors = 0
    told = _Told()
    for _number, line in read_lines(chunks):
        if line["spec"].is_object:
            spec = line["spec"]
            told.specs += 1
        elif line["final_report"].is_object:
            report = line["final_report"]
            told.reports += 1
        elif line["type"].text in _SCORED:
            scores = dict(_scores(line))
            samples.add(line["sample_id"].text, scores)
            told.count(scores)
        elif line["type"].text == "error":
            errors += 1
    if spec.is_absent:
        raise missing_key(TOOL, ("spec",))
    aggregates = {
        key: Aggregate(number)
        for key, value in report.pairs()
        if (number := value.number) is not None
    }
    facts = ResultFacts(
        model=", ".join(spec["completion_fns"].texts()), created=spec["created_at"].text
    )
    defects = (*_defects(aggregates, report, errors), *told.contradictions(aggregates))
    return ResultFile(origin, TOOL, aggregates, samples, facts, defects)


class _Told:
    """What the events of a log tell of its report: how many runs it is of, and how many matched."""

    __slots__ = ("events", "matched", "matches", "reports", "specs")

    def __init__(self) -> None:
        self.specs = self.reports = self.events = self.matches = 0
        self.matched = 0.0

    def count(self, scores: Mapping[str, float | None]) -> None:
        """Count an event with scores."""
        self.events += 1
        self.matches += _MATCH in scores
        self.matched += scores.get(_MATCH) or 0.0

    def contradictions(self, aggregates: Mapping[str, Aggregate]) -> Iterator[str]:
        """What cannot be so: several runs in one log, or an accuracy that its matches lack.

        `evals/metrics.py` divides what matched by all matches; where there are other events, the
        accuracy may be of those.
        """
        if self.reports > 1 or self.specs > 1:
            yield "it holds several runs: their events cannot be told apart"
            return
        accuracy = aggregates.get(_ACCURACY)
        if accuracy is None or not self.events:
            return
        seen = self.matched / self.events
        if self.matches == self.events and abs(seen - accuracy.value) > _ROUNDED:
            yield (
                f"its `final_report` says an accuracy of {accuracy.value:g}, and "
                f"{self.matched:,.0f} of its {self.events:,} matches are correct"
            )


def _scores(event: JsonView) -> Iterator[tuple[str, float | None]]:
    data = event["data"]
    if event["type"].text == "match":
        yield _MATCH, float(data["correct"].flag)
        return
    for key, value in data.pairs():
        yield key, value.score


def _defects(aggregates: Mapping[str, Aggregate], report: JsonView, errors: int) -> Iterator[str]:
    if report.is_absent:
        yield "it has no `final_report`: its run did not come to an end"
    elif not aggregates:
        yield "its `final_report` has no number"
    if errors:
        yield f"{errors:,} events are errors"
