from __future__ import annotations

import pytest

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.detect import detect
from imagelint.documents.metrics.card import parse_scorecard

HEAD = '{"schema": "imagelint.scorecard/1", '


def test_signals_are_read() -> None:
    text = HEAD + '"signals": [{"name": "a", "title": "A", "score": 0.4}], "fail_under": 0.5}'
    assert detect("card.json", text) == "scorecard"
    found = parse_scorecard(Source("card.json", text))
    (signal,) = found.signals
    assert (signal.name, signal.score, signal.fails) == ("a", 0.4, True)
    assert (signal.path, text[signal.span.start : signal.span.end]) == ("signals[0]", "0.4")
    assert [*found.nodes()] == [signal]
    assert not signal._replace(fail_under=0.0).fails
    assert signal._replace(score=0.0, fail_under=0.0).fails


def test_what_could_not_be_told_is_a_gap() -> None:
    body = (
        '"signals": [{"title": "A", "score": null, "why": "idle"}], "problems": [{"origin": "x"}]}'
    )
    found = parse_scorecard(Source("card.json", HEAD + body))
    assert [gap.message for gap in found.gaps] == ["A: could not tell: idle", "x: "]
    assert {gap.kind for gap in found.gaps} == {ProblemKind.INCONCLUSIVE}


@pytest.mark.parametrize("text", ["{}", HEAD + '"signals": []}', HEAD + '"signals": 3}', ""])
def test_what_is_no_scorecard_is_told(text: str) -> None:
    with pytest.raises(DocumentError):
        parse_scorecard(Source("card.json", text))
