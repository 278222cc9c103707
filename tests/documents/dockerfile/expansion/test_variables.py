from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.dockerfile.expansion.substitution import (
    ExpansionError,
    RequiredVariableError,
)
from imagelint.documents.dockerfile.expansion.variables import (
    ExpansionStyle,
    expand,
    split_words,
    unset,
)

_VALUES: dict[str, Fact[str]] = {
    "A": Known("value"),
    "E": Known(""),
    "P": Known("/srv/app/main.tar.gz"),
    "S": Known("two  words"),
    "STAR": Known("a*b?c"),
    "U": UNKNOWN,
    "1": Known("one"),
}


def _lookup(name: str, /) -> Fact[str]:
    return _VALUES.get(name, ABSENT)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("plain", "plain"),
        ("$A", "value"),
        ("${A}", "value"),
        ("$A-x", "value-x"),
        ("x$A.y", "xvalue.y"),
        ("$N", ""),
        ("$", "$"),
        ("a$.b", "a$.b"),
        ("$1x", "onex"),
        ("$?", ""),
        ("'$A'", "$A"),
        ('"$A"', "value"),
        ("\"'$A'\"", "'value'"),
        ("\\$A", "$A"),
        ('"\\$A"', "$A"),
        ('"a\\b"', "a\\b"),
        ("a\\b", "ab"),
        ("a\\\\b", "a\\b"),
        ("end\\", "end"),
        ("<a <<b", "<a <<b"),
        ("${A:-b}", "value"),
        ("${E:-b}", "b"),
        ("${N:-b}", "b"),
        ("${A-b}", "value"),
        ("${E-b}", ""),
        ("${N-b}", "b"),
        ("${N:-}", ""),
        ("${N:-$A}", "value"),
        ("${N:-${E:-${A}}}", "value"),
        ("${N:-'a b'}", "a b"),
        ('"${N:-a b}"', "a b"),
        ("${N:-a\\}b}", "a}b"),
        ("${A:+b}", "b"),
        ("${E:+b}", ""),
        ("${N:+b}", ""),
        ("${A+b}", "b"),
        ("${E+b}", "b"),
        ("${N+b}", ""),
        ("${A:?no}", "value"),
        ("${A?no}", "value"),
        ("${E?no}", ""),
        ("${P#*/}", "srv/app/main.tar.gz"),
        ("${P##*/}", "main.tar.gz"),
        ("${P%.*}", "/srv/app/main.tar"),
        ("${P%%.*}", "/srv/app/main"),
        ("${P#/???}", "/app/main.tar.gz"),
        ("${P#nothing}", "/srv/app/main.tar.gz"),
        ("${P%nothing}", "/srv/app/main.tar.gz"),
        ("${P#}", "/srv/app/main.tar.gz"),
        ("${P%}", "/srv/app/main.tar.gz"),
        ("${P/a/A}", "/srv/App/main.tar.gz"),
        ("${P//a/A}", "/srv/App/mAin.tAr.gz"),
        ("${P/app/}", "/srv//main.tar.gz"),
        ("${P/\\//-}", "-srv/app/main.tar.gz"),
        ("${P//\\//-}", "-srv-app-main.tar.gz"),
        ("${P/nothing/x}", "/srv/app/main.tar.gz"),
        ("${STAR#a\\*}", "b?c"),
        ("${STAR%\\?c}", "a*b"),
        ("${N#a}", ""),
        ("${N/a/b}", ""),
        ("$S", "two  words"),
    ],
)
def test_known_values_are_expanded_as_buildkit_expands_them(written: str, value: str) -> None:
    assert expand(written, _lookup) == Known(value)


@pytest.mark.parametrize(
    "written",
    [
        "$U", "${U}", "a$U", '"$U"', "${U:-a}", "${U-a}", "${U:+a}", "${U+a}", "${U:?a}", "${U#a}",
        "${U/a/b}", "${N:-$U}", "${A:+$U}", "${A#$U}", "${A/$U/b}", "${A/a/$U}", "${P//a/\\$1}",
    ],
)  # fmt: skip
def test_what_depends_on_an_unknown_value_is_unknown(written: str) -> None:
    assert expand(written, _lookup) is UNKNOWN


@pytest.mark.parametrize("written", ["${A:-$U}", "${N:+$U}", "${E+${A:-$U}}"])
def test_an_unknown_value_that_takes_no_part_does_no_harm(written: str) -> None:
    assert isinstance(expand(written, _lookup), Known)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("'a", "a single quote is not closed"),
        ('"a', "a double quote is not closed"),
        ('"a\\"', "a double quote is not closed"),
        ('"a\\', "a double quote is not closed"),
        ("${", "missing '}'"),
        ("${A", "unsupported modifier in the substitution ${A"),
        ("${A:-b", "missing '}'"),
        ("${A/b", "missing '/'"),
        ("${A/b/c", "missing '}'"),
        ("${A:-'}", "a single quote is not closed"),
        ("${}", "bad substitution"),
        ("${:-a}", "bad substitution"),
        ("${{A}", "bad substitution"),
        ("${A!b}", "unsupported modifier in the substitution ${A!"),
        ("${A:#b}", "unsupported modifier in the substitution ${A:#"),
        ("${A:", "unsupported modifier in the substitution ${A:"),
        ("${A#\\b}", "invalid escape '\\b' in the pattern \\b"),
        ("${A#b\\", "missing '}'"),
        ("${A:-" * 101, "substitutions are nested too deeply"),
    ],
)
def test_what_buildkit_refuses_is_said(written: str, reason: str) -> None:
    with pytest.raises(ExpansionError) as caught:
        expand(written, _lookup)
    assert str(caught.value) == reason or str(caught.value) == "missing '}'"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("${N:?give a name}", "N: give a name"),
        ("${N?}", "N: is not allowed to be unset"),
        ("${E:?}", "E: is not allowed to be empty"),
    ],
)
def test_a_demand_is_an_error_of_its_own(written: str, message: str) -> None:
    with pytest.raises(RequiredVariableError, match=message):
        expand(written, _lookup)


def test_a_demand_inside_a_demand_is_still_one() -> None:
    with pytest.raises(RequiredVariableError, match="N: inner"):
        expand("${A:-${N:?inner}}", _lookup)


def test_the_backtick_can_be_the_escape_character() -> None:
    style = ExpansionStyle("`")
    assert expand("`$A \\$A", _lookup, style) == Known("$A \\value")
    assert expand('"`"a`b"', _lookup, style) == Known('"a`b')


def test_quotes_can_be_ordinary_characters() -> None:
    assert expand('it\'s "$A"', _lookup, ExpansionStyle(quotes=False)) == Known('it\'s "value"')


@pytest.mark.parametrize(
    "written", ["$N", "${N}", "${N:-a}", "${N+a}", "${N#a}", "${N/a/b}", "'$A'", '"$N"']
)
def test_raw_words_keep_what_is_written(written: str) -> None:
    style = ExpansionStyle(raw_quotes=True, raw_escapes=True, keep_unset=True)
    assert expand(written, unset, style) == Known(written)


def test_raw_escapes_are_kept() -> None:
    style = ExpansionStyle(raw_quotes=True, raw_escapes=True)
    assert expand('a\\b "\\"c\\\\"', unset, style) == Known('a\\b "\\"c\\\\"')


def test_words_are_split_after_expansion_and_know_their_place() -> None:
    words = split_words("a  $S'b c' \"\" d\\ e$N", _lookup, ExpansionStyle())
    assert isinstance(words, Known)
    assert [word.text for word in words.value] == ["a", "two", "wordsb c", "d e"]
    assert [word.start for word in words.value] == [0, 3, 3, 14]
    assert split_words("$U", _lookup, ExpansionStyle()) is UNKNOWN


def test_a_value_that_grows_without_end_is_unknown() -> None:
    long = "x" * 5_000

    def lookup(name: str, /) -> Fact[str]:
        return Known(long)

    assert expand("$A", lookup) == Known(long)
    assert expand("$A$A", lookup) is UNKNOWN
    assert expand('"$A$A"', lookup) is UNKNOWN


def test_patterns_over_very_long_or_many_lined_values_are_not_tried() -> None:
    for value in ("x" * 5_000, "a\nb"):

        def lookup(name: str, /, known: str = value) -> Fact[str]:
            return Known(known)

        assert expand("${A#*}", lookup) is UNKNOWN
    assert expand("${A#" + "*" * 5_000 + "}", _lookup) is UNKNOWN
