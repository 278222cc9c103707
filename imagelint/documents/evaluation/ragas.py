"""Rows of Ragas, one a sample, as `to_pandas()` or an experiment's backend writes them.

CSV or JSON lines; Ragas has no format of its own for results. A column is a metric where all that
stands in it are numbers. Source: explodinggradients/ragas, `src/ragas/`, 0.4.3 (2026-11).
"""

from __future__ import annotations

import csv
from codecs import getincrementaldecoder
from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.results import ResultFile, SampleTable, missing_key
from imagelint.documents.evaluation.stream import LARGEST_ELEMENT, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TOOL = "Ragas"
QUESTIONS = ("user_input", "question", "query")
_TEXTS = (*QUESTIONS, "response", "reference", "retrieved_contexts", "reference_contexts", "id")


def read_rows(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """Rows as JSON lines.

    Raises:
        DocumentError: a line is no JSON, or a row has no question.
    """
    samples = SampleTable()
    for number, row in read_lines(chunks):
        scores = {key: value.score for key, value in row.pairs() if key not in _TEXTS}
        texts = {key: value.text for key, value in row.pairs() if value.text}
        _add(samples, texts, scores, number)
    return ResultFile(origin, TOOL, {}, samples)


def read_table(origin: str, chunks: Iterable[bytes]) -> ResultFile:
    """Rows as CSV.

    Raises:
        DocumentError: it is no CSV, or a row has no question.
    """
    csv.field_size_limit(LARGEST_ELEMENT)
    samples = SampleTable()
    rows = csv.DictReader(_text_lines(chunks), strict=True)
    try:
        for row in rows:
            texts = {key: value for key, value in row.items() if key and value}
            cells = ((key, value) for key, value in row.items() if key and key not in _TEXTS)
            scores = {key: _number(value or "") for key, value in cells}
            _add(samples, texts, scores, rows.line_num)
    except (csv.Error, UnicodeDecodeError) as error:
        detail = f"line {rows.line_num:,} is no CSV: {error}"
        raise DocumentError(ProblemKind.UNPARSABLE, detail) from None
    return ResultFile(origin, TOOL, {}, samples)


def _add(
    samples: SampleTable,
    texts: Mapping[str, str],
    scores: Mapping[str, float | None],
    number: int,
) -> None:
    asked = next((texts[key] for key in ("id", *QUESTIONS) if key in texts), "")
    if not asked:
        error = missing_key(TOOL, ("user_input",))
        raise DocumentError(error.kind, f"line {number:,} {error.message}")
    samples.add(asked, scores, texts.get("cluster", ""))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return {"True": 1.0, "False": 0.0}.get(text)


def _text_lines(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = getincrementaldecoder("utf-8-sig")()
    rest = ""
    for chunk in chunks:
        *whole, rest = (rest + decoder.decode(chunk)).split("\n")
        yield from (f"{line}\n" for line in whole)
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest
