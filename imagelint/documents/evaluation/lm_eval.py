"""Results of lm-evaluation-harness: `results_<date>.json` and `samples_<task>_<date>.jsonl`.

Source: EleutherAI/lm-evaluation-harness, `lm_eval/result_schema.py` and
`lm_eval/loggers/evaluation_tracker.py`, 0.4.13 (2026-11).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
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
    from collections.abc import Iterable, Iterator

TOOL = "lm-evaluation-harness"
# The metrics that it aggregates by their mean, among those of its tasks.
_MEANS = ("acc", "acc_norm", "exact_match", "em", "f1")
_TASK = pattern(r"samples_(?P<task>.+?)_\d{4}-\d\d-\d\dT.*\.jsonl", re.IGNORECASE)


def read_results(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """The results as a whole.

    Raises:
        DocumentError: it is not such a file.
    """
    root: dict[str, JsonView] = {}
    for member in JsonStream(chunks, (("-",),)):
        if member.keys:
            root[member.keys[0]] = member.value
    if "results" not in root:
        raise missing_key(TOOL, ("results",))
    whole = JsonView(None)
    aggregates = {
        name: aggregate
        for task, values in root["results"].pairs()
        for name, aggregate in _metrics(task, values, root)
    }
    config = root.get("config", whole)
    arguments = config["model_args"]
    return ResultFile(
        origin,
        TOOL,
        aggregates,
        SampleTable(),
        ResultFacts(
            model=_model(root, arguments),
            revision=arguments["revision"].text or config["model_revision"].text,
            quantization=arguments["quantization"].text,
            created=str(root.get("date", whole).number or ""),
        ),
        tuple(_limited(root.get("n-samples", whole))),
    )


def _model(root: dict[str, JsonView], arguments: JsonView) -> str:
    return arguments["pretrained"].text or arguments["model"].text or _text(root, "model_source")


def _text(root: dict[str, JsonView], key: str) -> str:
    """The text under a key of the whole; empty where there is none."""
    return root[key].text if key in root else ""


def _metrics(
    task: str, values: JsonView, root: dict[str, JsonView]
) -> Iterator[tuple[str, Aggregate]]:
    nothing = JsonView(None)
    counts = root.get("n-samples", nothing)[task]
    directions = root.get("higher_is_better", nothing)[task]
    for key, value in values.pairs():
        metric, comma, chosen = key.partition(",")
        number = value.number
        if not comma or number is None or metric.endswith("_stderr"):
            continue
        better = directions[metric]
        count = counts["effective"].number
        yield (
            f"{task}/{key}",
            Aggregate(
                number,
                None if count is None else int(count),
                values[f"{metric}_stderr,{chosen}"].number,
                None if better.is_absent else better.flag,
                metric in _MEANS,
            ),
        )


def _limited(counts: JsonView) -> Iterator[str]:
    for task, count in counts.pairs():
        original, effective = count["original"].number, count["effective"].number
        if original is not None and effective is not None and effective < original:
            yield f"{task}: {effective:,.0f} of {original:,.0f} cases were evaluated (`--limit`)"


def read_samples(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """The samples of one task, as `--log_samples` writes them.

    Raises:
        DocumentError: it is not such a file.
    """
    named = _TASK.fullmatch(origin.replace("\\", "/").rpartition("/")[2])
    task = f"{named['task']}/" if named else ""
    samples = SampleTable()
    for _number, line in read_lines(chunks):
        metrics = line["metrics"].texts()
        if line["doc_id"].is_absent or not metrics:
            raise missing_key(TOOL, ("doc_id", "metrics"))
        chosen = line["filter"].text or "none"
        # The same document has the same hash in every run, whatever its place in the set.
        case = line["doc_hash"].text or str(line["doc_id"].number)
        scores = {f"{task}{metric},{chosen}": line[metric].score for metric in metrics}
        samples.add(case, scores)
    return ResultFile(origin, TOOL, {}, samples)
