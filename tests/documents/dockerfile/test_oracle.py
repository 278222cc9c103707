"""We must read what BuildKit reads; each exception is listed in `oracle.DIFFERENCES`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagelint.core.source import Source
from imagelint.documents.dockerfile.reading import parse_dockerfile
from tests.documents.dockerfile.files import dockerfiles, mutated
from tests.documents.dockerfile.oracle import (
    DIFFERENCES,
    SPLIT_A_CHARACTER,
    Refused,
    differ,
    ours,
    theirs,
)

_OWN = Path(__file__).parents[3] / "testdata" / "corpus"
_NAME = re.compile(r"dockerfile|containerfile", re.IGNORECASE)
_many = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def _files() -> list[Path]:
    other = os.environ.get("IMAGELINT_CORPUS")
    folders = [_OWN, Path(other)] if other else [_OWN]
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _NAME.search(path.name) and "ignore" not in path.name
    ]


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")


def _agree(text: str) -> None:
    expected = theirs(text)
    if isinstance(expected, Refused):
        document = parse_dockerfile(Source("Dockerfile", text))
        assert document.complaints or expected.message == SPLIT_A_CHARACTER, expected
    else:
        assert differ(text) is None


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.name)
def test_real_files_are_read_as_buildkit_reads_them(path: Path) -> None:
    _agree(_read(path))


def test_the_corpus_is_there_and_needs_no_exception() -> None:
    own = [path for path in _files() if path.is_relative_to(_OWN)]
    assert len(own) >= 12
    assert all(ours(_read(path)) == theirs(_read(path)) for path in own)


@_many
@given(dockerfiles())
def test_generated_files_are_read_as_buildkit_reads_them(text: str) -> None:
    _agree(text)


@_many
@given(mutated(dockerfiles()))
def test_mutated_files_are_read_as_buildkit_reads_them(text: str) -> None:
    _agree(text)


@_many
@given(mutated(st.sampled_from([_read(path) for path in _files() if path.is_relative_to(_OWN)])))
def test_mutated_real_files_are_read_as_buildkit_reads_them(text: str) -> None:
    _agree(text)


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        ('CMD ["a"] b\n', "_junk_behind_json"),
        ("# escape=`\nRUN --mount=a\\b c\n", "_backslash_in_flag"),
        ("# check=skip=all\n# escape=`\nRUN a `\n b\n", "_check_directive"),
        ("RUN cat << EOF\na\nEOF\n", "_blank_before_name"),
        ("RUN echo ${A#b} <<EOF\na\nEOF\n", "_new_operators"),
    ],
)
def test_known_differences_exist_and_are_recognised(text: str, difference: str) -> None:
    assert theirs(text) != ours(text)
    assert differ(text) is None
    assert difference in [known.__name__ for known in DIFFERENCES]


def test_every_known_difference_has_a_reason() -> None:
    assert all(known.__doc__ for known in DIFFERENCES)


def test_what_buildkit_reads_since_is_read_so() -> None:
    assert ours('CMD ["a"] b\n')[0].values == ('["a"] b',)
    assert ours("# escape=`\nRUN --mount=a\\b c\n")[0].flags == ("--mount=a\\b",)
    assert ours("# check=skip=all\n# escape=`\nRUN a `\n b\n")[0].values == ("a  b",)
    assert ours("RUN cat << EOF\na\nEOF\n")[0].heredocs == (("EOF", "a\n"),)
    assert ours("RUN echo ${A#b} <<EOF\na\nEOF\n")[0].heredocs == (("EOF", "a\n"),)


def test_garbled_flags_are_not_a_difference() -> None:
    text = "COPY --from=ü a b\n"
    assert theirs(text) != ours(text)
    assert differ(text) is None
    assert ours(text)[0].flags == ("--from=ü",)


def test_a_real_difference_is_seen() -> None:
    assert differ("FROM a\n") is None
    expected = theirs("FROM a\n")
    assert not isinstance(expected, Refused)
    assert expected != ours("FROM b\n")
