from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from imagelint.core.reference import ImageReference, parse_reference
from imagelint.knowledge import tables
from imagelint.knowledge.engines import (
    EngineProgram,
    RecognisedEngine,
    engine,
    engine_of_image,
    engine_of_program,
    engines,
    is_embedding,
    recognise_image,
)
from imagelint.knowledge.tables import table
from imagelint.knowledge.versions import version_key

FOLDER = Path(tables.__file__).parent
FIELDS = {
    "model", "revision", "quantization", "dtype", "host", "port", "key", "tensor_parallel",
    "pipeline_parallel", "data_parallel", "memory_fraction", "max_length",
}  # fmt: skip


def image(text: str) -> ImageReference:
    reference = parse_reference(text)
    assert reference is not None
    return reference


def sourceless(value: Any, path: str) -> list[str]:
    """Tables that hold facts themselves and name no source for them."""
    found = []
    rows = value.items() if isinstance(value, dict) else enumerate(value)
    for key, entry in rows:
        # Where the names of options come from is said beside the flags.
        if isinstance(entry, dict) and "source" not in entry and key != "options":
            found.append(f"{path}.{key}")
        if isinstance(entry, list) and key == "removed":
            found += [f"{path}.{key}" for row in entry if "source" not in row]
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_table_names_its_source(path: Path) -> None:
    name = str(path.relative_to(FOLDER)).removesuffix(".toml")
    raw = table(name)
    if "source" not in raw:
        assert sourceless(raw, name) == []
    if name.startswith("engines/") and name != "engines/index":
        assert sourceless(raw, name) == []


def test_every_engine_has_a_table_and_every_table_an_engine() -> None:
    stems = {path.stem for path in (FOLDER / "engines").glob("*.toml")} - {"index"}
    # A suffix is what `stem` cuts off: the name of one engine has a dot.
    assert stems == set(engines())


@pytest.mark.parametrize("name", engines())
def test_an_engine_is_complete(name: str) -> None:
    known = engine(name)
    assert known.name == name
    assert known.title
    assert known.kind in ("generation", "embedding")
    assert isinstance(known.defaults["port"], int)
    assert {known.endpoints.liveness, known.endpoints.readiness, known.endpoints.startup} <= set(
        known.endpoints.health
    )
    assert known.endpoints.opens in ("early", "late")
    assert known.caches.paths
    if known.kind == "generation":
        assert known.defaults["host"]
        assert known.endpoints.generation
        assert known.version
        assert known.packaging.root or known.packaging.user
        assert not set(known.endpoints.generation) & {
            known.endpoints.liveness,
            known.endpoints.readiness,
        }
    if known.metrics is not None:
        assert known.metrics.default in ("on", "off")
        assert known.metrics.default == "on" or known.metrics.switch
        assert known.metrics.prefixes


@pytest.mark.parametrize("name", engines())
def test_a_name_means_one_flag(name: str) -> None:
    known = engine(name)
    names = [alias for option in known.options.values() for alias in option]
    assert len(names) == len(set(names))
    assert not known.booleans & set(names)
    assert not any("_" in alias or alias.startswith("-") for alias in (*names, *known.booleans))
    assert known.elsewhere <= FIELDS
    assert set(known.image_defaults) <= set(known.defaults)
    for alias in names:
        assert known.canonical(alias) in names
    assert known.canonical("no-such-flag") == "no-such-flag"


@pytest.mark.parametrize("name", engines())
def test_an_engine_is_recognised_by_image_and_program(name: str) -> None:
    index = table("engines/index")
    assert any(row["engine"] == name for row in index["images"])
    if not name.startswith("nim"):
        assert any(row["engine"] == name for row in index["programs"])


@pytest.mark.parametrize("name", engines())
def test_what_was_removed_can_be_compared(name: str) -> None:
    for removed in engine(name).removed:
        assert bool(removed.flag) != bool(removed.variable)
        for version in (removed.deprecated, removed.removed):
            assert not version or version_key(version) is not None


@pytest.mark.parametrize(
    ("text", "name", "upstream"),
    [
        ("vllm/vllm-openai:v0.11.0", "vllm", True),
        ("vllm/vllm-openai-rocm:v0.11.0", "vllm", True),
        ("lmcache/vllm-openai:latest", "vllm", False),
        ("nvcr.io/nvidia/vllm:25.09-py3", "vllm", False),
        ("ghcr.io/llm-d/llm-d-cuda:v0.3", "vllm", False),
        ("registry.redhat.io/rhaiis/vllm-cuda-rhel9:3", "vllm", False),
        ("ghcr.io/huggingface/text-generation-inference:3.3.5", "tgi", True),
        ("lmsysorg/sglang", "sglang", True),
        ("nvcr.io/nvidia/tritonserver:26.06-py3", "triton", True),
        ("nvcr.io/nvidia/tensorrt-llm/release:1.2.1", "tensorrt-llm", True),
        ("nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8", "nim", True),
        ("nvcr.io/nim/nvidia/nv-embedqa-e5-v5:1", "nim-embedding", True),
        ("ghcr.io/ggml-org/llama.cpp:server-cuda", "llama.cpp", True),
        ("ollama/ollama", "ollama", True),
        ("registry.example.com/ollama/ollama", "ollama", False),
        ("openmmlab/lmdeploy:latest", "lmdeploy", True),
        ("rayproject/ray-llm:2.52.0", "ray", True),
        ("kserve/huggingfaceserver:v0.16.0-gpu", "kserve-hf", True),
        ("ghcr.io/huggingface/text-embeddings-inference:1.8", "tei", True),
        ("michaelf34/infinity", "infinity", True),
        ("pytorch/torchserve:latest-gpu", "torchserve", True),
    ],
)
def test_images(*, text: str, name: str, upstream: bool) -> None:
    found = recognise_image(image(text))
    assert found is not None
    assert (found.engine, found.upstream) == (name, upstream)
    assert engine_of_image(image(text)) == name


@pytest.mark.parametrize(
    "text", ["python:3.12", "vllm/vllm-builder", "ubuntu", "nvcr.io/nvidia/pytorch:25.01-py3"]
)
def test_other_images(text: str) -> None:
    assert recognise_image(image(text)) is None
    assert engine_of_image(image(text)) == ""


def test_an_image_may_run_what_it_is_given() -> None:
    assert recognise_image(image("nvcr.io/nvidia/vllm")) == RecognisedEngine(
        "vllm", upstream=False, bare=True
    )


@pytest.mark.parametrize(
    ("words", "program"),
    [
        (["vllm", "serve", "m"], EngineProgram("vllm", 2)),
        (["/opt/bin/vllm", "serve"], EngineProgram("vllm", 2)),
        (["python3", "-u", "-m", "sglang.launch_server", "--x"], EngineProgram("sglang", 4)),
        (["python3.12", "-Om", "vllm.entrypoints.openai.api_server"], EngineProgram("vllm", 3)),
        (["trtllm-serve", "serve", "m"], EngineProgram("tensorrt-llm", 2)),
        (["trtllm-serve", "m"], EngineProgram("tensorrt-llm", 1)),
        (["trtllm-serve", "disaggregated"], EngineProgram("", 2)),
        (["lmdeploy", "serve", "api_server"], EngineProgram("lmdeploy", 3)),
        (["python", "-m", "lmdeploy", "serve", "api_server"], EngineProgram("lmdeploy", 5)),
        (["vllm"], None),
        (["vllm", "bench"], None),
        (["python3", "-m"], None),
        (["python3", "-u"], None),
        (["python3", "-c", "import vllm"], None),
        (["python3", "-c", "-m", "vllm.entrypoints.openai.api_server"], None),
        (["python3", "x.py", "-m", "sglang.launch_server"], None),
        ([], None),
        ([""], None),
    ],
)
def test_programs(words: list[str], program: EngineProgram | None) -> None:
    assert engine_of_program(words) == program


def test_embedding_servers() -> None:
    assert {name for name in engines() if is_embedding(name)} == {
        "tei",
        "infinity",
        "nim-embedding",
    }
    assert not is_embedding("")


def test_an_engine_that_is_not_known() -> None:
    with pytest.raises(ModuleNotFoundError):
        engine("no-such-engine")


class Other(NamedTuple):
    registry: str
    repository: str
    tag: str


def test_any_reference_will_do() -> None:
    assert engine_of_image(Other("docker.io", "ollama/ollama", "")) == "ollama"


def test_the_image_may_differ_from_the_engine() -> None:
    known = engine("tgi")
    assert known.default("port", own_image=True) == 80
    assert known.default("port", own_image=False) == 3000
    assert known.default("host", own_image=True) == "0.0.0.0"  # noqa: S104 - a fact of the engine
    assert known.default("revision", own_image=True) is None
    assert known.memory_of == "total"
    assert known.maintenance
