"""The page of a scorecard as a reader uses it, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

from imagelint.core.report import Problem, ProblemKind
from imagelint.core.serving.scorecard import SIGNALS, Point, Scorecard, Signal
from imagelint.reporters.scorecard import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser import Reading

HOSTILE = "</script><img src=x onerror=alert(1)>"


def signal(name: str, score: float | None, value: float) -> Signal:
    kind = SIGNALS[name]
    points = tuple(Point(1_800_000_000.0 + at * 60, value * (at % 5)) for at in range(30))
    return Signal(
        *kind, value=value, score=score, source=HOSTILE, why="" if score else HOSTILE, points=points
    )


CARD = Scorecard(
    HOSTILE,
    "vllm",
    "the last 1 h",
    (
        signal("ttft-p99", 0.4, 1.4),
        signal("kv-cache-use", 0.0, 0.99),
        signal("queue-depth", 1.0, 3),
        signal("error-rate", None, 0.02),
    ),
    (Problem(ProblemKind.TIMED_OUT, HOSTILE, HOSTILE, HOSTILE),),
)


def test_signals_are_shown_with_their_pictures(reading: Reading, tmp_path: Path) -> None:
    path = tmp_path / "scorecard.html"
    path.write_text("".join(load("html")(CARD)), encoding="utf-8")
    reading.open(path)
    page = reading.page
    assert page.inner_text(".verdict") == "fail"
    assert page.locator("tbody tr").count() == 4
    assert page.locator("svg.plot polyline").count() == 4
    assert page.locator("svg.plot").first.bounding_box() is not None
    badges = page.locator("tbody .badge").all_inner_texts()
    assert badges == ["0.40", "0.00", "1.00", "could not tell"]
    assert HOSTILE in page.inner_text("h1")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
