from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING

import promql_parser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.promql import reader
from imagelint.documents.promql.join import Join, MismatchError
from imagelint.documents.promql.reader import Reading, read_promql
from imagelint.documents.promql.tree import (
    Aggregation,
    Binary,
    Call,
    Expression,
    Number,
    Place,
    Selector,
    inner,
    nested,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

METRICS = st.sampled_from(["up", "vllm:num_requests_waiting", "sum", "by", "on", "a_total", ":x"])
LABELS = st.sampled_from(["job", "le", "by", "on", "offset"])
WINDOWS = st.sampled_from(["5m", "1h30m", "30s", "1d"])
RESOLUTIONS = st.sampled_from(["", "1m"])
BLANK = st.sampled_from(["", " ", "\n  ", " # why\n"])
SHIFTS = st.sampled_from(["", " offset 5m", " offset -1h", " @ 1700000000", " @ end()"])
MATCHERS = st.builds(
    lambda label, sign, value, quote: f"{label}{sign}{quote}{value}{quote}",
    LABELS,
    st.sampled_from(["=", "!=", "=~", "!~", " = "]),
    st.sampled_from(["a", "a|b", "x y", "(5)"]),
    st.sampled_from(['"', "'", "`"]),
)


def braces(matchers: list[str], comma: str) -> str:
    return "{" + ",".join(matchers) + (comma if matchers else "") + "}"


BRACES = st.one_of(
    st.just(""), st.builds(braces, st.lists(MATCHERS, max_size=2), st.sampled_from(["", ","]))
)
SERIES = st.builds("{}{}".format, METRICS, BRACES)
VECTORS = st.builds("{}{}".format, SERIES, SHIFTS)
RANGES = st.builds("{}[{}]{}".format, SERIES, WINDOWS, SHIFTS)
NUMBERS = st.sampled_from(["1", "-2.5", "1e3", "0x1F", "Inf", "NaN", "5m", ".5", "- 3"])
GROUPINGS = st.sampled_from(["", "by (le)", "without (job, le)", "BY(le,)"])


def larger(smaller: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions that are made of vectors, and are vectors again."""
    signs = st.sampled_from(["+", "-", "*", "/", "%", "^", ">", "<= bool", "==", "atan2"])
    matching = st.sampled_from(["", "on (job)", "ignoring(le) group_left", "on(a) group_right (b)"])
    sets = st.sampled_from(["and", "or", "unless on (job)", "AND"])
    return st.one_of(
        st.builds("({}{}{})".format, BLANK, smaller, BLANK),
        st.builds("-{}{}".format, BLANK, smaller),
        st.builds("+{}".format, smaller),
        st.builds("{}({}{})".format, st.sampled_from(["abs", "sort"]), BLANK, smaller),
        st.builds("{}({})".format, st.sampled_from(["rate", "delta"]), RANGES),
        st.builds(
            "max_over_time(({})[{}:{}])".format, smaller, WINDOWS, st.sampled_from(["", "1m"])
        ),
        st.builds("sum {} ({})".format, GROUPINGS, smaller),
        st.builds("avg({}){}{}".format, smaller, BLANK, GROUPINGS),
        st.builds("topk {} (3, {})".format, GROUPINGS, smaller),
        st.builds('label_replace({}, "a", "$1", "b", "(.*)")'.format, smaller),
        st.builds("{} {} {} {}".format, smaller, signs, matching, smaller),
        st.builds("{} {} {}".format, smaller, st.sampled_from(["*", ">"]), NUMBERS),
        st.builds("{} / {}{}".format, NUMBERS, BLANK, smaller),
        st.builds("{} {} {}".format, smaller, sets, smaller),
    )


EXPRESSIONS = st.recursive(VECTORS, larger, max_leaves=6)


def parse(text: str) -> str | None:
    """What Prometheus' grammar makes of a text, None where it is none."""
    try:
        return str(promql_parser.parse(text).prettify())
    except ValueError:
        return None


def slices(text: str) -> Iterator[tuple[Expression, str]]:
    tree = read_promql(text).tree
    assert tree is not None, text
    for node, _ in nested(tree):
        yield node, text[node.place.start : node.place.end]


@given(EXPRESSIONS)
@settings(max_examples=300, deadline=None)
def test_the_slice_of_each_node_is_that_node(text: str) -> None:
    if parse(text) is None:
        return
    for node, piece in slices(text):
        made = read_promql(piece).tree
        assert made is not None, piece
        assert without_places(made) == without_places(node)
        assert piece == piece.strip()


@given(EXPRESSIONS)
@settings(max_examples=100, deadline=None)
def test_words_stand_where_a_node_says(text: str) -> None:
    if parse(text) is None:
        return
    for node, _ in slices(text):
        match node:
            case Selector() if node.metric:
                assert text[slice(*node.name)] == node.metric
            case Call():
                assert text[slice(*node.name)] == node.function
            case Aggregation():
                assert text[slice(*node.name)].lower() == node.operator
            case Binary():
                assert text[slice(*node.sign)].lower() == node.operator
            case _:
                pass


@given(st.text(alphabet="sumrate(){}[]5m:,\"'`$#\\ \n=~!+-*/^<>@|ab_x01.", max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_text_raises(text: str) -> None:
    reading = read_promql(text)
    assert 0 <= reading.start <= reading.end <= max(len(text), reading.end)
    if reading.tree is not None:
        assert all(piece for _, piece in slices(text))


def without_places(node: object) -> object:
    """A node and what is in it, wherever it stands."""
    if isinstance(node, Place):
        return None
    if isinstance(node, float):
        return repr(node)
    if isinstance(node, tuple):
        return (type(node), *map(without_places, node))
    return node


def selector(text: str) -> Selector:
    tree = read_promql(text).tree
    assert isinstance(tree, Selector)
    return tree


def test_a_selector() -> None:
    found = selector('vllm:kv{pod=~"a|b", job!="c"}[5m] offset 1h')
    assert found.metric == "vllm:kv"
    assert found.window == Known(300.0)
    assert [(one.label, one.operator, one.value) for one in found.matchers] == [
        ("pod", "=~", "a|b"),
        ("job", "!=", "c"),
    ]
    matcher = found.label("job")
    assert matcher is not None
    assert matcher.value == "c"
    assert found.label("le") is None
    assert selector("up").window is ABSENT


@pytest.mark.parametrize(
    "text", ['{"vllm:kv"}', '{__name__="vllm:kv", job="a"}', '{job="a", "vllm:kv"}']
)
def test_a_metric_among_the_matchers(text: str) -> None:
    found = selector(text)
    assert found.metric == "vllm:kv"
    assert text[slice(*found.name)] == "vllm:kv"


def test_alternatives_of_matchers() -> None:
    found = selector('{a="b" or c="d"}')
    assert [one.label for one in found.matchers] == ["a", "c"]


def test_what_is_escaped() -> None:
    assert selector(r'up{a="x\"y\\z"}').matchers[0].value == 'x"y\\z'


def test_a_function_of_an_older_release() -> None:
    assert isinstance(read_promql("holt_winters(up[5m], 0.1, 0.2)").tree, Call)


def test_parentheses_are_seen_through() -> None:
    tree = read_promql("((up))").tree
    assert tree is not None
    assert isinstance(inner(tree), Selector)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("sum(rate(up)) > 1", "rate(up)", "expected type matrix"),
        ("up > 1;", ";", "unexpected `;`"),
        ("up +", "up +", "invalid"),
        ("sum(up) + avg((up", "(up", "unclosed"),
        ("sum by (le (up)", "sum by (le (up)", "unclosed"),
        ("", "", "no expression"),
        ('up{a="b', '"', "unexpected"),
        ("rate(up[999999999999999])", "999999999999999", "out of range"),
        ("max_over_time(up[999y:1m])", "999y", "out of range"),
        ("max_over_time(up[1h:1e30])", "1e30", "out of range"),
        ("up offset -1e999", "1e999", "out of range"),
        ("up offset NaN", "NaN", "out of range"),
        ("rate(up[0x" + "f" * 300 + "])", "0x" + "f" * 300, "out of range"),
        ("rate(up[9223372037])", "9223372037", "out of range"),
    ],
)
def test_what_is_wrong_and_where(text: str, place: str, message: str) -> None:
    reading = read_promql(text)
    assert reading.tree is None
    assert message in reading.message
    assert text[reading.start : reading.end] == place


@pytest.mark.parametrize(
    "text",
    ["rate(up[9223372036])", "rate(up[0x10])", "up[1.5]", "up offset 5m", "up @ 1e30 > 1e30"],
)
def test_what_prometheus_can_hold_is_read(text: str) -> None:
    assert read_promql(text).tree is not None


def test_who_gives_up_the_query_does_not_end_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    def parse(_text: str) -> None:
        raise panic("too big")

    monkeypatch.setattr(reader, "_parser", lambda: parse)
    reading = read_promql("up")
    assert (reading.tree, reading.message) == (None, "")
    assert reading.unread == "the parser of queries cannot read it: too big"


@pytest.mark.parametrize(
    "text", ["(" * 300 + "x" + ")" * 300, "x" + "+x" * 300, "x" * 70_000, "(" * 100_000]
)
def test_what_is_too_deep_for_the_parser_is_not_read(text: str) -> None:
    reading = read_promql(text)
    assert reading.tree is None
    assert reading.message == ""
    assert "more than 250" in reading.unread or "longer than" in reading.unread


@pytest.mark.parametrize(
    "text",
    [
        "rate(up[$__rate_interval])",
        "rate(up[${window}m])",
        "rate(up[[[range]]])",
        "max_over_time(up[1h:$step])",
        "up offset $shift",
        "topk($n, up)",
        "histogram_quantile($q, up)",
        "up > $limit",
        "up * $__range_s",
        "sum by ($by) (up)",
        "${prefix}_total{a='b'}",
        "vllm:${metric}:sum[5m]",
        "$metric[5m]",
        'up{pod=~"$pod", $filter}',
        'up{$filter, pod=~"${pod:regex}"}',
        "$a / $b > 5",
        "up # of $x\n",
    ],
)
def test_variables_of_dashboards(text: str) -> None:
    reading = read_promql(text)
    assert reading.tree is not None
    for node, piece in slices(text):
        assert piece.strip() == piece
        if isinstance(node, Selector) and "$" in text[slice(*node.name)]:
            assert node.metric == ""


def test_what_a_variable_says_is_unknown() -> None:
    assert selector("up[$window]").window is UNKNOWN
    assert selector('up{a="$b"}').matchers[0].value is None
    tree = read_promql("up > $limit").tree
    assert isinstance(tree, Binary)
    assert isinstance(tree.right, Number)
    assert not tree.right.known


@pytest.mark.parametrize("text", ["$f(up[5m])", "sum($x", "up $x up", "$a ; $b", "{$a}"])
def test_what_a_variable_keeps_from_being_read_is_not_complained_of(text: str) -> None:
    assert read_promql(text) == Reading(None, "", *read_promql(text)[2:])


def test_words_that_are_not_those_of_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Expression:
        raise MismatchError

    monkeypatch.setattr(Join, "whole", refuse)
    reading = read_promql("up")
    assert reading == Reading(unread="it cannot be told where the parts of the query stand")


@pytest.mark.parametrize(
    "text",
    [
        "x default 0",
        "a if b",
        "sum(rate(x)) keep_metric_names",
        "WITH (a = b) a > 1",
        "sum(median_over_time(x[1h]))",
        "x[5i] offset 1i",
        "x > 1.5Gi",
        "(a, b) > 1",
        'union(a, "b")',
        "avg_over_time(x[1.5h])",
    ],
)
def test_what_may_be_metricsql_is_not_called_wrong(text: str) -> None:
    assert read_promql(text) == Reading(unread="the query may be MetricsQL, which is not read")


@pytest.mark.parametrize(
    "text",
    [
        "rate(x[5m + 1m])",
        "rate(x[step()])",
        "x offset (5m * 2)",
        "increase(x[5m] smoothed)",
        "x anchored",
        "x </ 2",
        "x > 1_000",
    ],
)
def test_what_newer_releases_read_is_not_called_wrong(text: str) -> None:
    told = "the query may be PromQL of a newer release, which is not read"
    assert read_promql(text) == Reading(unread=told)


@pytest.mark.parametrize(
    "text",
    [
        'sum(rate({app="x"} |= "error" [5m])) > 10',
        'count_over_time({app="x"} != "ok" [5m])',
        'sum by (pod) (bytes_rate({app="x"}[5m]))',
    ],
)
def test_nothing_is_told_of_queries_for_logs(text: str) -> None:
    assert read_promql(text) == Reading()


@pytest.mark.parametrize(
    "text",
    [
        "default > 1;",
        'x{a=" if b", }}',
        "limit(x)",
        'x{a="5i"};',
        "(x{a='1', b='2'};",
        "sum(x, 1) # (a, b)",
        "x[5m;1_m]",
        "foo(x[5m])",
    ],
)
def test_what_no_language_reads_is_wrong(text: str) -> None:
    assert read_promql(text).message


@pytest.mark.parametrize(
    "text",
    [
        "rate(x[5m] @ start() offset -1h)",
        '{"a.b", job="c"}',
        '{__name__=~"vllm:.*"}',
        "limitk(5, up)",
        "info(up, {k8s_cluster='a'})",
        "histogram_avg(rate(x[5m]))",
        "histogram_fraction(0, 0.2, rate(x[1h]))",
        "mad_over_time(x[5m])",
        "double_exponential_smoothing(x[5m], 0.5, 0.5)",
    ],
)
def test_what_is_new_and_known_is_read(text: str) -> None:
    assert read_promql(text).tree is not None


@pytest.mark.parametrize(
    "part",
    ["a", "[+", "+", " ", "9_", "'\\", '"a\\', "${a", "$a,", "a offset ", "by ", "} ", "1."],
)
def test_what_is_no_query_takes_no_time(part: str) -> None:
    """What looks for other languages and for variables reads each sign a few times at most."""
    long = part * (20_000 // len(part))
    before = process_time()
    for text in (f"x offset{long};", f"[{long};", f"{long};", f'$a "{long}'):
        read_promql(text)
    assert process_time() - before < 2
