from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from crossplane.errors import NgxParserSyntaxError
from crossplane.lexer import _balance_braces, _lex_file_object
from hypothesis import given
from hypothesis import strategies as st

from imagelint.documents.proxies.directives import DirectiveError
from imagelint.documents.proxies.nginx import read_nginx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.proxies.directives import Directive

# What the oracle reads otherwise than nginx does is left out: escapes within quotes, which nginx
# resolves, and words that end in the name of a variable in braces.
WORDS = ("server", "location", "proxy_pass", "~*", "/v1/", "http://llm:8000", "$host", "a#b", "=")
QUOTED = ('"two words"', "'single; {}'", '""', "'#'")
SIGNS = (";", "{", "}", "\n", " ", "  # a comment; {\n", "\t")


def words_of(block: Iterable[Directive]) -> Iterator[str]:
    for one in block:
        yield one.name.text
        yield from (word.text for word in one.arguments)
        if one.block is None:
            yield ";"
        else:
            yield "{"
            yield from words_of(one.block)
            yield "}"


def oracle(text: str) -> list[str] | None:
    """The words as nginx's own parser in Python has them; None for what it refuses."""
    try:
        tokens = list(_balance_braces(_lex_file_object(io.StringIO(text))))
    except NgxParserSyntaxError:
        return None
    return [token for token, _, quoted in tokens if quoted or not token.startswith("#")]


@given(st.lists(st.sampled_from((*WORDS, *SIGNS, *SIGNS)), max_size=30))
def test_words_and_blocks_are_those_of_the_oracle(pieces: list[str]) -> None:
    text = " ".join(pieces)
    expected = oracle(text)
    try:
        found = list(words_of(read_nginx(text)))
    except DirectiveError:
        return  # it asks for more: that a block has a name, that what is begun ends
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "events {}\nhttp { include mime.types; server { listen 80; } }",
        "location ~ ^/v1/(?<rest>.*)$ { return 200 'a; b'; }",
        "log_format main '$remote_addr' \"[$time_local]\";",
        "if ($http_upgrade = '') { set $a b; }",
        "map $uri $to { default llm:8000; '' web; }",
        "server{listen 80;}",
        "a b#c; # d; {",
    ],
)
def test_real_forms_are_read_as_the_oracle_reads_them(text: str) -> None:
    assert list(words_of(read_nginx(text))) == oracle(text)


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("a;}", 'unexpected "}"', 2),
        ("a }", 'unexpected "}"', 2),
        ("a", 'it ends without ";" or "}"', 1),
        ("{}", 'unexpected "{"', 0),
        (";", 'unexpected ";"', 0),
        ("http { a;", 'it ends without ";" or "}"', 9),
        ("a 'b", "a quote is not closed", 2),
        ('a "b"c;', 'unexpected "c"', 5),
        ("a { " * 31, "blocks are nested too deeply", 122),
        ("content_by_lua_block { { }", "a block of Lua is not closed", 22),
    ],
)
def test_what_nginx_refuses_is_told_with_its_place(text: str, message: str, at: int) -> None:
    with pytest.raises(DirectiveError) as found:
        read_nginx(text)
    assert (found.value.message, found.value.at) == (message, at)


def test_escapes_and_variables_are_those_of_nginx() -> None:
    (one,) = read_nginx(r"""a "b\"c\n" d\;e ${x}f {} """)
    assert [word.text for word in one.arguments] == ['b"c\n', r"d\;e", "${x}f"]
    assert one.block == ()


def test_lua_is_passed_over() -> None:
    text = """content_by_lua_block {
        local t = { "}", '{' } -- }
    } after;"""
    first, second = read_nginx(text)
    assert (first.name.text, first.block) == ("content_by_lua_block", ())
    assert second.name.text == "after"


def test_words_stand_where_they_are_written() -> None:
    text = 'proxy_pass "http://llm";'
    (one,) = read_nginx(text)
    word = one.first()
    assert (word.text, text[slice(*word.span)]) == ("http://llm", '"http://llm"')
    assert one.name.span == (0, 10)
    (bare,) = read_nginx("proxy_buffering;")
    assert bare.first() is bare.name


@given(st.text(alphabet="ab;{}\"'#\\$ \n", max_size=60))
def test_no_text_is_anything_but_read_or_refused(text: str) -> None:
    at = 0
    try:
        read_nginx(text)
    except DirectiveError as error:
        at = error.at
    assert 0 <= at <= len(text)
