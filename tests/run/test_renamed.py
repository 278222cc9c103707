"""References that Kustomize does not change beside the names that it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.run.test_kustomizations import Said, check, engine, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

__all__ = ["engine"]

SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec:
  selector: {matchLabels: {app: llm}}
  template:
    metadata: {labels: {app: llm}}
    spec:
      containers:
        - name: llm
          image: vllm/vllm-openai:v0.30.0
          args: [--model=/m]
          envFrom: [{configMapRef: {name: settings}}]
---
apiVersion: v1
kind: Service
metadata: {name: llm}
spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
"""
ROUTE = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: llm}
spec:
  parentRefs: [{name: public}]
  rules:
    - backendRefs:
        - {name: llm, port: 80}
"""
SCALER = """\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: llm}
spec:
  scaleTargetRef:
    name: llm
  maxReplicaCount: 2
  triggers: [{type: prometheus, metadata: {serverAddress: "http://p", query: up, threshold: "5"}}]
"""
BASE = """\
resources: [server.yaml, route.yaml, scaler.yaml]
configMapGenerator: [{name: settings, literals: [HOME=/tmp]}]
"""
RULES = ("route-without-backend", "scaler-without-target", "undefined-object")
ROUTED, SCALED = Said("base/route.yaml", 8, RULES[0]), Said("base/scaler.yaml", 6, RULES[1])


def tree(root: Path, overlay: str, base: str = BASE) -> None:
    write(
        root,
        **{
            "base/server.yaml": SERVER,
            "base/route.yaml": ROUTE,
            "base/scaler.yaml": SCALER,
            "base/kustomization.yaml": base,
            "prod/kustomization.yaml": f"resources: [../base]\n{overlay}",
        },
    )


@pytest.mark.parametrize("overlay", ["namePrefix: prod-\n", "nameSuffix: -v2\n"])
@pytest.mark.usefixtures("engine")
def test_what_keeps_the_former_name_leads_to_nothing(
    here: Path, program: Program, overlay: str
) -> None:
    tree(here, overlay)
    assert check(program, *RULES) == [ROUTED, SCALED]


@pytest.mark.usefixtures("engine")
def test_without_another_name_all_is_right(here: Path, program: Program) -> None:
    tree(here, "namespace: llm\n")
    assert check(program, *RULES, code=0) == []


@pytest.mark.usefixtures("engine")
def test_what_is_told_to_kustomize_is_renamed(here: Path, program: Program) -> None:
    tree(here, "namePrefix: prod-\nconfigurations: [names.yaml]\n")
    references = """\
nameReference:
  - kind: Service
    version: v1
    fieldSpecs: [{kind: HTTPRoute, path: spec/rules/backendRefs/name}]
  - kind: Deployment
    fieldSpecs: [{kind: ScaledObject, path: spec/scaleTargetRef/name}]
"""
    write(here, **{"prod/names.yaml": references})
    assert check(program, *RULES, code=0) == []


@pytest.mark.usefixtures("engine")
def test_the_name_may_be_that_of_another_part_of_the_run(here: Path, program: Program) -> None:
    tree(here, "namePrefix: canary-\n")
    stable = SERVER.replace("configMapRef: {name: settings}", "configMapRef: {name: others}")
    write(here, **{"stable/server.yaml": stable})
    assert check(program, *RULES, code=0) == []


@pytest.mark.usefixtures("engine")
def test_a_generator_is_called_as_it_is_written(here: Path, program: Program) -> None:
    tree(here, "", BASE.replace("name: settings", "name: setting"))
    assert check(program, *RULES) == [Said("base/server.yaml", 13, RULES[2])]


CHAT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: chat}
spec:
  selector: {matchLabels: {app: chat}}
  template:
    metadata: {labels: {app: chat}}
    spec:
      containers:
        - name: chat
          image: ghcr.io/open-webui/open-webui:v0.6.32
          env:
            - {name: OPENAI_API_BASE_URL, value: "http://HOST/v1"}
"""


@pytest.mark.parametrize(
    ("host", "told"),
    [("llm", 1), ("llm.serving.svc", 1), ("llm.elsewhere.svc", 0), ("prod-llm", 0), ("llm.io", 0)],
)
@pytest.mark.usefixtures("engine")
def test_an_address_keeps_the_former_name(
    here: Path, program: Program, host: str, told: int
) -> None:
    tree(here, "namespace: serving\nnamePrefix: prod-\n", BASE.replace("]", ", chat.yaml]", 1))
    write(here, **{"base/chat.yaml": CHAT.replace("HOST", host)})
    found = check(program, "unanswered-address", code=told)
    assert found == [Said("base/chat.yaml", 13, "unanswered-address")] * told
