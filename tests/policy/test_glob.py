from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.policy.glob import complaint, literal_key, matches_path, matches_subject, path_keys


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("Dockerfile", "Dockerfile"),
        ("Dockerfile", "a/b/Dockerfile"),
        ("*.Dockerfile", "a/x.Dockerfile"),
        ("legacy/*.Dockerfile", "legacy/x.Dockerfile"),
        ("legacy", "legacy/a/b"),
        ("legacy/", "x/legacy/a/b"),
        ("./legacy/a", "legacy/a/b"),
        ("a/**/c", "a/c"),
        ("a/**/c", "a/b/b/c"),
        ("a/**", "a/b/c"),
        ("**/c", "c"),
        ("**", "a/b"),
        ("a/**/**/c", "a/c"),
        ("registry.example.com/team/*", "registry.example.com/team/llm:1.0@sha256:aa"),
    ],
)
def test_a_glob_matches_a_path_or_a_folder_above(glob: str, path: str) -> None:
    assert matches_path(glob, path)


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        ("legacy/*.Dockerfile", "legacy/a/x.Dockerfile"),
        ("legacy/*.Dockerfile", "x/legacy/x.Dockerfile"),
        ("a/*", "a"),
        ("a/**/c", "a/b"),
        ("Dockerfile", "Dockerfile.old"),
        ("dockerfile", "Dockerfile"),
        ("a/b", "a"),
    ],
)
def test_a_star_stays_within_a_folder(glob: str, path: str) -> None:
    assert not matches_path(glob, path)


@given(
    st.lists(st.sampled_from(["a", "*", "**", "?", "[ab]"]), min_size=1, max_size=6),
    st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=6),
)
def test_a_longer_path_below_a_match_matches(glob: list[str], path: list[str]) -> None:
    if matches_path("/".join(glob), "/".join(path)):
        assert matches_path("/".join(glob), "/".join([*path, "z"]))


def test_many_stars_take_no_time() -> None:
    assert not matches_path("**/a/" * 200 + "b", "a/" * 2000 + "c")


@pytest.mark.parametrize(
    ("glob", "subject", "matches"),
    [
        ("gcr.io/distroless/*", "gcr.io/distroless/python/x:1", True),
        ("CVE-2024-3094", "CVE-2024-3094 xz-utils", True),
        ("xz-*", "CVE-2024-3094 xz-utils", True),
        ("xz", "CVE-2024-3094 xz-utils", False),
        ("openssl", "CVE-2024-1 pkg:deb/debian/openssl", True),
        ("pkg:deb/*", "CVE-2024-1 pkg:deb/debian/openssl", True),
        ("debian", "CVE-2024-1 pkg:deb/debian/openssl", False),
        ("*", "", True),
    ],
)
def test_a_subject_is_matched_whole_or_by_word(glob: str, subject: str, *, matches: bool) -> None:
    assert matches_subject(glob, subject) == matches


@pytest.mark.parametrize("glob", ["a", "a/b/", "[]]", "[!]]", "[a]b[c]", "*.{yaml}"])
def test_fine_globs_are_fine(glob: str) -> None:
    assert complaint(glob) == ""


@pytest.mark.parametrize("glob", [" ", "/a", "!a", "a/../b", "[", "[a", "[]", "[!]", "[a]["])
def test_globs_that_cannot_be_meant_are_refused(glob: str) -> None:
    assert complaint(glob)


NAMES = st.text("ab./*?[", max_size=8)


@given(NAMES, st.text("ab./", max_size=8))
def test_the_keys_of_a_path_are_those_of_the_literal_globs_that_match(glob: str, path: str) -> None:
    key = literal_key(glob)
    if key is not None:
        assert (key in set(path_keys(path))) == matches_path(glob, path)


def test_globs_that_have_to_be_tried_have_no_key() -> None:
    assert [literal_key(glob) for glob in ("a*", "a/?", "[a]", "", ".", "/")] == [None] * 6
    assert literal_key("a/b") == ("/", "a", "b")
    assert literal_key("./a/") == ("/", "a")
    assert literal_key("b") == ("**", "b")
