"""What a server is told is read in every form in which people write it."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.rules.projects import Given, environment, examine_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _pytest.mark.structures import ParameterSet

ENOUGH = 150

VLLM, SGLANG = "vllm/vllm-openai:v0.30.0", "lmsysorg/sglang:v0.5.10"
TGI, LLAMA = "ghcr.io/huggingface/text-generation-inference:3.3.7", "ghcr.io/ggml-org/llama.cpp"
LMDEPLOY = "openmmlab/lmdeploy:v0.11.0"

# By a name: the image, the program, the words that say 0.99 of the memory, or four GPUs.
WORDS = {
    "equals": (VLLM, "vllm serve org/m-8b", "--gpu-memory-utilization=0.99"),
    "space": (VLLM, "vllm serve org/m-8b", "--gpu-memory-utilization 0.99"),
    "underscores": (VLLM, "vllm serve org/m-8b", "--gpu_memory_utilization=0.99"),
    "underscores and space": (VLLM, "vllm serve org/m-8b", "--gpu_memory_utilization 0.99"),
    "short": (VLLM, "vllm serve org/m-8b", "-tp 4"),
    "short equals": (VLLM, "vllm serve org/m-8b", "-tp=4"),
    "long": (VLLM, "vllm serve org/m-8b", "--tensor-parallel-size 4"),
    "module": (
        VLLM,
        "python3 -m vllm.entrypoints.openai.api_server --model org/m-8b",
        "--tensor-parallel-size=4",
    ),
    "sglang": (
        SGLANG,
        "python3 -m sglang.launch_server --model-path org/m-8b",
        "--mem-fraction-static 0.99",
    ),
    "sglang equals": (SGLANG, "sglang serve --model-path org/m-8b", "--tp-size=4"),
    "tgi": (TGI, "text-generation-launcher --model-id org/m-8b", "--num-shard 4"),
    "lmdeploy": (LMDEPLOY, "lmdeploy serve api_server org/m-8b", "--tp 4"),
}
# By a name: the variable, its value, and the image whose own command reads it.
VARIABLES = {
    "tgi shards": (TGI, {"MODEL_ID": "org/m-8b", "NUM_SHARD": "4"}),
    "tgi memory": (TGI, {"MODEL_ID": "org/m-8b", "CUDA_MEMORY_FRACTION": "1.5"}),
}


def _pod(container: Mapping[str, object], *objects: object, **spec: object) -> str:
    limits = {"resources": {"limits": {"nvidia.com/gpu": 2}}}
    body = {"containers": [{"name": "server", **limits, **container}], **spec}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "llm"}, "spec": body}
    return "\n---\n".join(json.dumps(one) for one in (pod, *objects))


def _config(name: str, data: Mapping[str, str]) -> object:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": dict(data),
    }


def _compose(service: Mapping[str, object]) -> str:
    device = {"driver": "nvidia", "count": 2, "capabilities": ["gpu"]}
    deploy = {"deploy": {"resources": {"reservations": {"devices": [device]}}}}
    return json.dumps({"services": {"llm": {**deploy, **service}}})


def forms(image: str, program: str, words: str) -> dict[str, dict[str, str]]:
    """The files of each form by its name."""
    line, flags = f"{program} {words}", words.split()
    argv = line.split()
    mounted = {
        "volumeMounts": [{"name": "start", "mountPath": "/start"}],
        "command": ["/bin/bash", "/start/run.sh"],
    }
    volume = [{"name": "start", "configMap": {"name": "start"}}]
    script = f"#!/bin/bash\nset -e\nexec {line}\n"
    half = {"name": "FLAGS", "value": words}
    value = {"name": "VALUE", "value": flags[-1].rpartition("=")[2]}
    opened = words[: -len(value["value"])]
    many = {"name": "server", "image": image}
    return {
        "command": {"pod.yaml": _pod({**many, "command": argv})},
        "arguments": {
            "pod.yaml": _pod({**many, "command": program.split(), "args": flags}),
        },
        "sh -c": {"pod.yaml": _pod({**many, "command": ["sh", "-c", line]})},
        "bash -lc": {
            "pod.yaml": _pod({**many, "command": ["/bin/bash", "-lc"], "args": [f"exec {line}"]})
        },
        "continued": {
            "pod.yaml": _pod({**many, "command": ["sh", "-c", f"{program} \\\n  {words}\n"]})
        },
        "behind another": {
            "pod.yaml": _pod({**many, "command": ["sh", "-c", f"mkdir -p /x && {line}"]})
        },
        "expanded": {
            "pod.yaml": _pod(
                {**many, "env": [value], "command": [*f"{program} {opened}$(VALUE)".split()]}
            )
        },
        "variable of a shell": {
            "pod.yaml": _pod({**many, "env": [half], "command": ["sh", "-c", f"{program} $FLAGS"]})
        },
        "ConfigMap of variables": {
            "pod.yaml": _pod(
                {
                    **many,
                    "envFrom": [{"configMapRef": {"name": "told"}}],
                    "command": ["sh", "-c", f"{program} $FLAGS"],
                },
                _config("told", {"FLAGS": words}),
            )
        },
        "start script": {
            "pod.yaml": _pod(
                {**many, **mounted}, _config("start", {"run.sh": script}), volumes=volume
            )
        },
        "compose string": {
            "compose.yaml": _compose({"image": image, "entrypoint": "", "command": line})
        },
        "compose list": {
            "compose.yaml": _compose(
                {"image": image, "entrypoint": program.split(), "command": flags}
            )
        },
        "compose shell": {
            "compose.yaml": _compose(
                {"image": image, "entrypoint": ["sh", "-c"], "command": [line]}
            )
        },
    }


def variable_forms(image: str, told: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The files of each form in which variables are set, by its name."""
    listed = [{"name": name, "value": value} for name, value in told.items()]
    keys = [
        {"name": name, "valueFrom": {"configMapKeyRef": {"name": "told", "key": name}}}
        for name in told
    ]
    every = [{"configMapRef": {"name": "told"}}]
    return {
        "variables": {"pod.yaml": _pod({"image": image, "env": listed})},
        "keys of a ConfigMap": {
            "pod.yaml": _pod({"image": image, "env": keys}, _config("told", told))
        },
        "whole ConfigMap": {
            "pod.yaml": _pod({"image": image, "envFrom": every}, _config("told", told))
        },
        "compose mapping": {"compose.yaml": _compose({"image": image, "environment": dict(told)})},
        "compose list": {
            "compose.yaml": _compose(
                {"image": image, "environment": [f"{name}={value}" for name, value in told.items()]}
            )
        },
        "compose file": {
            "compose.yaml": _compose({"image": image, "env_file": ["llm.env"]}),
            "llm.env": "".join(f"{name}={value}\n" for name, value in told.items()),
        },
    }


@cache
def spellings() -> tuple[ParameterSet, ...]:
    """Every flag in every form, with what is said of its value."""
    found = [
        pytest.param(files, told[2].replace("=", " ").split()[-1], id=f"{name}, {form}")
        for name, told in WORDS.items()
        for form, files in forms(*told).items()
    ]
    found += [
        pytest.param(files, [*told.values()][-1], id=f"{name}, {form}")
        for name, (image, told) in VARIABLES.items()
        for form, files in variable_forms(image, told).items()
    ]
    return tuple(found)


def test_there_are_enough() -> None:
    assert len(spellings()) >= ENOUGH


@pytest.mark.parametrize(("files", "value"), spellings())
def test_what_is_said_is_read(files: dict[str, str], value: str) -> None:
    rule = "gpu-memory-fraction" if "." in value else "tp-vs-gpus"
    found = examine_files(rule, files, Given({}, environment(""))).findings
    assert [value in finding.message for finding in found] == [True]
