from __future__ import annotations

import pytest

from imagelint.knowledge.engines import engines
from imagelint.knowledge.serving.other_servers import other_server_named, other_server_started
from imagelint.knowledge.tables import table

ROWS = table("other_servers")["servers"]


def test_none_of_them_is_an_engine() -> None:
    names = [row["name"] for row in ROWS]
    assert len(names) == len(set(names))
    assert not set(names) & set(engines())
    words = [word for row in ROWS for word in row["words"]]
    assert len(words) == len(set(words))
    assert all(word == word.lower() for word in words)
    assert all(row["words"] or row["programs"] for row in ROWS)


@pytest.mark.parametrize(
    ("names", "found", "models"),
    [
        (("example.com/images/tf-serving-tpu:2.13",), "tensorflow-serving", True),
        (("tensorflow/serving:2.13-gpu",), "tensorflow-serving", True),
        (("", "comfy"), "comfyui", True),
        (("quay.io/docling-project/docling-serve-cu128:v1.22.1",), "docling", True),
        (("hwdsl2/kokoro-server:cuda",), "speech", True),
        (("", "kokoro-tts"), "speech", True),
        (("modular/max-nvidia-full:26.1",), "modular-max", True),
        (("linuxserver/openssh-server:1", "x"), "ssh server", False),
        (("example.com/gpu-jupyter:1", "x"), "notebook", False),
        (("nvcr.io/nvidia/k8s-device-plugin:v1",), "node agent", False),
        (("example.com/Jupyter:1",), "notebook", False),
    ],
)
def test_by_names(*, names: tuple[str, ...], found: str, models: bool) -> None:
    server = other_server_named(*names)
    assert server is not None
    assert (server.name, server.models) == (found, models)


def test_other_names_say_nothing() -> None:
    assert other_server_named("example.com/app:1", "server") is None
    assert other_server_named("", "") is None


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tensorflow_model_server --port=8500", "tensorflow-serving"),
        ("/usr/bin/python3.9 -m fastchat.serve.model_worker --host x", "fastchat"),
        ("nginx", "proxy"),
        ("/usr/sbin/sshd -D", "ssh server"),
        ("max serve --model-path Qwen/Qwen3-8B", "modular-max"),
        ("docling-serve run --enable-ui", "docling"),
    ],
)
def test_by_programs(words: str, found: str) -> None:
    server = other_server_started(words.split())
    assert server is not None
    assert server.name == found


@pytest.mark.parametrize("words", ["", "python serve.py", "bentoml build", "sleep infinity"])
def test_other_programs_say_nothing(words: str) -> None:
    assert other_server_started(words.split()) is None
