"""Which tool wrote a file of results, by its name and its first bytes."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation import (
    deepeval,
    helm,
    inspect_ai,
    lm_eval,
    openai_evals,
    promptfoo,
    ragas,
    simple,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

    from imagelint.documents.evaluation.results import ResultFile

Reader: TypeAlias = "Callable[[str, Iterable[bytes]], ResultFile]"

ARCHIVE = b"PK\x03\x04"
"""How a ZIP archive begins."""
HEAD = 64 * 1024
"""Bytes from which the format is told."""

NAMES = {
    "stats.json": helm.read_stats,
    "per_instance_stats.json": helm.read_instances,
    "run_spec.json": helm.read_spec,
}
PASSED_OVER = ("scenario_state.json", "scenario.json")
"""Files beside results that have none."""


class _Mark(NamedTuple):
    """What stands near the beginning of a format's files, and who reads them."""

    mark: re.Pattern[str]
    read: Reader


# The first that is met; those behind are told by fewer words.
_JSON: tuple[_Mark, ...] = (
    _Mark(pattern(r'"format"\s*:\s*"imagelint\.dev/evaluation-results'), simple.read_simple),
    _Mark(pattern(r'"evalId"\s*:|"results"\s*:\s*\{\s*"version"\s*:'), promptfoo.read_promptfoo),
    _Mark(pattern(r'"testCases"\s*:|"metricsScores"\s*:'), deepeval.read_deepeval),
    _Mark(pattern(r'"status"\s*:\s*"[a-z]+"\s*,\s*"eval"\s*:|"eval_id"\s*:'), inspect_ai.read_log),
    _Mark(
        pattern(r'"(?:n-shot|n-samples|higher_is_better|lm_eval_version)"\s*:'),
        lm_eval.read_results,
    ),
    _Mark(pattern(r'\{\s*"results"\s*:\s*\{'), lm_eval.read_results),
)
_LINES: tuple[_Mark, ...] = (
    _Mark(pattern(r'"format"\s*:\s*"imagelint\.dev/evaluation-results'), simple.read_simple_lines),
    _Mark(pattern(r'\s*\{\s*"spec"\s*:'), openai_evals.read_events),
    _Mark(pattern(r'"filtered_resps"\s*:|"doc_id"\s*:'), lm_eval.read_samples),
    _Mark(pattern(r'"(?:user_input|question|query)"\s*:'), ragas.read_rows),
)
_TABLE = pattern(r'(?:.*,)?"?(?:user_input|question|query)"?,')

KNOWN = (
    "lm-evaluation-harness, inspect_ai, promptfoo, DeepEval, Ragas, HELM, OpenAI evals, "
    "and the simple form of https://imagelint.dev/evaluation"
)


def read(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """The results in a file that is no archive.

    Raises:
        DocumentError: no tool that is known writes such files, or it cannot be read.
    """
    pieces = iter(chunks)
    first = next(pieces, b"")
    while len(first) < HEAD and (more := next(pieces, b"")):
        first += more
    if not first.strip():
        raise DocumentError(ProblemKind.UNPARSABLE, "is empty")
    reader = _reader(origin.replace("\\", "/").rpartition("/")[2].lower(), first)
    if reader is None:
        help_ = f"what can be read: {KNOWN}"
        raise DocumentError(
            ProblemKind.UNRECOGNISED, "is in no form of results that is known", help=help_
        )
    return reader(origin, chain((first,), pieces))


def _reader(name: str, first: bytes) -> Reader | None:
    head = first[:HEAD].decode("utf-8-sig", "replace")
    if name in NAMES:
        return NAMES[name]
    if name.endswith(".csv"):
        return ragas.read_table if _TABLE.match(head) else None
    lines = name.endswith((".jsonl", ".ndjson")) or _is_lines(head)
    marks = _LINES if lines else _JSON
    return next((mark.read for mark in marks if mark.mark.search(head)), None)


def _is_lines(head: str) -> bool:
    """Whether the first line is a whole value, and more follows."""
    line, end, rest = head.partition("\n")
    return bool(end and rest.strip()) and line.startswith("{") and line.rstrip().endswith("}")
