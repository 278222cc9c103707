"""Texts over which a reader could go on for ever: each took minutes, or as good as no end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.registry.access import _CHALLENGE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

HANG_SECONDS = 60  # far beyond a machine's bad day
FROM = "FROM alpine:3.20\n"
BLANKS = " " * 60_000
TEXTS = {
    "a directive": ("Dockerfile", f"# syntax=docker/dockerfile:1{BLANKS}b\n{FROM}"),
    "another directive": ("Dockerfile", f"# escape=a{BLANKS}b\n{FROM}"),
    "a directive behind slashes": ("Dockerfile", f"// syntax=a{BLANKS}b\n{FROM}"),
    "comments before a list": ("a.yaml", "# \r\n" * 200_000 + "x: [op: add]"),
    "comments before services": ("a.yaml", "services:\n" + "# \r\n" * 200_000 + "x"),
    "comments before anything": ("a.yaml", "# \r\n" * 200_000 + "services x"),
    "programs that find runs": ("Dockerfile", f"{FROM}RUN find . {'-exec ' * 9_000}\n"),
    "a text that runs itself": ("Dockerfile", f"{FROM}RUN x='eval $x'; {'eval $x; ' * 6_000}\n"),
    "an eval of an eval": ("Dockerfile", f"{FROM}RUN {'eval ' * 12_000}\n"),
    "pipes into a shell": ("Dockerfile", f"{FROM}RUN {'echo sh | sh; ' * 4_000}\n"),
    "a decoder of a decoder": (
        "Dockerfile",
        f"{FROM}RUN echo {'QUFB' * 9_000} | {'base64 -d | ' * 900}sh\n",
    ),
}


@pytest.mark.parametrize("what", TEXTS)
def test_it_ends(program: Program, here: Path, what: str) -> None:
    name, text = TEXTS[what]
    (here / name).write_text(text, encoding="utf-8", newline="")
    started = time.monotonic()
    answer = program("check", "--no-cache", "--policy", "strict")
    assert time.monotonic() - started < HANG_SECONDS
    assert answer.code in (0, 1, 3), answer.out


def test_a_script_whose_values_are_run_too_often_is_not_read_whole(
    program: Program, here: Path
) -> None:
    text = f"{FROM}RUN x='curl https://example.com/a | sh'; {'eval $x; ' * 2}\n"
    (here / "Dockerfile").write_text(text, encoding="utf-8")
    assert "unreadable-script" not in program("check", "--policy", "strict").out
    long = "true; " * 300
    text = f"FROM alpine:3.20\nENV X='{long} curl https://example.com/a | sh'\nRUN eval $X\n"
    (here / "Dockerfile").write_text(text, encoding="utf-8")
    assert "unreadable-script" in program("check", "--policy", "strict").out


def test_a_challenge_of_a_registry_is_read_at_once() -> None:
    started = time.monotonic()
    assert not _CHALLENGE.findall("a" * 60_000 + "!")
    assert time.monotonic() - started < 1
    assert _CHALLENGE.findall('realm="x",service_a="y"') == [("realm", "x"), ("service_a", "y")]
