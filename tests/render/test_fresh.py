"""What a chart draws at random is left open in what it makes."""

from __future__ import annotations

import pytest

from imagelint.render.fresh import draws, left_open


@pytest.mark.parametrize(
    ("line", "other", "made"),
    [
        ("a: same", "a: same", "a: same"),
        ("  key: abc", "  key: xyz", '  key: "{{ drawn }}"'),
        ("  - name: abc", "  - name: xyz", '  - name: "{{ drawn }}"'),
        ("    - --key=abc", "    - --key=xyz", '    - "{{ drawn }}"'),
        ("    MIIEpAIB", "    MIIEowIB", '    "{{ drawn }}"'),
        ('    {"auth": "abc"}', '    {"auth": "xyz"}', '    "{{ drawn }}"'),
        ('"quoted": abc', '"quoted": xyz', '"{{ drawn }}"'),
        ("url: https://a:b@c", "url: https://a:d@c", 'url: "{{ drawn }}"'),
    ],
)
def test_a_line_that_comes_out_otherwise_keeps_its_key(line: str, other: str, made: str) -> None:
    assert left_open(f"x: 1\n{line}\n", f"x: 1\n{other}\n") == f"x: 1\n{made}\n"


def test_a_key_of_more_lines_the_second_time_moves_nothing() -> None:
    assert left_open("k: |\n  AA\nz: 1\n", "k: |\n  BB\n  CC\nz: 1\n") == (
        'k: |\n  "{{ drawn }}"\nz: 1\n'
    )


@pytest.mark.parametrize(
    ("template", "drawn"),
    [
        ('{{ $ca := genCA "a" 365 }}', True),
        ("p: {{ randAlphaNum 16 | b64enc }}", True),
        ('h: {{ htpasswd "u" .Values.p }}', True),
        ("p: {{ .Values.p | b64enc }}", False),
        ('p: {{ derivePassword 1 "long" "a" "b" "c" }}', False),
    ],
)
def test_only_some_functions_draw(template: str, *, drawn: bool) -> None:
    assert draws(["a: 1", template]) is drawn
