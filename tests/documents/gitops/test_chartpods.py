"""Values of known charts are read as containers."""

from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.run.reading.recognition import recognise

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
