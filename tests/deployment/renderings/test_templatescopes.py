"""What the dot and variables stand for, read once, against reading up to each place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from imagelint.deployment.renderings import templatescopes
from imagelint.deployment.renderings.templatescopes import (
    Scope,
    Scopes,
    scopes_of,
    taken,
    without_variables,
)
from imagelint.deployment.renderings.templatevalues import values_taken

if TYPE_CHECKING:
    import pytest

    from imagelint.deployment.renderings.templatescopes import Keys

NAMES = ("a", "b", "c")
LINES = st.lists(
    st.sampled_from(
        [
            "{{ if .Values.x }}",
            "{{- with .Values.w }}",
            "{{- with .inner }}",
            '{{ with (index .Values "k-1") }}',
            "{{ with $a := .Values.v }}",
            "{{ range $i, $b := .Values.list }}",
            "{{ range .items }}",
            "{{ with unknown }}",
            '{{ define "n" }}',
            '{{ block "n" . }}',
            "{{ end }}",
            "{{ $a := .Values.one }}",
            "{{ $a = .two }}",
            "{{ $b := $a.deeper }}",
            "{{ $c := default $a $b }}",
            "{{ $c := 1 }}",
            "{{ else }}",
            "{{\n  $a :=\n .Values.over }}",
            "name: x",
        ]
    ),
    max_size=14,
)


def scope_behind(text: str) -> tuple[Keys | None, dict[str, tuple[Keys, ...]]]:
    """The dot and all variables behind a text, each block with variables of its own."""
    opened: list[tuple[Keys | None, dict[str, tuple[Keys, ...]]]] = [((), {})]
    for match in templatescopes._BLOCK.finditer(text):
        word, rest = match.groups()
        dot, variables = opened[-1]
        scope = Scope(dot, lambda name, known=variables: known.get(name, ()))  # type: ignore[misc]
        if word == "end":
            opened = opened[:-1] or [((), {})]
        elif word.startswith("$"):
            found = tuple(dict.fromkeys(taken(rest, scope)))[: templatescopes._MOST_OF_ONE]
            if found:
                variables[word[1:].rstrip(" \t:=")] = found
        elif word == "define":
            opened.append(((), {}))
        elif word in ("with", "range"):
            inside = dict(variables)
            keys = next(taken(rest.rpartition("=")[2], scope), None)
            names = templatescopes._NAMES.findall(rest)
            if names and keys is not None:
                inside[names[-1]] = (keys,)
            opened.append((keys, inside))
        else:
            opened.append((dot, dict(variables)))
    return opened[-1]


@given(LINES)
def test_a_template_read_once_says_the_same_as_one_read_up_to_a_line(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    scopes = Scopes(text)
    place = 0
    for line in text.split("\n")[:-1]:
        place += len(line) + 1
        dot, variables = scope_behind(text[:place])
        found = scopes.at(place)
        assert found.dot == dot
        for name in NAMES:
            assert found.variable(name) == variables.get(name, ()), (text[:place], name)


def test_a_scope_without_variables_knows_its_dot() -> None:
    scope = without_variables(("a",))
    assert list(taken(" .b $c.d .Values.e ", scope)) == [("a", "b"), ("e",)]
    assert list(taken(" .b ", without_variables(None))) == []


def test_a_template_is_read_once_for_all_its_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    class Counted(Scopes):
        def __init__(self, text: str) -> None:
            read.append(text)
            super().__init__(text)

    monkeypatch.setattr(templatescopes, "Scopes", Counted)
    scopes_of.cache_clear()
    template = "".join(f"{{{{ $v{n} := .Values.a{n} }}}}\nx: {{{{ $v{n} }}}}\n" for n in range(50))
    told = [values_taken(template, line, line) for line in range(2, 101, 2)]
    assert [one[0].name for one in told] == [f".Values.a{n}" for n in range(50)]
    assert read == [template]
    scopes_of.cache_clear()
