from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Span
from imagelint.documents.mapped import MappedText
from imagelint.documents.serving.configfiles import (
    LARGEST,
    config_switches,
    file_settings,
    read_config,
)
from imagelint.documents.serving.switches import read_words
from imagelint.documents.shell.script import Word
from imagelint.knowledge.engines import engine


def words(line: str) -> tuple[Word, ...]:
    return tuple(Word(Span(0, 0), text, Known(text)) for text in line.split())


def told(name: str, line: str, text: str) -> dict[str, object]:
    known = engine(name)
    path = line.rsplit(maxsplit=1)[-1]
    root = read_config(MappedText.verbatim(text, 100), path)
    files = {path: root} if root is not None and path.startswith("/c.") else {}
    reading = read_words(known, words(line))
    found = file_settings(known, reading, config_switches(known, reading, ()), files)
    switches = {one.name: one.value for one in (*found.under, *found.over)}
    values = {
        key: fact.value if isinstance(fact, Known) else fact for key, fact in switches.items()
    }
    return {**values, "complete": found.complete, "overrides": bool(found.over)}


def test_keys_are_flags() -> None:
    text = "tensor_parallel_size: 2\nenforce-eager: true\nmodel: m\nseed:\nx: {y: z}\nl: [a, b]\n"
    assert told("vllm", "--config /c.yaml", text) == {
        "tensor-parallel-size": "2",
        "enforce-eager": "true",
        "model": "m",
        "x": UNKNOWN,
        "l": "a b",
        "complete": True,
        "overrides": False,
    }


def test_the_first_word_names_the_model_all_the_same() -> None:
    assert "model" not in told("vllm", "m --config /c.yaml", "model: other\n")


def test_keys_of_an_api_are_its_own() -> None:
    text = "tensor_parallel_size: 2\nother: 1\nkv_cache_config: {free_gpu_memory_fraction: 0.8}\n"
    assert told("tensorrt-llm", "m --extra_llm_api_options /c.yaml", text) == {
        "tp-size": "2",
        "kv-cache-free-gpu-memory-fraction": "0.8",
        ".kv_cache_config": UNKNOWN,
        ".other": "1",
        "complete": True,
        "overrides": True,
    }


@pytest.mark.parametrize(
    "text", ["- a\n", "a: [\n", "a: 1\n---\nb: 1\n", "", "a: {{ b }}\n{% if %}"]
)
def test_what_cannot_be_read_may_say_anything(text: str) -> None:
    assert told("vllm", "--config /c.yaml", text) == {"complete": False, "overrides": False}


def test_other_files_are_unknown() -> None:
    assert not told("vllm", "--config /d.yaml", "a: 1\n")["complete"]
    assert not told("djl", "--config-file /c.yaml", "a: 1\n")["complete"]
    assert read_config(MappedText.verbatim("a" * (LARGEST + 1), 0)) is None


def test_settings_stand_where_they_are_written() -> None:
    known = engine("vllm")
    root = read_config(MappedText.verbatim("tensor-parallel-size: 2\n", 100))
    assert root is not None
    reading = read_words(known, words("--config /c.yaml"))
    named = config_switches(known, reading, ())
    (switch,) = file_settings(known, reading, named, {"/c.yaml": root}).under
    assert (switch.span, switch.value_span) == (Span(100, 123), Span(122, 123))
    assert switch.written == "tensor-parallel-size"


def test_a_model_counts_more_than_what_holds_for_all() -> None:
    text = (
        "version = 1\n; all\n[*]\nc = 8192\njinja = on\n\n[a]\nc=4096\nno-mmap = true\nport = 1\n"
    )
    assert told("llama.cpp", "--models-preset /c.ini", text) == {
        "ctx-size": "4096",
        "jinja": "true",
        "mmap": "false",
        "port": "1",
        "complete": True,
        "overrides": False,
    }


def test_what_one_of_several_models_is_told_is_unknown() -> None:
    text = (
        "[a]\nhf-repo = x/a\nngl = 99\nhost = h\n# b\n[b]\nLLAMA_ARG_N_GPU_LAYERS = 99\nhost = i\n"
    )
    assert told("llama.cpp", "--models-preset /c.ini", text) == {
        "hf-repo": UNKNOWN,
        "n-gpu-layers": "99",
        "host": UNKNOWN,
        "complete": True,
        "overrides": False,
    }


@pytest.mark.parametrize("text", ["words\n", "[a\n", "= 1\n"])
def test_lines_of_no_preset_may_say_anything(text: str) -> None:
    found = told("llama.cpp", "--models-preset /c.ini", text)
    assert found == {"complete": False, "overrides": False}


def test_switches_of_presets() -> None:
    text = "[*]\nno-perf = true\nslots = off\nmetrics = maybe\n[a]\n"
    found = told("llama.cpp", "--models-preset /c.ini", text)
    assert (found["perf"], found["slots"], found["metrics"]) == ("false", "false", "maybe")
