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
_SCORED = ("match", "metrics", "embedding", "function_call", "cond_logp", "pick_option")


def read_events(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """The events of one run.

    Raises:
        DocumentError: it is not such a file.
    """
    spec = report = JsonView(None)
    samples = SampleTable()
    errors = 0
    for _number, line in read_lines(chunks):
        if line["spec"].is_object:
            spec = line["spec"]
        elif line["final_report"].is_object:
            report = line["final_report"]
        elif line["type"].text in _SCORED:
            samples.add(line["sample_id"].text, dict(_scores(line)))
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
    return ResultFile(
        origin, TOOL, aggregates, samples, facts, tuple(_defects(aggregates, report, errors))
    )


def _scores(event: JsonView) -> Iterator[tuple[str, float | None]]:
    data = event["data"]
    if event["type"].text == "match":
        yield "match", float(data["correct"].flag)
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
