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
        ("    MIIEpAIB", "    MIIEowIB", "    <drawn>"),
        ('    {"auth": "abc"}', '    {"auth": "xyz"}', '    {"auth": "<drawn>"}'),
        ('"quoted": abc', '"quoted": xyz', '"quoted": <drawn>'),
        ("url: https://a:b@c", "url: https://a:d@c", 'url: "{{ drawn }}"'),
    ],
)
def test_a_line_that_comes_out_otherwise_keeps_its_key(line: str, other: str, made: str) -> None:
    assert left_open(f"x: 1\n{line}\n", f"x: 1\n{other}\n") == f"x: 1\n{made}\n"


def test_a_key_of_more_lines_the_second_time_moves_nothing() -> None:
    assert left_open("k: |\n  AA\nz: 1\n", "k: |\n  BB\n  CC\nz: 1\n") == (
        "k: |\n  <drawn>\nz: 1\n"
    )


@pytest.mark.parametrize(
    ("line", "other", "kept"),
    [
        ("privileged: true # aB", "privileged: true # xY", "privileged: true # <drawn>"),
        ("{privileged: true, x: aB}", "{privileged: true, x: c}", "{privileged: true, x: <drawn>}"),
        ("  privileged: true, x: a", "  privileged: true, x: b", "  privileged: true, x: <drawn>"),
        ("- serve --host 0 --a=a1b", "- serve --host 0 --a=a2b", "- serve --host 0 --a=<drawn>"),
        ('a: "b c=1" # d', 'a: "b c=2" # d', 'a: "b c=<drawn>" # d'),
        ("key: &a aB", "key: &a xY", "key: &a <drawn>"),
        ("a b a", "a b", "a b<drawn>"),
        ("a b c", "a b a c", "a b <drawn>c"),
        ("a k1x2 c", "a k1y2 c", "a <drawn> c"),
    ],
)
def test_nothing_is_hidden_by_what_is_drawn_beside_it(line: str, other: str, kept: str) -> None:
    assert left_open(f"x: 1\n{line}", f"x: 1\n{other}") == f"x: 1\n{kept}"


def test_what_moved_is_no_reason_to_hide_it() -> None:
    made = left_open("privileged: true # a\nb: c\n", "privileged: true # b\n")
    assert made == 'privileged: true # a\nb: "{{ drawn }}"\n'


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
