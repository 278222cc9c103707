from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imagelint.policy.glob import GlobIndex, complaint, matches_path, matches_subject, plain
from tests.growing import steps


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


GLOBS = st.lists(
    st.lists(
        st.sampled_from(["a", "b", "ab", "*", "**", "?", "/", "//", "./", "[ab]", "x" * 9, " "]),
        max_size=6,
    ).map("".join),
    max_size=8,
)
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "x" * 9, "a b"]), min_size=1, max_size=5)


@example(["a/**", "**/a"], ["a"])
@given(GLOBS, PATHS)
def test_an_index_leaves_out_no_glob_that_matches(globs: list[str], names: list[str]) -> None:
    path, subject = "/".join(names), " ".join(names)
    found = GlobIndex.of_paths(globs).candidates(plain(path))
    assert [at for at, glob in enumerate(globs) if matches_path(glob, path)] == [
        at for at in found if matches_path(globs[at], path)
    ]
    found = GlobIndex(globs).candidates(subject)
    assert [at for at, glob in enumerate(globs) if matches_subject(glob, subject)] == [
        at for at in found if matches_subject(globs[at], subject)
    ]


@pytest.mark.parametrize("form", ["legacy-{}/Dockerfile", "{}*", "**/*{}", "a/{}/**/b*", "*x{}x*"])
def test_few_of_many_globs_are_tried(form: str) -> None:
    globs = [form.format(f"{number:05}") for number in range(5_000)]
    text = form.replace("**/", "").replace("*", "").format("01234")
    assert len(GlobIndex.of_paths(globs).candidates(text)) <= 12


def test_any_number_of_folders_in_a_row_costs_no_more_than_one() -> None:
    deep = "/".join("abcdefgh")
    once, often = (
        steps(lambda glob=glob: matches_path(glob, deep))  # type: ignore[misc]
        for glob in ("**/x", "**/" * 500 + "x")
    )
    assert often < 500 * 20 + once
