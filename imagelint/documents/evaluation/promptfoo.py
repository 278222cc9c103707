"""Results of promptfoo, as `--output results.json` writes them.

Source: promptfoo/promptfoo, `site/docs/configuration/outputs.md` (2026-11).
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

TOOL = "promptfoo"


def read_promptfoo(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """The results of one run.

    Raises:
        DocumentError: it is not such a file.
    """
    root: dict[str, JsonView] = {}
    samples = SampleTable()
    models: dict[str, None] = {}
    judges: dict[str, None] = {}
    for member in JsonStream(chunks, (("results", "results"),)):
        if member.position is None:
            root[".".join(member.keys)] = member.value
            continue
        result = member.value
        _add(samples, result)
        models[result["provider"]["id"].text or result["provider"].text] = None
        judges.update(dict.fromkeys(_judges(result)))
    if "results.stats" not in root:
        raise missing_key(TOOL, ("results.stats",))
    stats = root["results.stats"]
    counts = [stats[key].number or 0 for key in ("successes", "failures", "errors")]
    facts = ResultFacts(
        model=", ".join(filter(None, models)),
        created=root.get("results.timestamp", JsonView(None)).text,
        judges=tuple(filter(None, judges)),
    )
    return ResultFile(
        origin, TOOL, dict(_aggregates(counts)), samples, facts, tuple(_defects(counts))
    )


def _add(samples: SampleTable, result: JsonView) -> None:
    scores: dict[str, float | None] = {
        "success": float(result["success"].flag),
        "score": result["score"].score,
    }
    scores.update({name: value.score for name, value in result["namedScores"].pairs()})
    # Of its test and its prompt: with several providers or prompts a test occurs again.
    case = str(int(result["testIdx"].number or 0))
    metadata, variables = result["testCase"]["metadata"], result["vars"]
    named = metadata["id"].text or variables["id"].text or case
    samples.add(named, scores, metadata["cluster"].text)


def _judges(result: JsonView) -> Iterator[str]:
    for part in result["gradingResult"]["componentResults"].items():
        provider = part["assertion"]["provider"]
        yield provider.text or provider["id"].text


def _aggregates(counts: list[float]) -> Iterator[tuple[str, Aggregate]]:
    total = sum(counts)
    if total:
        yield (
            "success",
            Aggregate(counts[0] / total, int(total), higher_is_better=True, is_mean=True),
        )


def _defects(counts: list[float]) -> Iterator[str]:
    if counts[2]:
        yield f"{counts[2]:,.0f} tests came to an error (`stats.errors`)"
