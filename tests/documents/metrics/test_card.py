from __future__ import annotations

import re

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


def card(body: str) -> str:
    return HEAD + body + "}"


ONE = '"signals": [{"title": "A", "score": 0.5, "value": 1.25, "target": 0.5, "breach": 2}]'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (card('"signals": [{"score": 0.1, "score": 1}]'), "says one thing twice"),
        (card(ONE) + "\n---\n" + card(ONE), "says one thing twice"),
        (card(ONE + ', "problems": {"a": 1}'), "`problems` is no list"),
        (card(ONE + ', "fail_under": "0.9"'), "`fail_under` is no number"),
        (card(ONE + ', "fail_under": 90'), "`fail_under` is not between 0 and 1"),
        (card('"signals": [{"score": 7}]'), "is not between 0 and 1"),
        (card('"signals": [{"score": "1"}]'), "is no number"),
        (card(ONE.replace("0.5,", "0.9,", 1)), "`signals[0].score` is not what its value is worth"),
        (card(ONE + ', "verdict": {"outcome": "fail"}'), "which its signals contradict"),
        (card('"signals": [{"score": 0}], "verdict": {"outcome": "pass"}'), "contradict"),
        (card('"signals": [{"score": null}], "verdict": {"outcome": "pass"}'), "contradict"),
        (card(ONE + ', "image": "latest"'), "`image` is no digest"),
    ],
)
def test_what_contradicts_itself_is_no_scorecard(text: str, said: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(said)):
        parse_scorecard(Source("card.json", text))


def test_what_was_written_is_read() -> None:
    parse_scorecard(Source("card.json", card(ONE + ', "verdict": {"outcome": "pass"}')))
    above = '"value": 2.5, "least": 2.5, "most": null, "target": 0.5, "breach": 2'
    breach = parse_scorecard(Source("card.json", card(f'"signals": [{{"score": 0, {above}}}]')))
    assert [one.fails for one in breach.signals] == [True]
