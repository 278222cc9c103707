"""An evaluation as a statement: written for an image by digest, and read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.report import Outcome, ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.plan import DIGEST
from imagelint.documents.evaluation.report import (
    Answer,
    Comparison,
    DimensionResult,
    EvaluationReport,
    JudgeMismatch,
    RunDefect,
    StaleFact,
)
from imagelint.documents.image.jsonview import plain
from imagelint.documents.yaml.document import read_stream
from imagelint.documents.yaml.load import Cursor
from imagelint.documents.yaml.nodes import Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Node

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
OURS = "imagelint.dev/evaluation"
_ROUNDED = 1e-9
_RESULTS = {Outcome.PASS: "PASSED", Outcome.INCOMPLETE: "WARNED", Outcome.FAIL: "FAILED"}


def parse_statement(source: Source) -> EvaluationReport:
    """The evaluation of which a statement tells.

    Raises:
        DocumentError: it is no statement about one image, has no test result of ours, or says what
            can be read in two ways.
    """
    stream = read_stream(source, EvaluationReport.kind)
    if stream.duplicates or len(stream.documents) > 1:
        span = stream.duplicates[0].span if stream.duplicates else stream.documents[1].span
        raise DocumentError(ProblemKind.UNPARSABLE, "says one thing twice", span)
    root = Cursor(stream.documents[0] if stream.documents else None)
    predicate = root["predicate"]
    ours = predicate[OURS]
    if root["predicateType"].word() != PREDICATE or not isinstance(ours.node, Mapping):
        detail = f"is no statement with a test result of imagelint (`{OURS}`)"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    subjects = tuple(_items(root["subject"]))
    digest = f"sha256:{subjects[0].at('digest', 'sha256').word()}" if len(subjects) == 1 else ""
    if not DIGEST.fullmatch(digest):
        detail = "its subject is not one image with a SHA-256"
        raise DocumentError(ProblemKind.UNPARSABLE, detail, root["subject"].span)
    results = tuple(_dimension(place) for place in _items(ours["dimensions"]))
    facts = tuple(
        (key, plain(ours["evaluated"][key].word()))
        for key in ("model", "revision", "quantization", "engine", "version")
        if ours["evaluated"][key].word()
    )
    others = tuple(_others(predicate, ours))
    gaps = (_undecided(one, ours.span) for one in results if one.answer is Answer.CANNOT_TELL)
    return EvaluationReport(source, digest, results, others, facts, gaps=tuple(gaps))


def _undecided(one: DimensionResult, span: Span) -> DocumentError:
    detail = f"{one.name}: it could not be told whether it is worse than before"
    return DocumentError(ProblemKind.INCONCLUSIVE, detail, span)


def _items(place: Cursor) -> Iterator[Cursor]:
    if place.exists and not place.null and not isinstance(place.node, Sequence):
        raise DocumentError(ProblemKind.UNPARSABLE, f"`{place.path}` is no list", place.span)
    if isinstance(place.node, Sequence):
        for index in range(len(place.node.items)):
            yield place[index]


def _others(predicate: Cursor, ours: Cursor) -> Iterator[Node]:
    for place in _items(ours["stale"]):
        evaluated, used = _word(place, "evaluated"), _word(place, "used")
        yield StaleFact(place.span, _word(place, "what"), evaluated, used, place.path)
    for place in _items(ours["defects"]):
        yield RunDefect(place.span, _word(place, "origin"), _word(place, "what"), place.path)
    for place in _items(ours["judges"]):
        yield JudgeMismatch(place.span, _word(place, "declared"), _word(place, "used"), place.path)
    result = predicate["result"]
    if result.word() != _RESULTS[Outcome.PASS]:
        said = f"its result is {plain(result.word()) or 'not said'}, not PASSED"
        yield RunDefect(result.span, "the statement", said, "predicate.result")


def _word(place: Cursor, key: str) -> str:
    return plain(place[key].word())


def _number(place: Cursor) -> float | None:
    """The number that is there; None where nothing, or null, is written."""
    fact = place.number()
    return _needed(place) if fact is not ABSENT else None


def _needed(place: Cursor) -> float:
    fact = place.number()
    if not isinstance(fact, Known):
        raise DocumentError(ProblemKind.UNPARSABLE, f"`{place.path}` is no number", place.span)
    return float(fact.value)


def _dimension(place: Cursor) -> DimensionResult:
    value = _needed(place["value"])
    raw = _number(place["raw"])
    tolerance = _number(place["tolerance"])
    return DimensionResult(
        place["value"].span,
        plain(place["name"].word()),
        plain(place["metric"].word()),
        value=value,
        raw=value if raw is None else raw,
        cases=int(_number(place["cases"]) or 0),
        minimum=int(_number(place["minimum"]) or 0),
        higher_is_better=place["higherIsBetter"].word() != "false",
        threshold=_number(place["threshold"]),
        tolerance=tolerance,
        comparison=_comparison(place["comparison"], tolerance),
        path=place.path,
    )


def _comparison(place: Cursor, tolerance: float | None) -> Comparison | None:
    if not place.exists or place.null:
        return None
    try:
        answer = Answer(place["answer"].word())
    except ValueError:
        detail = f"`{place['answer'].path}` is none of: {', '.join(one.value for one in Answer)}"
        raise DocumentError(ProblemKind.UNPARSABLE, detail, place.span) from None
    needed, low = _number(place["needed"]), _needed(place["low"])
    # Ends of intervals are told in the unit of the metric: the last digit may be lost there.
    clear = tolerance is not None and low >= -tolerance - _ROUNDED * max(1.0, tolerance)
    if answer is Answer.NOT_COMPARED or (answer is Answer.CLEARS and not clear):
        detail = f"`{place['answer'].path}` is `{answer.value}`, which its numbers contradict"
        raise DocumentError(ProblemKind.UNPARSABLE, detail, place["answer"].span)
    return Comparison(
        answer,
        _needed(place["baseline"]),
        _needed(place["difference"]),
        low=low,
        high=_needed(place["high"]),
        p_value=_needed(place["pValue"]),
        method=_word(place, "method"),
        pairs=int(_number(place["pairs"]) or 0),
        needed=None if needed is None else int(needed),
    )


def write_statement(
    report: EvaluationReport,
    name: str,
    outcome: Outcome,
    configuration: Iterable[tuple[str, str]],
) -> str:
    """The statement about the image `name`; `configuration` are files with their SHA-256."""
    import json

    ours: dict[str, object] = {
        "evaluated": dict(report.facts),
        "dimensions": [_written(one) for one in report.results],
    }
    ours.update(_spoken_against(report))
    said = {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": report.digest.removeprefix("sha256:")}}],
        "predicateType": PREDICATE,
        "predicate": {
            "result": _RESULTS[outcome],
            "configuration": [
                {"name": file, "digest": {"sha256": digest}} for file, digest in configuration
            ],
            **_tests(report),
            OURS: ours,
        },
    }
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _tests(report: EvaluationReport) -> dict[str, list[str]]:
    tests: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for one in report.results:
        if not one.meets_threshold or one.answer is Answer.FAILS:
            tests["failedTests"].append(one.name)
        elif one.answer is Answer.CANNOT_TELL:
            tests["warnedTests"].append(one.name)
        else:
            tests["passedTests"].append(one.name)
    return tests


def _spoken_against(report: EvaluationReport) -> dict[str, list[dict[str, str]]]:
    said: dict[str, list[dict[str, str]]] = {}
    for node in report.inside:
        match node:
            case StaleFact(what=what, evaluated=evaluated, used=used):
                row = {"what": what, "evaluated": evaluated, "used": used}
                said.setdefault("stale", []).append(row)
            case RunDefect(origin=origin, what=what):
                said.setdefault("defects", []).append({"origin": origin, "what": what})
            case JudgeMismatch(declared=declared, used=used):
                said.setdefault("judges", []).append({"declared": declared, "used": used})
    return said


def _written(one: DimensionResult) -> dict[str, object]:
    row: dict[str, object] = {
        "name": one.name,
        "metric": one.metric,
        "value": one.value,
        "raw": one.raw,
        "cases": one.cases,
        "minimum": one.minimum,
        "higherIsBetter": one.higher_is_better,
        "threshold": one.threshold,
        "tolerance": one.tolerance,
    }
    if one.comparison is not None:
        told = one.comparison
        row["comparison"] = {
            "answer": told.answer.value,
            "baseline": told.baseline,
            "difference": told.difference,
            "low": told.low,
            "high": told.high,
            "pValue": told.p_value,
            "method": told.method,
            "pairs": told.pairs,
            "needed": told.needed,
        }
    return row
