from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.documents.metrics import exposition
from imagelint.documents.metrics.exposition import (
    Limit,
    PageReader,
    Sample,
    from_pages,
    gathered,
)

NAMES = frozenset({"vllm:ttft_bucket", "vllm:num_preemptions_total", "tgi_request_count", "nv_x"})
PAGE = """\
# HELP vllm:ttft Time to first token
# TYPE vllm:ttft histogram
vllm:ttft_bucket{le="0.5",model_name="a \\"b\\" {c}, d"} 1.0
vllm:ttft_bucket{le="+Inf",model_name="a \\"b\\" {c}, d"} 2
vllm:ttft_sum{model_name="x"} 3
vllm:ttft_created 1.7e+09
# TYPE tgi_request_count counter
tgi_request_count 5
  nv_x  7 1700000000500
nv_xy 9
other{le="nv_x "} 3
vllm:num_preemptions_total NaN
"""


def read(text: str, step: int = 10_000) -> list[Sample]:
    reader = PageReader(NAMES)
    data = text.encode()
    for at in range(0, len(data), step):
        reader.take(data[at : at + step])
    return reader.samples()


def test_only_what_is_asked_for_is_read() -> None:
    found = read(PAGE)
    assert [sample.name for sample in found] == [
        *("vllm:ttft_bucket", "vllm:ttft_bucket"),
        *("tgi_request_count", "nv_x", "vllm:num_preemptions_total"),
    ]
    assert found[0].labels == {"le": "0.5", "model_name": 'a "b" {c}, d'}
    assert (found[3].value, found[3].time) == (7.0, 1_700_000_000.5)


@given(st.integers(1, 200))
def test_pieces_may_end_anywhere(step: int) -> None:
    assert repr(read(PAGE, step)) == repr(read(PAGE))


def test_the_last_line_needs_no_end() -> None:
    assert [sample.value for sample in read('nv_x 1\nnv_x{a="b"} 2')] == [1, 2]


def test_windows_line_ends_are_read() -> None:
    assert [sample.value for sample in read("nv_x 1\r\ntgi_request_count 2\r\n")] == [1, 2]


def test_open_metrics_are_read_with_their_exemplars() -> None:
    text = (
        "# TYPE vllm:ttft histogram\n"
        'vllm:ttft_bucket{le="0.5"} 1.0 1700000000.5 # {trace_id="x"} 0.3\n'
        'vllm:ttft_bucket{le="+Inf"} 2.0 1700000000.5\n'
        "# TYPE vllm:num_preemptions counter\n"
        "vllm:num_preemptions_total 4.0\n"
        "# EOF\n"
    )
    found = read(text)
    assert [(sample.value, sample.time) for sample in found] == [
        (1.0, 1_700_000_000.5),
        (2.0, 1_700_000_000.5),
        (4.0, None),
    ]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "<html>\n<body>nv_x 1</body>", "# only\n# comments\n", "nv_x is here\n"]
)
def test_what_is_no_page_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="no metrics page"):
        read(text)


@pytest.mark.parametrize("line", ['nv_x{a="b} 1', "nv_x one", "nv_x{a=b} 1"])
def test_a_wrong_line_among_those_asked_for_is_told(line: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(f"other 1\n{line}\n")


def test_a_wrong_line_elsewhere_is_nothing_to_us() -> None:
    assert len(read("other one two three\nnv_x 1\n")) == 1


@pytest.mark.parametrize(
    ("limit", "text", "said"),
    [
        ("MOST_LINES", "other 1\nother 2\nother 3\nother 4\n", "more than 3 lines"),
        ("MOST_SAMPLES", 'nv_x{a="1"} 1\nnv_x{a="2"} 2\nnv_x{a="3"} 3\nnv_x 4', "more than 3 sam"),
        ("_LONGEST_LINE", "nv_x 1", "more than 3 bytes"),
    ],
)
def test_a_page_is_bounded(
    monkeypatch: pytest.MonkeyPatch, limit: str, text: str, said: str
) -> None:
    monkeypatch.setattr(exposition, limit, 3)
    with pytest.raises(Limit, match=said):
        read(text)


def test_series_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exposition, "MOST_SERIES", 2)
    series = [Sample("m", {"pod": str(pod)}, 1.0) for pod in range(3)]
    assert len(gathered(series[:2] * 3).series["m"]) == 2
    with pytest.raises(Limit, match="more than 2 series"):
        gathered(series)


def test_two_values_at_one_time_are_those_of_several_servers() -> None:
    same = [Sample("m", {}, math.nan), Sample("m", {}, math.nan)]
    assert len(gathered(same).series["m"]) == 1
    with pytest.raises(ValueError, match="two values of one series of m"):
        gathered([Sample("m", {}, 1.0), Sample("m", {}, 2.0)])


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nv_x 1" + "0" * 400, "too large"),
        ("nv_x 1 " + "9" * 400, "too large"),
        ("tgi_request_count 5\nnv_x 1 NaN", "time is no number"),
    ],
)
def test_numbers_that_nothing_holds_are_told(line: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(line)


@pytest.mark.parametrize("line", ["a" + " " * 60_000 + "x", "a" + "1" * 60_000 + "x"])
def test_a_line_takes_no_more_than_its_length(line: str) -> None:
    with pytest.raises(ValueError, match="no metrics page"):
        read(line)


def test_a_long_line_within_a_piece_is_not_read() -> None:
    with pytest.raises(Limit, match="a line has more"):
        read("other{a=" + '"' * 70_000 + "} 1\nnv_x 3\n", 200_000)


def test_one_page_is_a_life() -> None:
    found = from_pages([[Sample("m", {}, 3.0)]])
    assert (found.lifetime, found.complete, found.seconds) == (True, True, 0)


def test_two_pages_are_a_time() -> None:
    found = from_pages([[Sample("m", {}, 3.0)], [Sample("m", {}, 5.0), Sample("n", {}, 1.0)]])
    assert (found.lifetime, found.complete) == (False, True)
    assert [point.value for point in found.series["m"][0].points] == [3, 5]
    assert found.series["n"][0].points[0].time == found.end


def test_samples_with_times_are_in_their_order() -> None:
    taken = [Sample("m", {}, 2.0, 20.0), Sample("m", {}, 1.0, 10.0)]
    found = from_pages([taken])
    assert (found.lifetime, found.complete, found.start, found.end) == (False, False, 10, 20)
    assert [point.value for point in found.series["m"][0].points] == [1, 2]


def test_no_samples_are_no_time() -> None:
    assert from_pages([[]]).seconds == 0


def test_a_million_lines_are_read_in_little_memory() -> None:
    reader = PageReader(NAMES)
    piece = b'other{pod="a"} 1\n' * 10_000
    for _ in range(99):
        reader.take(piece)
    reader.take(b"nv_x 3\n" + piece[: -len(piece) // 10])
    assert len(reader._lines) == 1
    assert [sample.value for sample in reader.samples()] == [3]
    with pytest.raises(Limit, match="1,000,000 lines"):
        reader.take(piece)
