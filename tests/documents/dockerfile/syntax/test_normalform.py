from __future__ import annotations

from dockerfile_parse import DockerfileParser

from imagelint.documents.dockerfile.syntax.normalform import _normalised
from imagelint.documents.dockerfile.syntax.source import read_layout


def _normal(text: str) -> list[str]:
    return _normalised(read_layout(text).lines, len(text.splitlines()))


def test_each_line_has_its_counterpart() -> None:
    text = "# escape=`\nFROM a\n\nRUN b `\n# c\n\n  d\nCOPY <<E /f\ng\nE\nUSER h `\n"
    assert _normal(text) == [
        "#", "FROM .", "#", "RUN \\", "#", "#", ".", "COPY \\", "#", ".", "USER .",
    ]  # fmt: skip


def test_names_are_made_readable() -> None:
    assert _normal("rün\xa0x a\n\\\n  \nUSER b\n") == ["r?n?x .", "USER \\", "#", "."]


def test_dockerfile_parse_reads_the_lines_that_were_meant(tmp_path: object) -> None:
    text = "RUN a \\\n\n b\nCOPY <<E /c\nFROM d\nE\n"
    path = f"{tmp_path}/Dockerfile"
    parser = DockerfileParser(path)
    parser.content = "\n".join(_normal(text)) + "\n"
    ranges = [
        (entry["instruction"], entry["startline"], entry["endline"])
        for entry in parser.structure
        if entry["instruction"] != "COMMENT"
    ]
    assert ranges == [("RUN", 0, 2), ("COPY", 3, 5)]
