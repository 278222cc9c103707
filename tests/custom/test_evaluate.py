from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from cel_expr_python import cel
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imagelint.core.fact import ABSENT, UNKNOWN
from imagelint.custom.binding import ExpressionError, parsed
from imagelint.custom.expression import Call, Constant, Name
from imagelint.custom.values import (
    Entries,
    EvaluationError,
    ExhaustedError,
    Item,
    Items,
    Record,
)
from tests.custom.evaluating import evaluated

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN = {"n": 3, "d": 2.5, "t": "abc", "y": True, "l": [1, 2, 3], "m": {"a": 1, "b": "x"}}
ORACLE = cel.NewEnv(variables=dict.fromkeys(KNOWN, cel.Type.DYN))
# What people write in conditions: each is what Google's own evaluator makes of it.
EXPRESSIONS = (
    "n + 1 == 4",
    "n - 5",
    "-n * 2",
    "7 / 2",
    "-7 / 2",
    "-7 % 3",
    "7 % -3",
    "d / 2.0",
    "d + 1",
    "n + d",
    "n == 3.0",
    "n == '3'",
    "n != true",
    "n < d",
    "n >= 3 && d < 3.0",
    "t < 'abd'",
    "t + 'd'",
    "t.startsWith('a') && t.endsWith('c') && t.contains('b')",
    "t.matches('^[a-c]+$')",
    "t.matches('b')",
    "t.matches('(')",
    "size(t) == t.size()",
    "size('äöü')",
    "size(l) + size(m)",
    "l[1]",
    "l[7]",
    "l[-1]",
    "m.a",
    "m['b']",
    "m.missing",
    "has(m.a)",
    "has(m.missing)",
    "'a' in m",
    "'z' in m",
    "2 in l",
    "9 in l",
    "2.0 in l",
    "l == [1, 2, 3]",
    "l + [4] == [1, 2, 3, 4]",
    "m == {'b': 'x', 'a': 1}",
    "{'a': [1, {'b': 2}]}.a[1].b",
    "l.exists(i, i == 2)",
    "l.exists(i, i > 7)",
    "l.all(i, i > 0)",
    "l.exists_one(i, i > 2)",
    "l.exists_one(i, i > 1)",
    "l.map(i, i * 2)",
    "l.map(i, i > 1, i * 2)",
    "l.filter(i, i != 2)",
    "m.exists(k, k == 'b')",
    "m.map(k, k).size()",
    "l.map(i, l.filter(j, j > i))",
    "l.filter(i, i > 1).map(i, i + n).exists(i, i == 6)",
    "y ? 'yes' : 'no'",
    "n ? 1 : 2",
    "!y",
    "!n",
    "false && m.missing == 1",
    "m.missing == 1 && false",
    "true || m.missing == 1",
    "m.missing == 1 || true",
    "m.missing == 1 || false",
    "m.missing == 1 && true",
    "[1, 2].exists(i, i / (i - 1) > 0)",
    "l.all(i, i > 0 || m.missing)",
    "int('7') + int(7.9)",
    "double('2.5') + double(n)",
    "double('x')",
    "int('1_0')",
    "int('\u0663')",
    "int(' 7')",
    "int('7' + '                                                                      ' + 'x')",
    "double('1_0')",
    "{l: 1}",
    "{'a': 1}[l]",
    "l in {'a': 1}",
    "(-9223372036854775807 - 1) % -1",
    "string(n) + string(y) + string(d)",
    "bool('true')",
    "9223372036854775807 + 1",
    "9223372036854775807 * 2",
    "-9223372036854775808 - 1",
    "1 / 0",
    "1 % 0",
    "null == null",
    "null == n",
    "t == null",
    "'a' == \"a\"",
    "[] == []",
    "{} == {}",
    "[1] == [1.0]",
    "[true] == [1]",
    "t * 2",
    "t && y",
    "y && t",
    "false && t",
)


def oracle(text: str) -> object:
    """What the binding itself makes of an expression; None where it fails."""
    value = ORACLE.compile(text).eval(data=KNOWN)
    return None if value.type() == cel.Type.ERROR else value.plain_value()


def ours(text: str, but: type[EvaluationError] | tuple[()] = ()) -> object:
    """What we make of it, None for an error; `but` one of this kind is raised."""
    try:
        found = evaluated(text, **KNOWN)
    except but:
        raise
    except EvaluationError:
        return None
    return list(found) if isinstance(found, tuple) else found


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_where_all_is_known_it_is_what_the_binding_makes_of_it(text: str) -> None:
    try:
        expected = oracle(text)
    except RuntimeError:  # its checker refuses it: then so do we
        with pytest.raises(ExpressionError):
            parsed(text, tuple(KNOWN))
        return
    found = ours(text)
    assert found == expected
    assert type(found) is type(expected)


_numbers = st.sampled_from(("n", "1", "0", "-2", "l[0]", "size(l)", "int(d)"))
_truths: st.SearchStrategy[str] = st.deferred(
    lambda: st.one_of(
        st.sampled_from(("y", "true", "false", "has(m.a)", "has(m.z)", "m.z == 1", "1 / 0 > 0")),
        st.builds("({} {} {})".format, _numbers, st.sampled_from(("==", "<", ">=")), _numbers),
        st.builds("({} && {})".format, _truths, _truths),
        st.builds("({} || {})".format, _truths, _truths),
        st.builds("!({})".format, _truths),
        st.builds("({} ? {} : {})".format, _truths, _truths, _truths),
        st.builds("l.exists(i, i > 1 && {})".format, _truths),
        st.builds("l.all(i, i < 3 || {})".format, _truths),
    )
)


@settings(max_examples=50)
@given(_truths)
@example("l.exists(i, i > 1 && " * 11 + "has(m.z)" + ")" * 11)
def test_whatever_is_composed_is_what_the_binding_makes_of_it(text: str) -> None:
    try:
        expected = oracle(text)
    except RuntimeError:  # it is nested too deep
        return
    try:
        found = ours(text, but=ExhaustedError)
    except ExhaustedError:  # each loop in a loop doubles the steps, and those are counted
        assert text.count("l.exists") + text.count("l.all") >= 6
        return
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x == 1", UNKNOWN),
        ("x != x", UNKNOWN),
        ("!x", UNKNOWN),
        ("x && true", UNKNOWN),
        ("x && false", False),
        ("false && x", False),
        ("x || true", True),
        ("x || false", UNKNOWN),
        ("x ? 1 : 1", UNKNOWN),
        ("true ? 1 : x", 1),
        ("x.a.b == 1", UNKNOWN),
        ("has(x.a)", UNKNOWN),
        ("x['a']", UNKNOWN),
        ("[1][x]", UNKNOWN),
        ("size(x)", UNKNOWN),
        ("x.startsWith('a')", UNKNOWN),
        ("'a'.startsWith(x)", UNKNOWN),
        ("x in [1]", UNKNOWN),
        ("1 in [x, 1]", True),
        ("2 in [x, 1]", UNKNOWN),
        ("[x, 1] == [1, 1]", UNKNOWN),
        ("[x, 1].exists(i, i == 1)", True),
        ("[x, 1].exists(i, i == 2)", UNKNOWN),
        ("[x, 1].all(i, i == 1)", UNKNOWN),
        ("[x, 1].all(i, i == 2)", False),
        ("[x].map(i, i + 1) == [2]", UNKNOWN),
        ("[x, 1].filter(i, i == 1) == [1]", UNKNOWN),
        ("x.exists(i, i == 1)", UNKNOWN),
        ("{'a': x}.a == 1", UNKNOWN),
        ("has({'a': x}.a)", UNKNOWN),
        ("{x: 1}.a == 1", UNKNOWN),
        # Of an unknown and an error the unknown counts: nobody can say that there is an error.
        ("x || 1 / 0 == 1", UNKNOWN),
        ("1 / 0 == 1 && x", UNKNOWN),
    ],
)
def test_what_rests_on_the_unknown_is_unknown(text: str, expected: object) -> None:
    assert evaluated(text, x=UNKNOWN) is expected or evaluated(text, x=UNKNOWN) == expected


OPEN = Items((Item(1, None), Item(2, None)), complete=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l.exists(i, i == 2)", True),
        ("l.exists(i, i == 3)", UNKNOWN),
        ("l.exists(i, true)", True),
        ("l.all(i, i > 1)", False),
        ("l.all(i, i > 0)", UNKNOWN),
        ("l.map(i, i)", UNKNOWN),
        ("l.filter(i, i > 7)", UNKNOWN),
        ("l.exists_one(i, i == 1)", UNKNOWN),
        ("size(l)", UNKNOWN),
        ("1 in l", True),
        ("3 in l", UNKNOWN),
        ("l[0]", 1),
        ("l[2]", UNKNOWN),
        ("l == [1, 2]", UNKNOWN),
        ("(l + [3]).exists(i, i == 3)", True),
        ("size(l + [3])", UNKNOWN),
        ("e.exists(i, true)", UNKNOWN),
    ],
)
def test_of_a_list_that_may_be_longer_only_what_is_there_is_certain(
    text: str, expected: object
) -> None:
    assert evaluated(text, l=OPEN, e=Items((), complete=False)) == expected


def entries(*, complete: bool, filled: bool) -> Entries:
    held = {"a": Item("x", None), "b": Item(UNKNOWN, None), "c": Item(ABSENT, None)}
    return Entries(held, None, complete, filled)


@pytest.mark.parametrize(
    ("text", "complete", "filled", "expected"),
    [
        ("has(m.a)", True, True, True),
        ("has(m.b)", True, True, True),
        ("has(m.b)", True, False, UNKNOWN),
        ("'b' in m", True, True, True),
        ("'b' in m", True, False, UNKNOWN),
        ("m.b == 'x'", True, True, UNKNOWN),
        ("has(m.c)", True, True, False),
        ("has(m.z)", True, True, False),
        ("has(m.z)", False, True, UNKNOWN),
        ("'z' in m", False, True, UNKNOWN),
        ("m.z == 'x'", False, True, UNKNOWN),
        ("m.exists(k, k == 'a')", False, True, True),
        ("m.exists(k, k == 'z')", False, True, UNKNOWN),
        ("m.exists(k, k == 'c')", True, True, False),
        ("size(m)", True, True, 2),
        ("size(m)", False, True, UNKNOWN),
    ],
)
def test_of_a_map_that_may_hold_more_only_what_is_there_is_certain(
    text: str,
    complete: bool,  # noqa: FBT001 - a parameter of the test
    filled: bool,  # noqa: FBT001 - a parameter of the test
    expected: object,
) -> None:
    assert evaluated(text, m=entries(complete=complete, filled=filled)) == expected


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("m.c == 'x'", "has(m.c)"),
        ("m.z == 'x'", "has(m.z)"),
        ("m['z'] == 'x'", '"z" in m'),
        ("l[7] == 1", "size(l)"),
        ("l.exists(i, i.z == 1)", "has(i.z)"),
    ],
)
def test_to_read_what_is_certainly_absent_is_an_error_that_says_what_to_ask(
    text: str, asked: str
) -> None:
    known = {"m": entries(complete=True, filled=True), "l": Items((Item({}, None),))}
    with pytest.raises(EvaluationError, match=re.escape(f"ask `{asked}` before")):
        evaluated(text, **known)


def _read(name: str) -> Item:
    return Item({"a": 1, "b": UNKNOWN}.get(name, ABSENT), None)


RECORD = Record("stage", {"a": 0, "b": 0, "c": 0}, _read)


def test_a_field_is_there_absent_or_unknown() -> None:
    asked = "[has(r.a), has(r.c), r.a == 1]"
    assert evaluated(asked, r=RECORD) == [True, False, True]
    assert evaluated("has(r.b)", r=RECORD) is UNKNOWN
    with pytest.raises(EvaluationError, match="no field `d`"):
        evaluated("r[k]", r=RECORD, k="d")
    with pytest.raises(EvaluationError, match="compare one of its fields"):
        evaluated("r == 1", r=RECORD)


TEN = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"


def nested(depth: int, inside: str) -> str:
    for number in range(depth):
        inside = f"{TEN}.all(v{number}, {inside})"
    return inside


HOSTILE: tuple[Callable[[], str], ...] = (
    lambda: nested(8, "v0 >= 0"),
    lambda: f"{TEN}" + "".join(f".map(v{n}, [v{n}, v{n}])" for n in range(20)) + " == []",
    lambda: "[[1]]" + ".map(v, [v, v])" * 28 + " == [[1]]" + ".map(v, [v, v])" * 28,
    lambda: "['aaaaaaaaaaaaaaaa']" + ".map(v, v + v + v + v)" * 20 + ".size() == 0",
    lambda: "['a']" + ".map(v, v.replace('a', 'aaaaaaaaaaaaaaaa'))" * 20 + ".size() == 0",
    lambda: f"{TEN}" + ".map(v, l.map(w, v))" * 5 + ".size() == 0",
    lambda: f"{TEN}.all(v, {TEN}.all(w, t.matches('(a?){{100}}(a?){{100}}b')))",
    lambda: "t.matches('((((a{100}){100}){100}){100}){100}')",
    lambda: "t.matches(t)",
    lambda: "l.map(v, l).map(v, v.map(w, l)) == l.map(v, l)",
    lambda: f"{TEN}.map(v, t.split('')).map(v, v.join(t))" + ".size() == 0",
    lambda: "l.exists(v, l.exists(w, v + w < 0))",
)


@pytest.mark.parametrize("text", [make() for make in HOSTILE])
def test_what_would_take_too_long_or_too_much_is_ended(text: str) -> None:
    with pytest.raises((ExhaustedError, ExpressionError)):
        evaluated(text, t="a" * 50_000, l=list(range(500)))


@pytest.mark.parametrize(
    "text",
    ["(" * 500 + "1" + ")" * 500, "[" * 100 + "]" * 100, "1" + "+1" * 5_000, "!" * 99_999 + "true"],
)
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    with pytest.raises((ExpressionError, RecursionError)):
        evaluated(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("foo == 1", "undeclared reference to 'foo'"),
        ("open('/etc/passwd')", "undeclared reference to 'open'"),
        ("n.read()", "undeclared reference to 'read'"),
        ("n.__class__", ""),
        ("'a' +", "Syntax error"),
        ("duration('1h') > n", "rules have no `duration`"),
        ("b'abc' == n", "bytes"),
        ("type(n) == int", "type"),
        ("google.protobuf.Struct{}", ""),
    ],
)
def test_what_is_no_expression_of_rules_is_told_with_its_place(text: str, message: str) -> None:
    if not message:
        with pytest.raises((ExpressionError, EvaluationError)):
            evaluated(text, n=1)
        return
    with pytest.raises(ExpressionError, match=re.escape(message)) as error:
        evaluated(text, n=1)
    assert all(0 <= fault.at <= len(text) for fault in error.value.faults)


def test_nodes_know_where_they_stand() -> None:
    found = parsed("n ==\n  'ä' + t", ("n", "t"))
    assert found == Call(
        2, "_==_", (Name(0, "n"), Call(11, "_+_", (Constant(7, "ä"), Name(13, "t"))))
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("quantity('8Gi')", 8 * 1024.0**3),
        ("quantity('500m')", 0.5),
        ("seconds('1m30s')", 90.0),
        ("'AbC'.lowerAscii() + 'AbC'.upperAscii()", "abcABC"),
        ("' a '.trim()", "a"),
        ("'a/b/c'.split('/')[2]", "c"),
        ("'a/b'.split('/').join('-')", "a-b"),
        ("['a', 'b'].join(', ')", "a, b"),
        ("'aXbX'.replace('X', '')", "ab"),
    ],
)
def test_further_functions(text: str, expected: object) -> None:
    assert evaluated(text) == expected


@pytest.mark.parametrize("text", ["quantity('lots')", "seconds('soon')", "int('x')", "int(1e30)"])
def test_what_is_no_number_is_an_error(text: str) -> None:
    with pytest.raises(EvaluationError):
        evaluated(text)
