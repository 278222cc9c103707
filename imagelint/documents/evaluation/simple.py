"""Our own simple form of results, for tools that have none: JSON, or JSON lines.

    {"format": "imagelint.dev/evaluation-results/v1", "model": {"name": "tiny"},
     "samples": [{"id": "case-1", "cluster": "passage-1", "scores": {"accuracy": 1}}]}

As JSON lines the first line is the same without `samples`, and each other one is a sample.
`docs/evaluation-results.schema.json` is its schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.results import (
    Aggregate,
    ResultFacts,
    ResultFile,
    SampleTable,
    missing_key,
)
from imagelint.documents.evaluation.stream import JsonStream, read_lines
from imagelint.documents.image.jsonview import JsonView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TOOL = "imagelint"
FORMAT = "imagelint.dev/evaluation-results/v1"


def read_simple(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """Results as one JSON value.

    Raises:
        DocumentError: it is not of that form.
    """
    root: dict[str, JsonView] = {}
    samples = SampleTable()
    for member in JsonStream(chunks, (("samples",),)):
        if member.position is not None:
            _add(samples, member.value, "sample", member.position + 1)
        elif member.keys:
            root[member.keys[0]] = member.value
    return _result(origin, root, samples)


def read_simple_lines(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """Results as JSON lines.

    Raises:
        DocumentError: it is not of that form.
    """
    root: dict[str, JsonView] = {}
    samples = SampleTable()
    for number, line in read_lines(chunks):
        if not root:
            root = dict(line.pairs())
        else:
            _add(samples, line, "line", number)
    return _result(origin, root, samples)


def _add(samples: SampleTable, sample: JsonView, what: str, number: int) -> None:
    case, told = sample["id"].text, sample["scores"]
    if not case or not told.is_object:
        detail = f"{what} {number:,} has no `id` or no `scores`"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    scores: dict[str, float | None] = {}
    for name, value in told.pairs():
        scores[name] = score = value.score
        if score is None and not value.is_absent:
            detail = f"{what} {number:,}: `{name}` is no number"
            raise DocumentError(ProblemKind.UNPARSABLE, detail)
    samples.add(case, scores, sample["cluster"].text)
    for name, label in sample["labels"].pairs():
        human, judged = label.score, scores.get(name)
        if human is not None and judged is not None:
            samples.labels.setdefault(name, []).append((judged, human))


def _result(origin: str, root: Mapping[str, JsonView], samples: SampleTable) -> ResultFile:
    nothing = JsonView(None)
    if root.get("format", nothing).text != FORMAT:
        raise missing_key(TOOL, (f"format: {FORMAT}",))
    model = root.get("model", nothing)
    aggregates = {}
    for name, told in root.get("metrics", nothing).pairs():
        value, count = told["value"].number, told["n"].number
        if value is None:
            raise missing_key(TOOL, (f"metrics.{name}.value",))
        aggregates[name] = Aggregate(
            value, None if count is None else int(count), told["stderr"].number
        )
    facts = ResultFacts(
        model=model["name"].text,
        revision=model["revision"].text,
        quantization=model["quantization"].text,
        engine=root.get("engine", nothing).text,
        created=root.get("created", nothing).text,
        image=root.get("image", nothing).text,
        dataset=root.get("dataset", nothing)["sha256"].text,
        judges=root.get("judges", nothing).texts(),
    )
    told = root.get("errors", nothing)
    errors = told.number
    if not told.is_absent and (errors is None or errors < 0):
        raise DocumentError(ProblemKind.UNPARSABLE, "`errors` is no number of cases")
    defects = (f"{errors:,.0f} cases came to an error",) if errors else ()
    return ResultFile(origin, TOOL, aggregates, samples, facts, defects)
