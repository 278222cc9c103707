from __future__ import annotations

from imagelint.evaluation.history import HistoryPoint, plot, table

POINTS = [
    HistoryPoint("2026-01-01", "v1", "sha256:" + "1" * 64, "pass", "2026-01-02", {"a": 0.9}, {}),
    HistoryPoint("2026-02-01", "", "sha256:" + "2" * 64, "fail", "", {"a": 0.5, "b": 1.0}, {}),
    HistoryPoint("2026-03-01", "v3", "sha256:" + "3" * 64, "pass", "", {"a": 0.7, "b": None}, {}),
]
POINTS[1] = POINTS[1]._replace(thresholds={"a": "0.8"}, failed=("a",))


def test_the_table_has_a_line_a_tag() -> None:
    assert list(table(POINTS)) == [
        "evaluated   tag  digest        outcome  promoted    a     b",
        "2026-01-01  v1   111111111111  pass     2026-01-02  0.9   -",
        "2026-02-01  -    222222222222  fail     -           0.5!  1",
        "2026-03-01  v3   333333333333  pass     -           0.7   -",
    ]


def test_the_plot_has_a_line_a_dimension_and_a_bar_a_tag() -> None:
    assert list(plot(POINTS)) == ["a  █▁▄  0.5 to 0.9", "b   ▅   1 to 1"]
    assert next(plot(POINTS[:2])) == "a  █▁  0.5 to 0.9, 0.8 is demanded"
    assert list(plot([POINTS[0]._replace(values={"c": None})])) == []
    assert list(plot([])) == []
