"""How the words of a help are found in what is done."""

from __future__ import annotations

import pytest

from tests.rules.advice import changed_lines, general, quoted, stands_in, unquoted
from tests.rules.schemas import refusals

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: 1}\nspec: {containers: [{name: a}]}\n"
SERVICE = "services: {a: {image: vllm/vllm-openai:v0.19.0, command: [--hst, a]}}\n"


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        ("--host 0.0.0.0", 'args: [--model, m, "--host", "0.0.0.0"]'),
        ("--host 0.0.0.0", "vllm serve m --host=0.0.0.0"),
        ("--revision <40 hex digits>", "- --revision\n- 0123"),
        ("RUN --mount=type=secret,id=…,target=… …", "RUN --mount=type=secret,id=a,target=/b cmd"),
        ('test: ["CMD"]', "test: [CMD]"),
        ("a.b.drop: [ALL]", "a: {b: {drop: [ALL]}}"),
        ("a.b.drop: [ALL]", "a:\n  b:\n    drop: [ALL]"),
    ],
)
def test_code_is_found_however_it_is_written(piece: str, text: str) -> None:
    assert stands_in(piece, text)


@pytest.mark.parametrize(
    ("piece", "text"),
    [("--host 0.0.0.0", "--host 127.0.0.1"), ("a…b", "a\nb"), ("shm_size: 8gb", "shm_size: 16gb")],
)
def test_other_code_is_not(piece: str, text: str) -> None:
    assert not stands_in(piece, text)


def test_what_differs_from_finding_to_finding_is_left_out() -> None:
    one, other = "take `a` with 1.5 GB", "take `b` with 2 GB"
    assert general(one) == general(other) != general("take `a` with two")


def test_commands_that_somebody_runs_are_no_code_of_the_project() -> None:
    assert quoted("write `a: b` (`c` shows it), and run `docker inspect x`") == [("a: b",)]


def test_one_of_several_words_is_enough() -> None:
    assert quoted("drop `a`, or write one of b-c, d …") == [("a",), ("b-c", "d")]
    assert unquoted("write one of service_started, service_healthy") == []


@pytest.mark.parametrize("help_", ["write --host", "set {a: b}", "mount an emptyDir", "at /models"])
def test_code_without_quotes_is_seen(help_: str) -> None:
    assert unquoted(help_) != []
    assert unquoted(f"`{help_}`, or vLLM and/or another") == []


def test_all_lines_that_differ_are_told() -> None:
    lines = changed_lines({"a": "x\ny\n", "b": "z\n"}, {"a": "x\nw\n", "c": "v\n"})
    assert lines.removed.split() == ["b", "y", "z"]
    assert lines.added.split() == ["c", "w", "v"]


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("Dockerfile", "FROM a\nRUN <<A\nb\n", "heredoc"),
        ("pod.yaml", POD, "1 is not of type"),
        ("compose.yaml", "services: {a: {image: [b]}}\n", "image"),
        ("compose.yaml", SERVICE, "vLLM has no --hst"),
    ],
)
def test_what_others_refuse_is_told(name: str, text: str, part: str) -> None:
    assert part in "".join(refusals({name: text}))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Dockerfile", "FROM a\nRUN <<A\nb\nA\n"),
        ("pod.yaml", POD.replace("1}", "a}")),
        ("list.yaml", "apiVersion: v1\nkind: List\nitems: []\n"),
        ("custom.yaml", POD.replace("v1", "example.com/v1")),
        ("compose.yaml", SERVICE.replace("--hst", "--host")),
        ("requirements.txt", "a"),
    ],
)
def test_what_nobody_refuses_is_accepted(name: str, text: str) -> None:
    assert refusals({name: text}) == []
