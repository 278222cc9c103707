from __future__ import annotations

import pytest

from imagelint.documents.queries.toolchain import compilations, shipped_tools
from tests.documents.queries.dockerfiles import dockerfile, scripts


@pytest.mark.parametrize(
    ("script", "tools"),
    [
        ("apt-get install -y gcc curl g++-12", ["gcc", "g++-12"]),
        ("apt-get install -y gcc-12-base libgcc-s1 python3-dev", []),
        ("apt-get install -y gcc make && apt-get purge -y gcc", ["make"]),
        ("apt-get install -y gcc && apt-get purge -y $TOOLS", []),
        ("apt-get install -y gcc && apt-get autoremove -y", ["gcc"]),
        ("apt-get install -y gcc && apt-mark auto '.*' && apt-get autoremove -y", []),
        ("apk add --virtual .build gcc && apk del .build", []),
        ("apk add --virtual=.build gcc && apk del .other", ["gcc"]),
        ("pip install cmake", []),
    ],
)
def test_tools_are_shipped_unless_the_same_script_removes_them(
    script: str, tools: list[str]
) -> None:
    found = shipped_tools(scripts(dockerfile("FROM alpine:3.20", f"RUN {script}"))[0])
    assert [tool.package.name for tool in found] == tools


@pytest.mark.parametrize(
    ("script", "programs"),
    [
        ("cmake -S . -B build && cmake --build build", ["cmake"]),
        ("go mod download && go build -o /app", ["go"]),
        ("gcc --version", []),
        ("cargo build --release; make -j4", ["cargo", "make"]),
        ("pip install .", []),
    ],
)
def test_what_compiles_is_told_from_what_asks(script: str, programs: list[str]) -> None:
    found = compilations(scripts(dockerfile("FROM alpine:3.20", f"RUN {script}"))[0])
    assert [command.program for command in found] == programs
