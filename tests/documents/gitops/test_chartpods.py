"""Values of known charts are read as containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source
from imagelint.documents.gitops.chartpods import values_pods
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import read_yaml
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Container

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: llm}
spec:
  chartRef: {kind: OCIRepository, name: app-template}
  values:
    controllers:
      llm:
        containers:
          app:
            image: {repository: vllm/vllm-openai, tag: v0.30.0}
            args: [--port, "8080"]
            env: {A: 1, B: {valueFrom: {secretKeyRef: {name: s, key: k}}}, C: {value: c}}
            probes:
              liveness: {enabled: true, custom: true, spec: {httpGet: {path: /health, port: 80}}}
              startup: {enabled: true, spec: {failureThreshold: 3}}
"""


def manifest(text: str) -> Manifest:
    found = recognise(Source("release.yaml", text))
    assert isinstance(found, Manifest)
    return found


def test_a_container_is_what_its_values_say() -> None:
    document = manifest(RELEASE)
    (pod,) = document.pods
    (container,) = pod.containers
    assert container.image is not None
    assert container.image.text == "vllm/vllm-openai:v0.30.0"
    assert [(one.name, one.reference) for one in container.env] == [
        ("A", ""),
        ("B", "secretKeyRef"),
        ("C", ""),
    ]
    assert document.written(container.env[2].value_span) == "c"
    assert container.body["livenessProbe"].exists
    assert not container.body["startupProbe"].exists
    assert container.path == "spec.values.controllers.llm.containers.app"


STACK = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: llm}
spec:
  source:
    repoURL: https://vllm-project.github.io/production-stack
    chart: vllm-stack
    helm:
      valuesObject:
        servingEngineSpec:
          modelSpec:
            - name: llm
              repository: vllm/vllm-openai
              tag: v0.30.0
              modelURL: Qwen/Qwen3-8B
              requestGPU: 2
              requestGPUType: amd.com/gpu
              raySpec: {enabled: false}
"""


def test_gpus_are_of_the_kind_that_the_values_name() -> None:
    (pod,) = manifest(STACK).pods
    limits = pod.containers[0].body.at("resources", "limits")
    assert limits.pairs() == (("amd.com/gpu", "2"),)
    (pod,) = manifest(STACK.replace("requestGPUType", "unused")).pods
    limits = pod.containers[0].body.at("resources", "limits")
    assert limits.pairs() == (("nvidia.com/gpu", "2"),)


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (RELEASE, "            image:", "            enabled: false\n            image:"),
        (RELEASE, "        containers:", "        enabled: false\n        containers:"),
        (STACK, "- name: llm", "- enabled: false"),
        (STACK, "          modelSpec:", "          enableEngine: false\n          modelSpec:"),
        (STACK, "raySpec: {enabled: false}", "raySpec: {enabled: true, headNode: {}}"),
    ],
)
def test_what_is_not_made_of_the_values_is_no_container(text: str, old: str, new: str) -> None:
    assert manifest(text).pods
    assert manifest(text.replace(old, new)).pods == ()


def test_values_of_a_chart_that_is_not_known_are_left_alone() -> None:
    text = RELEASE.replace("app-template", "own").replace("image: {", "picture: {")
    assert manifest(text).pods == ()


RAY = """\
image: {repository: rayproject/ray-llm, tag: 2.49.0}
common: {containerEnv: [{name: A, value: a}]}
head:
  rayStartParams: {dashboard-host: "0.0.0.0"}
  resources: {limits: {cpu: "2"}}
worker:
  replicas: 1
  image: {repository: example.com/ray, tag: "1"}
  containerEnv: [{name: B, value: b}]
  resources: {limits: {nvidia.com/gpu: 1}}
additionalWorkerGroups:
  off: {disabled: true, resources: {limits: {nvidia.com/gpu: 8}}}
  on: {disabled: false, resources: {limits: {nvidia.com/gpu: 2}}}
"""
OLLAMA = """\
image: {tag: 0.12.3}
ollama:
  gpu: {enabled: true, type: amd, number: 2}
  models: {pull: [qwen3:8b]}
resources: {limits: {cpu: "2"}}
livenessProbe: {enabled: true, path: /healthz, periodSeconds: 5}
readinessProbe: {enabled: false, path: /}
"""
LLM_D = """\
modelArtifacts: {uri: "Qwen/Qwen3-32B", name: qwen}
decode:
  parallelism: {tensor: 2}
  containers:
    - {name: vllm, image: "ghcr.io/llm-d/llm-d-cuda:v0.3.0", modelCommand: vllmServe, args: [--a]}
prefill:
  containers:
    - {name: vllm, image: "ghcr.io/llm-d/llm-d-cuda:v0.3.0", command: [vllm, serve], args: [--b]}
"""


def containers(text: str, chart: str = "") -> list[Container]:
    (root,) = read_yaml(text).documents
    return [one for pod in values_pods(Cursor(root), chart) for one in pod.containers]


def test_values_tell_their_chart_and_its_containers() -> None:
    head, worker, more = containers(RAY)
    images = [one.image.text for one in (head, worker, more) if one.image is not None]
    assert images == ["rayproject/ray-llm:2.49.0", "example.com/ray:1", "rayproject/ray-llm:2.49.0"]
    assert [one.name for one in worker.env] == ["A", "B"]
    assert more.path == "additionalWorkerGroups.on"


def test_gpus_join_the_resources_and_a_probe_gets_its_request() -> None:
    (server,) = containers(OLLAMA)
    assert server.image is not None
    assert server.image.text == "ollama/ollama:0.12.3"
    assert server.body.at("resources", "limits").pairs() == (("cpu", "2"), ("amd.com/gpu", "2"))
    assert server.body.at("livenessProbe", "httpGet").pairs() == (
        ("path", "/healthz"),
        ("port", "11434"),
    )
    assert server.body.at("livenessProbe", "periodSeconds").exists
    assert not server.body["readinessProbe"].exists


def test_gpus_that_are_switched_off_are_not_asked_for() -> None:
    (server,) = containers(OLLAMA.replace("{enabled: true, type", "{enabled: false, type"))
    assert server.body.at("resources", "limits").pairs() == (("cpu", "2"),)


def test_how_a_model_is_started_decides_what_is_made() -> None:
    decode, prefill = containers(LLM_D)
    words = [item.word() for item in decode.body["args"].items()]
    assert words[:4] == ["--model", "Qwen/Qwen3-32B", "--tensor-parallel-size", "2"]
    assert words[-1] == "--a"
    assert [item.word() for item in prefill.body["args"].items()] == ["--b"]


@pytest.mark.parametrize("text", [RAY, OLLAMA, LLM_D])
def test_values_without_what_only_their_chart_has_tell_none(text: str) -> None:
    for word in ("rayStartParams", "resources", "gpu:", "models:", "modelArtifacts"):
        text = text.replace(word, "other" + ":" * word.endswith(":"))
    assert containers(text) == []


def test_a_chart_may_be_named() -> None:
    text = "image: {tag: hopper-1.8}\nconfig: {modelID: BAAI/bge-m3}\n"
    assert containers(text) == []
    (server,) = containers(text, "infracloud/text-embeddings-inference")
    assert [(one.name, one.value) for one in server.env] == [("MODEL_ID", server.env[0].value)]
    assert server.image is not None
    assert server.image.text == "ghcr.io/huggingface/text-embeddings-inference:hopper-1.8"


def test_a_server_of_llm_d_is_told_a_model_without_its_scheme() -> None:
    text = """\
modelArtifacts: {uri: hf://Qwen/Qwen3-8B, name: qwen}
decode: {containers: [{image: vllm/vllm-openai:v0.30.0, modelCommand: vllmServe}]}
"""
    (root,) = read_yaml(text).documents
    (pod,) = values_pods(Cursor(root))
    words = [one.word() for one in pod.containers[0].body["args"].items()]
    assert words[:2] == ["--model", "Qwen/Qwen3-8B"]
