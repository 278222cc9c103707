"""Units of systemd that run a manifest."""

from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.detect import candidate, detect
from imagelint.documents.runlines.unitfile import parse_unit
from imagelint.documents.shared import Setting


def test_a_unit_is_known_by_its_section() -> None:
    assert candidate("llm.kube")
    assert detect("llm.kube", "[Kube]\nYaml=pod.yaml\n") == "systemd-unit"
    assert detect("llm.kube", "anything") == ""


def test_a_manifest_that_is_there_is_examined_on_its_own() -> None:
    unit = parse_unit(Source("llm.kube", "[Kube]\nYaml=pod.yaml\n"), {"pod.yaml": "a"}.get)
    assert unit.gaps == ()


@pytest.mark.parametrize("name", ["pod.yaml", "/etc/pod.yaml", "https://example.com/pod.yaml"])
def test_one_that_is_not_is_told(name: str) -> None:
    text = f"[Unit]\nYaml=a\n[Kube]\nYaml={name}\nNetwork=host\n"
    (gap,) = parse_unit(Source("llm.kube", text)).gaps
    assert gap.message.startswith(f"`{name}`, which this unit runs, was not examined")
    assert gap.span is not None
    assert text[slice(*gap.span)] == name


def test_variables_of_a_unit_stand_where_they_are_written() -> None:
    text = "[Service]\nEnvironment=\"A=b c\" 'D=e' F=g \\\n  H=%i\n[Unit]\nEnvironment=I=j\n"
    unit = parse_unit(Source("llm.service.d/a.conf", text))
    found = [(one.name, one.text) for one in unit.nodes_of(Setting)]
    assert found == [("A", "b c"), ("D", "e"), ("F", "g"), ("H", "%i")]
    assert all(text[slice(*one.span)] == one.text for one in unit.nodes_of(Setting))
