from __future__ import annotations

from io import BytesIO

from dockerfile_parse import DockerfileParser

from imagelint.documents.dockerfile.syntax.normalform import _normalised
from imagelint.documents.dockerfile.syntax.source import read_layout


def _normal(text: str) -> list[str]:
    return [_normalised(line) for line in read_layout(text).lines]


def test_each_instruction_is_a_line() -> None:
    text = "# escape=`\nFROM a\n\nRUN b `\n# c\n\n  d\nCOPY <<E /f\ng\nE\nUSER h `\n"
    assert _normal(text) == ["FROM .\n", "RUN .\n", "COPY .\n", "USER .\n"]


def test_names_are_made_readable() -> None:
    assert _normal("rün\xa0x a\n\\\n  \nUSER b\n") == ["r?n?x .\n", "USER .\n"]


def test_dockerfile_parse_reads_each_instruction() -> None:
    text = "run a \\\n\n b\nCOPY <<E /c\nFROM d\nE\n# escape=`\nUSER`\n"
    parser = DockerfileParser(fileobj=BytesIO("".join(_normal(text)).encode()))
    named = [(entry["instruction"], entry["startline"]) for entry in parser.structure]
    assert named == [("RUN", 0), ("COPY", 1), ("USER`", 2)]
    assert [line.keyword for line in read_layout(text).lines] == ["RUN", "COPY", "USER`"]
