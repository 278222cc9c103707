from __future__ import annotations

import pytest

from imagelint.render.kustomize import _said

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
    ],
)
def test_only_what_its_author_wrote_is_named(words: str, said: str) -> None:
    assert _said(words, FOLDER) == said
