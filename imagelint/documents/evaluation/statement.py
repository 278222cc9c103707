"""An evaluation as a statement: written for an image by digest, and read again."""

from __future__ import annotations

from math import inf, isfinite
from typing import TYPE_CHECKING

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
from imagelint.documents.yaml.nodes import Mapping
from imagelint.documents.yaml.strict import (
    items,
    needed_number,
    number,
    read_object,
    truth,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Node
    from imagelint.documents.yaml.load import Cursor

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
    root = read_object(source, EvaluationReport.kind)
    predicate = root["predicate"]
    ours = predicate[OURS]
    if root["predicateType"].word() != PREDICATE or not isinstance(ours.node, Mapping):
        detail = f"is no statement with a test result of imagelint (`{OURS}`)"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    subjects = tuple(items(root["subject"]))
    digest = f"sha256:{subjects[0].at('digest', 'sha256').word()}" if len(subjects) == 1 else ""
    if not DIGEST.fullmatch(digest):
        detail = "its subject is not one image with a SHA-256"
        raise DocumentError(ProblemKind.UNPARSABLE, detail, root["subject"].span)
    results = tuple(_dimension(place) for place in items(ours["dimensions"]))
    for key, names in _tests(results).items():
        told = [plain(place.word()) for place in items(predicate[key])]
        if predicate[key].exists and sorted(told) != sorted(names):
            raise unreadable(predicate[key], "is not what its dimensions say")
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


def _others(predicate: Cursor, ours: Cursor) -> Iterator[Node]:
    for place in items(ours["stale"]):
        evaluated, used = _word(place, "evaluated"), _word(place, "used")
        yield StaleFact(place.span, _word(place, "what"), evaluated, used, place.path)
    for place in items(ours["defects"]):
        yield RunDefect(place.span, _word(place, "origin"), _word(place, "what"), place.path)
    for place in items(ours["judges"]):
        yield JudgeMismatch(place.span, _word(place, "declared"), _word(place, "used"), place.path)
    result = predicate["result"]
    if result.word() != _RESULTS[Outcome.PASS]:
        said = f"its result is {plain(result.word()) or 'not said'}, not PASSED"
        yield RunDefect(result.span, "the statement", said, "predicate.result")


def _word(place: Cursor, key: str) -> str:
    return plain(place[key].word())


def _dimension(place: Cursor) -> DimensionResult:
    value = needed_number(place["value"])
    raw = number(place["raw"])
    tolerance = number(place["tolerance"])
    return DimensionResult(
        place["value"].span,
        plain(place["name"].word()),
        plain(place["metric"].word()),
        value=value,
        raw=value if raw is None else raw,
        cases=int(number(place["cases"]) or 0),
        minimum=int(number(place["minimum"]) or 0),
        higher_is_better=truth(place["higherIsBetter"]) is not False,
        threshold=number(place["threshold"]),
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
        named = ", ".join(one.value for one in Answer)
        raise unreadable(place["answer"], f"is none of: {named}") from None
    needed, low = number(place["needed"]), _end(place["low"], -inf)
    # Ends of intervals are told in the unit of the metric: the last digit may be lost there.
    clear = tolerance is not None and low >= -tolerance - _ROUNDED * max(1.0, tolerance)
    if answer is Answer.NOT_COMPARED or (answer is Answer.CLEARS and not clear):
        raise unreadable(place["answer"], f"is `{answer.value}`, which its numbers contradict")
    return Comparison(
        answer,
        needed_number(place["baseline"]),
        needed_number(place["difference"]),
        low=low,
        high=_end(place["high"], inf),
        p_value=needed_number(place["pValue"]),
        method=_word(place, "method"),
        pairs=int(number(place["pairs"]) or 0),
        needed=None if needed is None else int(needed),
    )


def _end(place: Cursor, open_end: float) -> float:
    """An end of an interval: null where it has none, since JSON knows no infinite number."""
    return open_end if place.null else needed_number(place)


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
            **_tests(report.results),
            OURS: ours,
        },
    }
    return json.dumps(said, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _tests(results: Iterable[DimensionResult]) -> dict[str, list[str]]:
    tests: dict[str, list[str]] = {"passedTests": [], "warnedTests": [], "failedTests": []}
    for one in results:
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
            "low": told.low if isfinite(told.low) else None,
            "high": told.high if isfinite(told.high) else None,
            "pValue": told.p_value,
            "method": told.method,
            "pairs": told.pairs,
            "needed": told.needed,
        }
    return row
