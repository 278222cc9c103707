"""Test runs of DeepEval, as `DEEPEVAL_RESULTS_FOLDER` keeps them.

Source: confident-ai/deepeval, `deepeval/test_run/`, 4.3.1 (2026-11).
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
from imagelint.documents.evaluation.stream import JsonStream
from imagelint.documents.image.jsonview import JsonView

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TOOL = "DeepEval"
# `.latest_run_full.json` holds the run one level deeper.
_CASES = (("testCases",), ("testRunData", "testCases"))


def read_deepeval(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """The results of one test run.

    Raises:
        DocumentError: it is not such a file.
    """
    root: dict[str, JsonView] = {}
    samples = SampleTable()
    judges: dict[str, None] = {}
    for member in JsonStream(chunks, _CASES):
        if member.position is None:
            root[member.keys[-1]] = member.value
            continue
        case = member.value
        metrics = tuple(case["metricsData"].items())
        name = case["name"].text or str(member.position)
        samples.add(
            name,
            {metric["name"].text: metric["score"].score for metric in metrics},
            case["additionalMetadata"]["cluster"].text,
        )
        judges.update(dict.fromkeys(metric["evaluationModel"].text for metric in metrics))
    if "metricsScores" not in root and not len(samples):
        raise missing_key(TOOL, ("testCases", "metricsScores"))
    told = root.get("hyperparameters", JsonView(None))
    scores = tuple(root.get("metricsScores", JsonView(None)).items())
    facts = ResultFacts(
        model=told["model"].text,
        revision=told["revision"].text,
        quantization=told["quantization"].text,
        judges=tuple(filter(None, judges)),
    )
    aggregates = dict(_aggregates(scores))
    return ResultFile(origin, TOOL, aggregates, samples, facts, tuple(_defects(scores)))


def _aggregates(scores: Iterable[JsonView]) -> Iterator[tuple[str, Aggregate]]:
    for one in scores:
        values = [value for score in one["scores"].items() if (value := score.score) is not None]
        if values:
            mean = sum(values) / len(values)
            yield one["metric"].text, Aggregate(mean, len(values), is_mean=True)


def _defects(scores: Iterable[JsonView]) -> Iterator[str]:
    for one in scores:
        errors = one["errors"].number
        if errors:
            yield f"{one['metric'].text}: {errors:,.0f} cases came to an error"
