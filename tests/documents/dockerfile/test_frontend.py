from __future__ import annotations

import pytest

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.dockerfile.frontend import read_dockerfile

LONGEST = 65_535


@pytest.mark.parametrize(
    "frontend",
    [
        "docker/dockerfile:1",
        "docker/dockerfile",
        "docker.io/docker/dockerfile-upstream:master-labs",
        "mirror.example.com/docker/dockerfile:1.7@sha256:00",
        "docker/dockerfile:1 with more",
    ],
)
def test_what_carries_the_name_is_the_same_language(frontend: str) -> None:
    document = read_dockerfile(Source("Dockerfile", f"# syntax={frontend}\nFROM a:1\n"))
    assert len(document.stages) == 1


@pytest.mark.parametrize(
    ("head", "at"),
    [
        ("# syntax=example/mockerfile:2\n", 0),
        ("\ufeff  # SYNTAX = devthefuture/dockerfile-x\n", 3),
        ("# escape=`\n#syntax=ghcr.io/example/dockerfiles\n", 11),
    ],
)
def test_another_frontend_is_another_language(head: str, at: int) -> None:
    with pytest.raises(DocumentError) as caught:
        read_dockerfile(Source("Dockerfile", head + "FROM a:1\n"))
    error = caught.value
    assert error.kind is ProblemKind.UNPARSABLE
    assert error.message.startswith("this is the language of ")
    assert error.span is not None
    assert error.span.start == at


@pytest.mark.parametrize(
    "text",
    [
        "FROM a:1\n# syntax=example/mockerfile\n",
        "# note\n# syntax=example/mockerfile\nFROM a:1\n",
        "FROM a:1\n",
        "",
        "  \n",
    ],
)
def test_a_directive_stands_in_the_first_lines(text: str) -> None:
    read_dockerfile(Source("Dockerfile", text))


@pytest.mark.parametrize("line", ["a" * (LONGEST + 1), "\u20ac" * (LONGEST // 3 + 1)])
def test_a_line_that_the_build_cannot_read_is_a_problem(line: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_dockerfile(Source("Dockerfile", f"FROM a:1\n{line}\n"))
    assert caught.value.kind is ProblemKind.TOO_LARGE
    assert caught.value.span is not None
    assert caught.value.span.start == len("FROM a:1\n")


def test_the_longest_line_is_read_and_lines_that_are_joined_count_each() -> None:
    long = "ENV A=" + "a" * (LONGEST - len("ENV A="))
    joined = "ENV B=" + "a" * 40_000 + "\\\n" + "a" * 40_000
    document = read_dockerfile(Source("Dockerfile", f"FROM a:1\n{long}\n{joined}\n"))
    assert len(document.instructions) == 3
