"""What goes with an entry, an element or a word that is left out."""

from __future__ import annotations

import pytest

from imagelint.core.edits import removal
from imagelint.core.source import Source, Span


def without(text: str) -> str | None:
    """The text without what stands between the marks `«` and `»`."""
    start, end = text.index("«"), text.index("»") - 1
    text = text.replace("«", "").replace("»", "")
    gone = removal(Source("a", text), Span(start, end))
    return None if gone is None else text[: gone.start] + text[gone.end :]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a: 1\n«b: 2»\nc: 3\n", "a: 1\nc: 3\n"),
        ("a:\n  «b: 2»  # why\nc: 3\n", "c: 3\n"),
        ("a:\n  «b: 2»", ""),
        ("a:\n«b: 2»\n", "a:\n"),
        ("env:\n  - «name: A\n    value: x»\n  - name: B\n", "env:\n  - name: B\n"),
        ("env:\n  - name: B\n  - «name: A\n    value: x»\nc: 1\n", "env:\n  - name: B\nc: 1\n"),
        ("env:\n- «name: A»\nc: 1\n", "c: 1\n"),
        ("args:\n  - --x\n  - «--flag\n  - 1»\n", "args:\n  - --x\n"),
        ("args:\n  - --x\n  - '«--flag=1»'\n", "args:\n  - --x\n"),
        ("args: [--x, «--flag, 1»]\n", "args: [--x]\n"),
        ("args: [«--flag, 1», --x]\n", "args: [--x]\n"),
        ('CMD ["a", "«--flag»", "b"]\n', 'CMD ["a", "b"]\n'),
        ("a:\n  env: [«{name: A}»]\n  c: 1\n", "a:\n  c: 1\n"),
        ("a: {env: [«A=1»], c: 1}\n", "a: {c: 1}\n"),
        ("CMD serve «--flag 1» --x\n", "CMD serve --x\n"),
        ("CMD serve \\\n  «--flag 1» \\\n  --x\n", "CMD serve \\\n  --x\n"),
        ("CMD serve \\\r\n  «--flag 1»\r\nUSER 1\r\n", "CMD serve\r\nUSER 1\r\n"),
        (
            "env: [\n  {a: 1},\n  «{b: 2}»,  # why\n  {c: 3},\n]\n",
            "env: [\n  {a: 1},\n  {c: 3},\n]\n",
        ),
        ('"a": [\n  {"a": 1},\n  «{"b": 2}»\n]\n', '"a": [\n  {"a": 1}\n]\n'),
        ("- name: x\n  «b: 2»\n", "- name: x\n"),
        ("- --x\n- «--flag»\n", "- --x\n"),
        ("command: >-\n  serve\n  «--flag»\n  --x\n", "command: >-\n  serve\n  --x\n"),
    ],
)
def test_nothing_else_changes(text: str, left: str) -> None:
    assert without(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "a:\n  # of whose entry\n  «b: 2»\n",
        "- a:\n    «b: 2»\n",
        "CMD serve \\\n  # why\n  «--flag»\n",
        "RUN a && export «A=1» && b\n",
        'CMD ["«serve»"]\n',
        "ENV A=1 `\n    «B=2»\nUSER 1\n",
        "a: &x «b»\n",
        "x: &env\n  «A: 1»\na:\n  <<: *env\n",
        "env:\n  - &x\n    «name: A\n    value: x»\n",
        "env: !seq\n  - «name: A»\n",
        "? env\n: - «name: A\n    value: x»\n",
        "args:\n  - |\n    «--flag»\n",
        "env:  # which\n  - «name: A»\n",
        "«serve» --x\n",
    ],
)
def test_what_is_unclear_stays(text: str) -> None:
    assert without(text) is None
