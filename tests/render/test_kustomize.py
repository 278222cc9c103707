from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from imagelint.documents.rendering.rendered import RenderedText
from imagelint.render.kustomize import KustomizeEngine, _said

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "/home/a/deploy"
OURS = (
    "accumulating resources: accumulation err='accumulating resources from '../to0': "
    "'/tmp/x1/work/to0' must resolve to a file': recursed accumulation of path '/home/a/deploy': "
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("no such file: /home/a/deploy/b.yaml", "no such file: b.yaml"),
        ("path '/home/a/deploy'", "path '.'"),
        (f'E1126 03:04:53.122235 5948 run.go:72] "command failed" err="{OURS}no b"', "no b"),
        (f'E1126 03:04:53.122235 5948 run.go:72] "command failed" err=< {OURS}no b >', "no b"),
        ("Error: trouble", "Error: trouble"),
        (
            "merging from generator &{0xc0006bd520 0xc000ac9a00}: no",
            "merging from generator &{… …}: no",
        ),
    ],
)
def test_only_what_its_author_wrote_is_named(words: str, said: str) -> None:
    assert _said(words, FOLDER) == said


LISTS = """\
from pathlib import Path
print(*sorted(path.as_posix() for path in Path("files").rglob("*") if path.is_file()))
"""


def told(tmp_path: Path, **more: object) -> list[str]:
    """What a program sees of three texts that is asked to build two folders."""
    path = tmp_path / "kustomize"
    path.write_text(f"#!{sys.executable}\n{LISTS}", encoding="utf-8")
    path.chmod(0o755)
    texts = {"a/kustomization.yaml": "", "b/kustomization.yaml": "", "c.yaml": ""}
    answers = KustomizeEngine(str(path), ("build",)).build(["a", "b"], texts, **more)  # type: ignore[arg-type]
    return [answer.text.strip() for answer in answers if isinstance(answer, RenderedText)]


def test_a_program_gets_the_texts_that_a_folder_reads(tmp_path: Path) -> None:
    reads = [["a/kustomization.yaml", "c.yaml"], ["b/kustomization.yaml", "left-out.yaml"]]
    assert told(tmp_path, reads=reads) == [
        "files/a/kustomization.yaml files/c.yaml",
        "files/b/kustomization.yaml",
    ]


def test_a_program_gets_all_texts_where_nobody_says_what_is_read(tmp_path: Path) -> None:
    every = "files/a/kustomization.yaml files/b/kustomization.yaml files/c.yaml"
    assert told(tmp_path) == [every, every]
