from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.fact import Known
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.detect import candidate, detect, parse
from imagelint.documents.mapped import MappedText
from imagelint.documents.proxies.caddy import read_caddy
from imagelint.documents.proxies.caddyroutes import read_caddy_routes
from imagelint.documents.proxies.directives import DirectiveError
from imagelint.documents.quantity import parse_decimal_bytes

if TYPE_CHECKING:
    from imagelint.documents.proxies.directives import Directive
    from imagelint.documents.serving.scaling import Route


def shape(block: tuple[Directive, ...]) -> list[object]:
    found: list[object] = []
    for one in block:
        found.append(" ".join((one.name.text, *(word.text for word in one.arguments))))
        if one.block is not None:
            found.append(shape(one.block))
    return found


def routes(text: str) -> tuple[Route, ...]:
    return read_caddy_routes(MappedText.verbatim(text, 0))


def hosts(text: str) -> list[tuple[str, str]]:
    return [one for route in routes(text) for one in route.upstreams]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# nothing\n\n", []),
        ("a.test {\n}\n", ["a.test", []]),
        ("a.test,\nb.test {\n  root * /srv\n}\n", ["a.test, b.test", ["root * /srv"]]),
        (
            "a.test\nroot * /srv\nfile_server {\n hide x\n}\n",
            ["a.test", ["root * /srv", "file_server", ["hide x"]]],
        ),
        (
            "{\n admin off\n}\n(s) {\n log\n}\nimport *.caddy\n",
            ["{", ["admin off"], "(s)", ["log"], "import *.caddy"],
        ),
        (
            'a {\n respond "two \\"words\\"\nand {" 200 # not this {\n}',
            ["a", ['respond two "words"\nand { 200']],
        ),
        ("a {\n respond `{` \\\n  200\n b\\c d\n}", ["a", ["respond { 200", "b\\c d"]]),
        ("a {\n respond <<END\n  } {\n  END 200\n x\n}", ["a", ["respond <<END 200", "x"]]),
        (
            "{$HOST:a.test} {\r\n header X {http.request.host}\r\n}\r\n",
            ["{$HOST:a.test}", ["header X {http.request.host}"]],
        ),
        ("a {\n x#y \\#z\n}", ["a", ["x#y \\#z"]]),
    ],
)
def test_a_text_is_read_as_caddy_reads_it(text: str, expected: list[object]) -> None:
    assert shape(read_caddy(text)) == expected


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ("a {\n", 'it ends without "}"', 4),
        ("a,\n", 'it ends without "}"', 3),
        ("a\nb {\n", 'it ends without "}"', 6),
        ("}\n", 'unexpected "}"', 0),
        ("a\nb\n}\n", 'unexpected "}"', 4),
        ("a {\n} b\n", 'unexpected "}"', 4),
        ("a {\n{\n}\n}\n", 'unexpected "{"', 4),
        ('a {\n b "c\n}', "a quote is not closed", 7),
        ("a {\n b `c\n}", "a quote is not closed", 7),
        ("a {\n b <<END\n}", "the here-document END is not closed", 12),
        ("a {\n" * 31, "blocks are nested too deeply", 120),
        ("a {\n {{ b }}\n}", "words stand for others", 5),
    ],
)
def test_what_caddy_refuses_is_told_with_its_place(text: str, message: str, at: int) -> None:
    with pytest.raises(DirectiveError) as found:
        read_caddy(text)
    assert (found.value.message, found.value.at) == (message, at)


@given(st.text(alphabet='a{}"`#\\<\n @,', max_size=60))
def test_words_stand_where_they_are_written(text: str) -> None:
    try:
        pending = list(read_caddy(text))
    except DirectiveError:
        return
    while pending:
        one = pending.pop()
        for word in (one.name, *one.arguments):
            written = text[slice(*word.span)]
            assert written.startswith(word.text) or written[0] in '"`'
        pending += one.block or ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a {\n reverse_proxy llm:8000 http://b:80\n}", [("llm", "8000"), ("b", "80")]),
        ("a {\n reverse_proxy @x llm\n}", [("llm", "")]),
        ("a {\n reverse_proxy * {\n to h2c://llm:1 unix//run/a.sock {$B}\n }\n}", [("llm", "1")]),
        ("a {\n reverse_proxy {\n dynamic srv b.test\n }\n}", []),
        ("a {\n handle /x {\n route {\n reverse_proxy c:1\n }\n }\n}", [("c", "1")]),
        ("a {\n handle /health* {\n reverse_proxy c:1\n }\n respond ok\n handle\n}", []),
        ("a {\n @x path /metrics /ping\n reverse_proxy @x c:1\n}", []),
        ("a {\n @x path /metrics /v1/*\n reverse_proxy @x c:1\n}", [("c", "1")]),
        ("a {\n @x host b.test\n reverse_proxy @x c:1\n}", [("c", "1")]),
        ("a {\n @x {\n path /ping\n}\n reverse_proxy @x c:1\n}", []),
        ("a {\n @x {\n path /ping\n method GET\n}\n reverse_proxy @x c:1\n}", [("c", "1")]),
        ("(s) {\n reverse_proxy c:1\n}\na {\n import s\n}\nb {\n import s\n}", [("c", "1")]),
        ("(s) {\n import s\n reverse_proxy c:1\n}\na {\n import s\n}", [("c", "1")]),
        ("a\nreverse_proxy c:1", [("c", "1")]),
    ],
)
def test_ways_lead_to_servers(text: str, expected: list[tuple[str, str]]) -> None:
    assert hosts(text) == expected


def test_what_holds_on_several_ways_is_one_route_to_all_their_servers() -> None:
    text = """{
 servers {
  listener_wrappers
  timeouts {
   idle 1s
   write 60s
  }
 }
 servers :80 {
  timeouts {
   write 1s
  }
 }
}
a {
 request_body {
  max_size 1MB
  read_timeout 1s
 }
 request_body /x {
  max_size 2MB
 }
 request_body {
  max_size wide
  max_size
 }
 request_body *
 reverse_proxy c:1
 handle {
  reverse_proxy d:1 {
   transport http
   transport http {
    read_timeout 5
    response_header_timeout
   }
  }
 }
}
"""
    found = routes(text)
    bodies = [(one.written, one.amount) for route in found for one in route.told("limited")]
    assert bodies == [("1MB", 1e6)]
    assert [one.written for route in found for one in route.told("malformed")] == ["5"]
    ((limit, led),) = [(one, route.upstreams) for route in found for one in route.timeouts]
    assert (limit.meaning, limit.seconds) == ("total", Known(60.0, limit.span))
    assert led == (("c", "1"), ("d", "1"))
    (limited,) = (route for route in found if route.told("limited"))
    assert limited.upstreams == led


def test_of_many_servers_some_are_led_to_each_once() -> None:
    servers = " ".join(f"s{number}:1" for number in range(100) for _ in "ab")
    assert hosts(f"a {{\n reverse_proxy {servers}\n}}") == [(f"s{n}", "1") for n in range(64)]


def test_snippets_that_import_each_other_many_times_are_read_in_part() -> None:
    text = "".join(f"(s{n}) {{\n import s{n + 1}\n import s{n + 1}\n}}\n" for n in range(40))
    assert hosts(text + "(s40) {\n reverse_proxy c:1\n}\na {\n import s0\n}\n") != []


@pytest.mark.parametrize(
    ("size", "expected"),
    [("10", 10.0), ("1MB", 1e6), ("1 mb", 1e6), ("1MiB", 2.0**20), ("1.5k", 1500.0)]
    + [(wrong, None) for wrong in ("", "ten", "1ib", "-1", "unlimited", "9" * 16)],
)
def test_sizes_are_those_of_caddy(size: str, expected: float | None) -> None:
    assert parse_decimal_bytes(size) == expected


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("Caddyfile", True),
        ("proxy/Caddyfile.prod", True),
        ("prod.Caddyfile", True),
        ("sites/llm.caddy", True),
        ("Caddyfile.md", False),
        ("caddyfiles", False),
    ],
)
def test_caddyfiles_are_known_by_their_names(path: str, *, ours: bool) -> None:
    assert (detect(path, "a {\n reverse_proxy c:1\n}\n") == "caddy") is ours
    assert candidate(path) is ours


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("a {\n", ProblemKind.UNPARSABLE, 'Caddy cannot read this: it ends without "}"'),
        ("{{ host }} {\n}\n", ProblemKind.TEMPLATE, "this is a template"),
    ],
)
def test_what_is_not_read_is_a_problem(text: str, kind: ProblemKind, message: str) -> None:
    with pytest.raises(DocumentError) as found:
        parse(Source("Caddyfile", text), "caddy")
    assert found.value.kind is kind
    assert found.value.message.startswith(message)
