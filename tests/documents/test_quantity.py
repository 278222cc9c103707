from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.documents.quantity import (
    COMPOSE_UNITS,
    MOST,
    parse_bytes,
    parse_count,
    parse_duration,
    parse_nginx_time,
    parse_port,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("2", 2),
        ("500m", 0.5),
        ("64m", 0.064),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1.", 1),
        ("+1", 1),
        ("-1k", -1000),
        ("1k", 1000),
        ("1Ki", 1024),
        ("8Gi", 8 * 2**30),
        ("8G", 8e9),
        ("1.5Ti", 1.5 * 2**40),
        ("2Pi", 2 * 2**50),
        ("1Ei", 2**60),
        ("1E", 1e18),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1e-3", 0.001),
        ("100n", 1e-7),
        ("100u", 1e-4),
        ("1K", None),
        ("1ki", None),
        ("8GB", None),
        ("8 Gi", None),
        ("", None),
        ("Gi", None),
        ("1e1000", MOST),
        ("-1e1000", -MOST),
        ("9Ei", MOST),
        ("99999999999E", MOST),
        ("0e999", 0),
        ("1e-999", 0),
        ("1e" + "9" * 18, MOST),
        ("1e" + "9" * 19, None),
        ("1" * 100, MOST),
        ("1" * 101, None),
        ("٣", None),
    ],
)
def test_kubernetes_quantities(text: str, value: float | None) -> None:
    assert parse_quantity(text) == (value if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("64m", 64 * 2**20),
        ("64mb", 64 * 2**20),
        ("64M", 64 * 2**20),
        ("64MiB", 64 * 2**20),
        ("2gb", 2 * 2**30),
        ("8g", 8 * 2**30),
        ("1.5g", 1.5 * 2**30),
        ("1024", 1024),
        ("1024b", 1024),
        ("1k", 1024),
        ("1t", 2**40),
        ("1p", 2**50),
        ("1ib", None),
        ("8Gi", None),
        ("-1", None),
        ("g", None),
        ("", None),
        ("9" * 200, None),
        ("9" * 90, None),
        ("8191p", 8191 * 2**50),
        ("8193p", None),
    ],
)
def test_sizes_of_compose(text: str, value: float | None) -> None:
    assert parse_bytes(text) == value


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("1m30s", 90),
        ("1h", 3600),
        ("500ms", 0.5),
        ("10us", 1e-5),
        ("10µs", 1e-5),
        ("1.5h", 5400),
        ("2h45m30.5s", 9930.5),
        ("1d", None),
        ("1w", None),
        ("292y", None),
        ("9223372036s", 9223372036),
        ("-9223372036s", -9223372036),
        ("9223372037s", None),
        ("9" * 90 + "h", None),
        ("0", 0),
        ("-5s", -5),
        ("+5s", 5),
        ("5", None),
        ("s", None),
        ("", None),
        ("--5s", None),
        ("5s ", None),
        ("5sx", None),
        ("1s" * 100, None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == (seconds if seconds is None else pytest.approx(seconds))


def test_compose_knows_days_and_weeks() -> None:
    assert parse_duration("1d12h", COMPOSE_UNITS) == 129600
    assert parse_duration("2w", COMPOSE_UNITS) == 1209600


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("007", 7),
        ("9223372036854775807", MOST),
        ("9223372036854775808", None),
        ("9" * 5000, None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1.0", None),
        ("1_0", None),
        ("٣", None),
        ("²", None),
        (" 1", None),
    ],
)
def test_counts(text: str, number: int | None) -> None:
    assert parse_count(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("8080", 8080), ("65535", 65535), ("65536", None), ("0", None), ("http", None)],
)
def test_ports(text: str, number: int | None) -> None:
    assert parse_port(text) == number


_LARGE = st.from_regex(
    r"[-+]?[0-9]{0,110}\.?[0-9]{0,110}([eE]-?[0-9]{0,20})?[a-zA-Zµ%]{0,2}", fullmatch=True
)


@given(_LARGE)
def test_numbers_of_any_length_are_finite_or_none(text: str) -> None:
    for parse in (parse_count, parse_quantity, parse_bytes, parse_duration):
        value = parse(text)
        assert value is None or abs(value) <= float(MOST)


@given(st.text(max_size=20))
def test_no_text_makes_them_fail(text: str) -> None:
    for parse in (parse_quantity, parse_bytes, parse_duration):
        value = parse(text)
        assert value is None or isinstance(value, float)


@pytest.mark.parametrize("text", ["9" * 200, f"{'9' * 200}!", f"{'9m' * 100}!"])
def test_a_long_time_of_nginx_takes_no_longer_than_others(text: str) -> None:
    # A number could be divided in 2^199 ways: this would not end.
    assert parse_nginx_time(text) is None
