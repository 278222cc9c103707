from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import pytest

from imagelint.documents.serving.options import OPTIONS
from imagelint.knowledge import tables
from imagelint.knowledge.engine_schema import EngineTable, Traits
from tools.tables import BadTableError, complaints, index, read_tables

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWLEDGE = Path(tables.__file__).parent
FILES = sorted(path.relative_to(KNOWLEDGE).as_posix() for path in KNOWLEDGE.rglob("*.toml"))


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((KNOWLEDGE / f"{name}.toml").read_text(encoding="utf-8"))


def changed(change: Callable[[dict[str, Any]], object], name: str = "engines/vllm") -> list[str]:
    """What is said about a table after a change."""
    data = read(name)
    change(data)
    return [*complaints(name, data)]


@pytest.mark.parametrize("file", FILES)
def test_the_tables_have_their_form(file: str) -> None:
    name = file.removesuffix(".toml")
    assert [*complaints(name, read(name))] == []


@pytest.mark.parametrize("trait", sorted(get_type_hints(Traits)))
def test_every_trait_is_required_and_explained(trait: str) -> None:
    (complaint,) = changed(lambda data: data["traits"].pop(trait))
    assert complaint.startswith(f"traits.{trait} is missing: ")
    if trait != "source":
        meaning = get_args(get_type_hints(Traits, include_extras=True)[trait])[1]
        assert complaint.endswith(f" ({meaning})")


@pytest.mark.parametrize("key", sorted(get_type_hints(EngineTable)))
def test_every_part_of_an_engine_is_required(key: str) -> None:
    found = changed(lambda data: data.pop(key))
    assert len(found) == 1
    assert found[0].startswith(f"{key} is missing: ")


@pytest.mark.parametrize("file", FILES)
def test_unknown_keys_are_refused_everywhere(file: str) -> None:
    name = file.removesuffix(".toml")
    data = read(name)
    places = _tables(data, "")
    for _, inner in places:
        inner["no_such_key"] = object()
    found = [one.partition("no_such_key") for one in complaints(name, data)]
    told = {place for place, key, _ in found if key}
    assert {place for place, _ in places} <= told


def _tables(data: dict[str, Any], place: str) -> list[tuple[str, dict[str, Any]]]:
    found = [(place, data)]
    for key, value in data.items():
        if isinstance(value, dict):
            found += _tables(value, f"{place}{key}.")
        if isinstance(value, list):
            for at, item in enumerate(value):
                found += _tables(item, f"{place}{key}[{at}].") if isinstance(item, dict) else []
    return found


def put(place: str, value: object) -> Callable[[dict[str, Any]], object]:
    def change(data: dict[str, Any]) -> None:
        *path, last = place.split(".")
        for key in path:
            data = data[key]
        data[last] = value

    return change


@pytest.mark.parametrize(
    ("place", "value", "complaint"),
    [
        ("traits.needs_gpu", 1, "traits.needs_gpu: 1 is not true or false (whether it works"),
        ("traits.memory_of", "all", "traits.memory_of: 'all' is not one of 'total', 'free', ''"),
        ("traits.offload_flags", "x", "traits.offload_flags: 'x' is not a list"),
        ("traits.offload_flags", ["x", 2], "traits.offload_flags[1]: 2 is not a string"),
        ("traits.executors", {"x": "y"}, "traits.executors.x: 'y' is not a list"),
        ("traits.executors", True, "traits.executors: True is not a table"),
        ("traits.need_gpu", True, "traits.need_gpu is unknown: did you mean needs_gpu?"),
        ("traits.xyz", True, "traits.xyz is unknown"),
        ("traits", [], "traits: [] is not a table"),
        ("stop.drain_seconds", True, "stop.drain_seconds: True is not a whole number"),
        ("stop.drain_seconds", 1.5, "stop.drain_seconds: 1.5 is not a whole number"),
        ("defaults.port", [1], "defaults.port: [1] is not a string or a whole number or a number"),
        ("defaults.port", "auto", "defaults.port: 'auto' is no value of that option"),
        ("defaults.prot", 1, "defaults.prot is no option of "),
        ("image_defaults.prot", 1, "image_defaults.prot is no option of "),
        ("options.prot", [], "options: 'prot' is no option of "),
        ("elsewhere.options", ["x"], "elsewhere.options: 'x' is no option of "),
        ("start.positional", "x", "start.positional: 'x' is no option of "),
        ("start.bare", True, "start.entry: an image that runs what it is given has no"),
        ("name", "vlm", "name: 'vlm' is not the name of the file"),
        ("names.images", [{"glob": "x"}], "names.images[0].upstream is missing: true or false ("),
        ("removed", [{"flag": "x"}], "removed[0].deprecated is missing: a string"),
    ],
)
def test_an_engine_is_refused(place: str, value: object, complaint: str) -> None:
    found = changed(put(place, value))
    assert found
    assert found[0].startswith(complaint)


@pytest.mark.parametrize("option", [option.name for option in OPTIONS])
def test_every_option_is_asked_for(option: str) -> None:
    (complaint,) = changed(lambda data: data["options"].pop(option))
    assert (
        complaint
        == f"options.{option} is missing: the names of its flag, or [] where there is none"
    )


@pytest.mark.parametrize("key", ["environment", "defaults", "image_defaults"])
def test_facts_name_their_source(key: str) -> None:
    (complaint,) = changed(lambda data: data[key].pop("source"))
    assert complaint == f"{key}.source is missing: where its facts are written"


def test_each_part_of_a_table_without_a_source_has_one() -> None:
    (complaint,) = changed(lambda data: data["floors"].pop("source"), "cuda")
    assert complaint == "floors.source is missing: where its facts are written"


def test_a_removed_flag_is_a_flag_or_a_variable() -> None:
    both = changed(lambda data: data["removed"][0].update(variable="X"))
    neither = changed(lambda data: data["removed"][0].pop("flag"))
    assert both == neither == ["removed[0] needs either flag or variable"]


def test_an_engine_that_is_never_recognised() -> None:
    (complaint,) = changed(lambda data: data["names"].update(images=[], programs=[]))
    assert complaint == "names.images and names.programs are empty: nothing is ever recognised"


def test_a_table_without_a_form() -> None:
    assert [*complaints("moons", {"source": "x"})] == [
        "the table has no form in imagelint/knowledge/schema.py"
    ]


def test_all_is_said_at_once_with_the_file(tmp_path: Path) -> None:
    for file in FILES:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text((KNOWLEDGE / file).read_text(encoding="utf-8"))
    bad = (tmp_path / "engines/vllm.toml").read_text().replace("needs_gpu", "need_gpu")
    (tmp_path / "engines/vllm.toml").write_text(bad)
    (tmp_path / "moons.toml").write_text("source = 'x'\n")
    with pytest.raises(BadTableError) as caught:
        read_tables(tmp_path)
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()] == [
        "engines/vllm.toml",
        "engines/vllm.toml",
        "moons.toml",
    ]


def test_two_engines_may_not_claim_the_same(tmp_path: Path) -> None:
    (tmp_path / "engines").mkdir()
    for name in ("tgi", "vllm"):
        text = (KNOWLEDGE / f"engines/{name}.toml").read_text(encoding="utf-8")
        text = text.replace('["text-generation-launcher"],', '["vllm", "serve"],')
        text = text.replace('"*/text-generation-inference*"', '"*/vllm"')
        (tmp_path / f"engines/{name}.toml").write_text(text)
    with pytest.raises(BadTableError) as caught:
        read_tables(tmp_path)
    assert str(caught.value).splitlines() == [
        "engines: images: '*/vllm' belongs to 'tgi' and to 'vllm'",
        "engines: programs: ['vllm', 'serve'] belongs to 'tgi' and to 'vllm'",
    ]


def test_what_is_more_exact_is_asked_first() -> None:
    first, second = (copy.deepcopy(read(f"engines/{name}")) for name in ("nim", "nim-embedding"))
    first["names"]["programs"] = [["serve"], ["serve", "now"]]
    found = index([first, second])  # type: ignore[list-item]
    globs = [row["glob"] for row in found["images"]]
    ordered = ["nvcr.io/nim/*rerank*", "nvcr.io/nim/*embed*", "nvcr.io/nim/*"]
    assert [glob for glob in globs if glob in ordered] == ordered
    assert globs[-1] == ordered[-1]
    assert [row["words"] for row in found["programs"]] == [["serve", "now"], ["serve"]]


def test_an_operator_adds_to_containers_and_tells_options() -> None:
    def to_nobody(data: dict[str, Any]) -> None:
        data["workloads"][0]["adds"]["containers"] = []

    def to_all(data: dict[str, Any]) -> None:
        data["workloads"][0]["adds"]["containers"] = ["*"]

    def of_no_name(data: dict[str, Any]) -> None:
        data["workloads"][0]["tells"]["options"] = {"tp": "spec.tp"}

    names = "who adds something names the containers, and only then"
    expected = [f"workloads[0].adds.containers: {names}"]
    assert changed(to_nobody, "operators/kserve") == expected
    assert changed(to_all, "operators/argo-rollouts") == expected
    told = changed(of_no_name, "operators/kserve")
    assert told == ["workloads[0].tells.options.tp is no option"]
    missing = changed(lambda data: data.pop("asof"), "operators/nim")
    assert missing == ["asof is missing: a string"]
