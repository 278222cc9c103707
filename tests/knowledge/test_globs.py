from __future__ import annotations

from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st

from imagelint.knowledge.globs import Globs, matches


@given(st.text("ab/", max_size=8), st.text("ab/*", max_size=8))
def test_it_says_what_fnmatch_says(name: str, glob: str) -> None:
    assert matches(name, glob) == fnmatchcase(name, glob)


@given(st.text("abc", max_size=4), st.text("abc*?[]!-", max_size=6))
def test_it_says_what_fnmatch_says_of_classes(name: str, glob: str) -> None:
    assert matches(name, glob) == fnmatchcase(name, glob)


@given(st.text("abc*", max_size=4), st.lists(st.text("abc*?[]", max_size=5), max_size=3))
def test_several_globs_say_what_one_of_them_says(name: str, globs: list[str]) -> None:
    assert Globs(globs).matches(name) == any(fnmatchcase(name, glob) for glob in globs)
