"""Logs of inspect_ai: `.eval`, a ZIP archive, and `.json`.

Source: UKGovernmentBEIS/inspect_ai, `src/inspect_ai/log/_log.py`, 0.3.285 (2026-11). Entries of
an archive are compressed with deflate, or with Zstandard by newer versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
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
    from collections.abc import Callable, Iterable, Iterator, Mapping

Members: TypeAlias = "Mapping[str, Callable[[], Iterable[bytes]]]"
"""The entries of an archive by name, each with a way to read it."""

TOOL = "inspect_ai"
# What `value_to_float` of its scorers makes of these.
_LETTERS = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0}
_MEANS = ("accuracy", "mean")
_CLUSTERS = ("cluster", "group", "passage")


def read_archive(origin: str, members: Members) -> ResultFile:
    """A log that is an archive.

    Raises:
        DocumentError: it is not such a log, or ends too early.
    """
    header = members.get("header.json")
    if header is None:
        detail = "is a log of inspect_ai without `header.json`: its run did not come to an end"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    root = {m.keys[0]: m.value for m in JsonStream(header(), (("-",),)) if m.keys}
    samples = SampleTable()
    errors = 0
    for sample in _samples(members):
        errors += _add(samples, sample)
    return _result(origin, root, samples, errors)


def _samples(members: Members) -> Iterator[JsonView]:
    summaries = members.get("summaries.json")
    if summaries is not None:  # the same scores without the transcripts, a hundredth of the size
        for member in JsonStream(summaries(), ((),)):
            yield member.value
        return
    for name, read in sorted(members.items()):
        if name.startswith("samples/"):
            for member in JsonStream(read(), ()):
                yield member.value


def read_log(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """A log that is JSON.

    Raises:
        DocumentError: it is not such a log, or ends too early.
    """
    root: dict[str, JsonView] = {}
    samples = SampleTable()
    errors = 0
    for member in JsonStream(chunks, (("samples",),)):
        if member.position is not None:
            errors += _add(samples, member.value)
        elif member.keys:
            root[member.keys[0]] = member.value
    return _result(origin, root, samples, errors)


def _add(samples: SampleTable, sample: JsonView) -> int:
    """Add a sample; 1 where it came to an error, else 0."""
    metadata = sample["metadata"]
    cluster = next((text for key in _CLUSTERS if (text := metadata[key].text)), "")
    scores = {
        name: value
        for scorer, told in sample["scores"].pairs()
        for name, value in _values(scorer, told["value"])
    }
    case = sample["id"]
    samples.add(case.text or str(case.number), scores, cluster)
    return int(bool(sample["error"]))


def _values(scorer: str, value: JsonView) -> Iterator[tuple[str, float | None]]:
    if value.is_object:
        for key, inner in value.pairs():
            yield f"{scorer}/{key}", _score(inner)
    else:
        yield scorer, _score(value)


def _score(value: JsonView) -> float | None:
    return _LETTERS.get(value.text) if value.text else value.score


def _result(
    origin: str, root: Mapping[str, JsonView], samples: SampleTable, errors: int
) -> ResultFile:
    if "eval" not in root or "status" not in root:
        raise missing_key(TOOL, ("eval", "status"))
    told = root["eval"]
    results = root.get("results", JsonView(None))
    scores = tuple(results["scores"].items())
    arguments = told["model_args"]
    judges = (judge["model"].text for _role, judge in told["model_roles"].pairs())
    return ResultFile(
        origin,
        TOOL,
        dict(_aggregates(scores)),
        samples,
        ResultFacts(
            model=told["model"].text,
            revision=arguments["revision"].text,
            quantization=arguments["quantization"].text,
            created=told["created"].text,
            judges=tuple(filter(None, judges)),
        ),
        tuple(_defects(root["status"].text, scores, errors)),
    )


def _aggregates(scores: Iterable[JsonView]) -> Iterator[tuple[str, Aggregate]]:
    for one in scores:
        metrics = one["metrics"]
        scored = one["scored_samples"].number
        stderr = metrics["stderr"]["value"].number
        for name, metric in metrics.pairs():
            value = metric["value"].number
            if value is None or name == "stderr":
                continue
            yield (
                f"{one['name'].text}/{name}",
                Aggregate(
                    value, None if scored is None else int(scored), stderr, is_mean=name in _MEANS
                ),
            )


def _defects(status: str, scores: Iterable[JsonView], errors: int) -> Iterator[str]:
    if status != "success":
        yield f"its status is `{status}`, not `success`"
    if errors:
        yield f"{errors:,} samples came to an error"
    for one in scores:
        unscored = one["unscored_samples"].number
        if unscored:
            yield f"{one['name'].text}: {unscored:,.0f} samples have no score"
