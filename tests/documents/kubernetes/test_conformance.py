from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from imagelint.documents.kubernetes import conformance, definitions
from imagelint.documents.kubernetes.conformance import _KeptKinds
from imagelint.documents.kubernetes.definitions import DefinedKind

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

RULE = "invalid-custom-resource"
RELEASES = 12
OBJECTS = 5


def definition(fields: str) -> str:
    properties = f"{{spec: {{type: object, properties: {{{fields}}}}}}}"
    return (
        "apiVersion: apiextensions.k8s.io/v1\n"
        "kind: CustomResourceDefinition\n"
        "metadata: {name: models.example.com}\n"
        "spec:\n"
        "  group: example.com\n"
        "  names: {kind: Model, plural: models}\n"
        "  versions:\n"
        "    - name: v1\n"
        "      served: true\n"
        f"      schema: {{openAPIV3Schema: {{type: object, properties: {properties}}}}}\n"
    )


def lay(here: Path, spec: str) -> None:
    for at in range(RELEASES):
        text = definition(f"f{at}: {{type: string}}, all: {{type: string}}")
        (here / f"crd-{at:02}.yaml").write_text(text, encoding="utf-8")
    for at in range(OBJECTS):
        head = f"apiVersion: example.com/v1\nkind: Model\nmetadata: {{name: m{at}}}\n"
        (here / f"model-{at}.yaml").write_text(f"{head}spec: {spec}\n", encoding="utf-8")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The definitions that are read, each time."""
    found: list[str] = []
    loaded = definitions._loaded

    def counted(text: str) -> object:
        found.append(text)
        return loaded(text)

    monkeypatch.setattr(definitions, "_loaded", counted)
    monkeypatch.setattr(conformance, "_READ", _KeptKinds())
    return found


def told(program: Program) -> int:
    answer = program("check", "--jobs", "1", "--no-cache", "--only", RULE, "--format", "json", ".")
    return len(json.loads(answer.out)["findings"])


def test_what_one_release_takes_asks_no_further_one(
    program: Program, here: Path, read: list[str]
) -> None:
    lay(here, "{all: x}")
    assert told(program) == 0
    assert len(read) == 1


def test_each_release_is_read_once_for_all_that_none_takes(
    program: Program, here: Path, read: list[str]
) -> None:
    lay(here, "{all: [x]}")
    assert told(program) == OBJECTS
    assert len(read) == RELEASES


def test_each_release_is_read_once_for_a_version_that_none_serves(
    program: Program, here: Path, read: list[str]
) -> None:
    lay(here, "{}")
    for at in range(OBJECTS):
        file = here / f"model-{at}.yaml"
        file.write_text(
            file.read_text(encoding="utf-8").replace("/v1\n", "/v2\n"), encoding="utf-8"
        )
    assert told(program) == OBJECTS
    assert len(read) == RELEASES


def test_what_was_kept_first_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance, "_MOST_PACKED", 10_000)
    kept = _KeptKinds()
    schemas: list[dict[str, object]] = [{"type": "x" * 2_000 + str(at)} for at in range(20)]
    for at, schema in enumerate(schemas):
        kept.put(str(at), DefinedKind("Model", {"v1": schema}, loose=False))
    found = [kept.get(str(at)) for at in range(20)]
    assert found[0] is None
    assert found[-1] == DefinedKind("Model", {"v1": schemas[-1]}, loose=False)
    assert RELEASES > sum(one is not None for one in found) >= 4


def test_a_schema_that_is_no_json_is_held_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conformance, "_FEW", 1)
    kept = _KeptKinds()
    odd: dict[object, object] = {1: "a key that is no string"}
    kept.put("a", DefinedKind("Model", {"v1": odd}, loose=False))  # type: ignore[dict-item]
    kept.put("b", DefinedKind("Model", {"v1": {"default": date(2026, 1, 1)}}, loose=False))
    assert kept.get("a") is None  # it made room, and must be read again
    found = kept.get("b")
    assert found is not None
    assert found.versions["v1"] == {"default": date(2026, 1, 1)}


def test_the_same_definition_in_another_file_is_not_read_again(
    program: Program, here: Path, read: list[str]
) -> None:
    lay(here, "{all: [x]}")
    (here / "chart").mkdir()
    for file in sorted(here.glob("crd-*.yaml")):
        (here / "chart" / file.name).write_bytes(b"---\n" + file.read_bytes())
    assert told(program) == OBJECTS
    assert len(read) == RELEASES
