"""Units of systemd that run a manifest."""

from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.detect import candidate, detect
from imagelint.documents.runlines.document import parse_unit


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
