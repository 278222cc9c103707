from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.source import Source
from imagelint.documents.complaints import InvalidIgnorePattern
from imagelint.documents.dockerfile.ignorefile import IgnoreFile, parse_ignore


def read(text: str) -> IgnoreFile:
    return parse_ignore(Source(".dockerignore", text))


@pytest.mark.parametrize(
    ("text", "path", "excluded"),
    [
        ("", "a", False),
        ("a", "a", True),
        ("a", "a/b/c", True),
        ("a", "b/a", False),
        ("/a/", "a/b", True),
        ("./a", "a", True),
        ("a/../b", "b", True),
        ("*", "a", True),
        ("*", "a/b", True),
        ("*.pem", "x.pem", True),
        ("*.pem", "d/x.pem", False),
        ("**/*.pem", "d/e/x.pem", True),
        ("**/*.pem", "x.pem", True),
        ("**/a", "a", True),
        ("**/a", "b/a/c", True),
        ("**/a", "ba", False),
        ("**a", "ba", True),
        ("a/**", "a/b/c", True),
        ("a/**", "a", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/xb", False),
        ("**", "anything/at/all", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        ("[^a-c]x", "dx", True),
        ("[\\]x]", "]", True),
        ("a\\*b", "a*b", True),
        ("a\\*b", "axb", False),
        ("a.b", "axb", False),
        ("*\n!a", "a", False),
        ("*\n!a", "a/b", False),
        ("*\n!a\na/b", "a/b", True),
        ("!a\na", "a", True),
        ("# a\n a ", "a", True),
        (" #a", "#a", True),
        ("\ufeffa", "a", True),
        ("a\r\nb\r\n", "b", True),
        ("! a\n*", "a", True),
        ("*\n! /a/", "a/x", False),
        (".env", ".env", True),
        (".env", ".env.example", False),
        (".git", "./.git/config", True),
    ],
)
def test_docker_semantics(text: str, path: str, excluded: bool) -> None:  # noqa: FBT001
    assert read(text).excludes(path) is excluded


@pytest.mark.parametrize("text", ["!", "[a", "a\\", "[z-a]", "[]", "a" * 5000])
def test_what_docker_refuses_is_a_complaint(text: str) -> None:
    document = read(f"ok\n{text}\n")
    assert [pattern.pattern for pattern in document.nodes()] == ["ok"]
    (complaint,) = document.complaints
    assert complaint.span.start == 3
    assert isinstance(complaint, InvalidIgnorePattern)
    assert complaint.subject == (text if len(text) < 200 else "")


def test_patterns_say_where_they_are() -> None:
    text = "# c\n\n  /a/ \n! b/\n"
    found = [(text[p.span.start : p.span.end], p.pattern, p.negated) for p in read(text).patterns]
    assert found == [("/a/", "a", False), ("! b/", "b", True)]


PATTERNS = st.text(alphabet="ab*?/!.[]^-\\# \n\r", max_size=30)
PATHS = st.from_regex(r"\A[ab]{1,3}(\.a)?(/[ab]{1,3}){0,3}\Z")


@given(PATTERNS, PATHS)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_what_is_below_shares_the_fate_of_its_folder(
    text: str, path: str
) -> None:
    document = read(text)
    for node in document.walk():
        assert document.span.covers(node.span)
    if not any(pattern.negated for pattern in document.patterns) and document.excludes(path):
        assert document.excludes(f"{path}/x")


@given(PATTERNS, PATHS)
@settings(max_examples=100, deadline=None)
def test_the_last_pattern_that_matches_decides(text: str, path: str) -> None:
    assert read(f"{text}\n{path}").excludes(path)
    assert not read(f"{text}\n!{path}").excludes(path)


def test_many_wildcards_do_not_take_forever() -> None:
    document = read("**/a" * 100 + "*b" * 100)
    assert not document.excludes("a/" * 500)
