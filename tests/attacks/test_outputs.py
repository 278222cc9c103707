"""Names that speak to whatever reads the report: terminals, runners, browsers, parsers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import DIGEST

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

FROM = f"FROM python:3.12.7-slim-bookworm@{DIGEST}\n"
ENDS = {
    "a clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "a link": "\x1b]8;;https://evil\x1b\\x",
    "a control of the second set": "\u009b31m",
    "a carriage return": "\r::error::x",
    "a line feed": "\n::set-output name=a::b",
    "an old command": "\n##[error]x",
    "an escaped line feed": "%0A::error::x",
    "properties": "a,line=1,title=x",
    "a turn of direction": "\u202egnp.x",
    "what nobody sees": "\u200b",
    "a link of Markdown": "](javascript:alert(1))[x",
    "an element": "<img src=x onerror=alert(1)>",
    "a cell": "|x|",
    "code": "`x`",
    "an entity": "&lt;",
    "bytes that are no text": "\udcff\udcfe",
    "a fragment": "#frag?q=%2e%2e",
    "a heading": "\n# H1",
    "a mention": "@someone",
    "another line feed": "\u2028x",
    "a bell": "\x07",
    "a string of a device": "\x90x\x9c",
    "a tag": "\U000e0041",
}
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
COMMAND = re.compile(r"^\s*::\w|##\[", re.MULTILINE)


@pytest.mark.parametrize("form", ["text", "concise", "json", "sarif", "github", "summary"])
@pytest.mark.parametrize("what", ENDS)
def test_a_name_is_a_name_to_all(program: Program, here: Path, what: str, form: str) -> None:
    end = ENDS[what].replace("/", "_")
    (here / f"Dockerfile.{end}").write_text(f"{FROM}RUN sudo true\nUSER 0\n", encoding="utf-8")
    answer = program("check", "--no-cache", "--policy", "strict", "--format", form)
    assert answer.code == 1
    said = answer.out + answer.err
    assert not UNSEEN.search(said)
    if form == "github":
        assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines(said))
    else:
        assert not COMMAND.search(said)
    if form in ("json", "sarif"):
        json.loads(answer.out).get("runs")
        answer.out.encode("utf-8")
    if form == "summary":
        assert not re.search(r"<img|\]\(javascript|^# H1|(?<![\\`])@someone", said, re.MULTILINE)


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]
