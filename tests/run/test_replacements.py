"""What Kustomize copies, labels and takes away is placed where it is written."""

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
        - name: server
          image: vllm/vllm-openai:v0.30.0
          args: [--model=/m, --tensor-parallel-size=2]
          resources: {limits: {nvidia.com/gpu: 2}}
          volumeMounts:
            - {name: m, mountPath: /m}
            - {name: shm, mountPath: /dev/shm}
      volumes:
        - {name: m, persistentVolumeClaim: {claimName: m}}
        - {name: shm, emptyDir: {medium: Memory}}
---
apiVersion: v1
kind: Service
metadata: {name: llm}
spec:
  selector: {app: llm}
  ports: [{port: 80, targetPort: 8000}]
"""
VALUES = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: values}
data:
  parallel: --tensor-parallel-size=4
"""
OVERLAY = "resources: [../base]\n"
COPIED = """\
replacements:
  - source: {kind: ConfigMap, name: NAME, fieldPath: data.parallel}
    targets:
      - select: {kind: Deployment, name: llm}
        reject: [{name: other}]
        fieldPaths: ["spec.template.spec.containers.ITEM.args.1"]
"""
ITEMS = ("0", "[name=server]", "*")


def tree(root: Path, overlay: str) -> None:
    write(
        root,
        **{
            "base/server.yaml": SERVER,
            "base/values.yaml": VALUES,
            "base/kustomization.yaml": "resources: [server.yaml, values.yaml]\n",
            "prod/kustomization.yaml": f"{OVERLAY}{overlay}",
        },
    )


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.usefixtures("engine")
def test_a_copied_value_stands_at_its_source(here: Path, program: Program, item: str) -> None:
    tree(here, COPIED.replace("NAME", "values").replace("ITEM", item))
    assert check(program, "tp-vs-gpus") == [Said("base/values.yaml", 5, "tp-vs-gpus")]


@pytest.mark.usefixtures("engine")
def test_the_source_may_be_generated(here: Path, program: Program) -> None:
    generated = """\
configMapGenerator:
  - name: others
  - name: more
    literals:
      - else=1
      - parallel=--tensor-parallel-size=4
"""
    tree(here, generated + COPIED.replace("NAME", "more").replace("ITEM", "0"))
    assert check(program, "tp-vs-gpus") == [Said("prod/kustomization.yaml", 7, "tp-vs-gpus")]


@pytest.mark.usefixtures("engine")
def test_what_is_for_others_changes_no_place(here: Path, program: Program) -> None:
    others = """\
replacements:
  - path: copied.yaml
  - source: {kind: ConfigMap, name: values, fieldPath: data.parallel}
    targets:
      - select: {kind: Service}
        fieldPaths: [metadata.annotations.parallel]
        options: {create: true}
      - select: {kind: Deployment}
        reject: [{kind: Deployment, name: llm}]
        fieldPaths: ["spec.template.spec.containers.0.args.0"]
patches: [{path: patch.yaml}]
"""
    tree(here, others)
    patch = SERVER.partition("---")[0].replace("size=2", "size=4")
    copied = "source: {kind: Service, name: llm}\ntargets: []\n"
    write(here, **{"prod/patch.yaml": patch, "prod/copied.yaml": copied})
    assert check(program, "tp-vs-gpus") == [Said("prod/patch.yaml", 12, "tp-vs-gpus")]


@pytest.mark.usefixtures("engine")
def test_what_a_patch_takes_away_is_missing_there(here: Path, program: Program) -> None:
    patch = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec:
  template:
    spec:
      containers:
        - name: server
          volumeMounts:
            - mountPath: /dev/shm
              $patch: delete
"""
    tree(here, "patches: [{path: patch.yaml}]\n")
    write(here, **{"prod/patch.yaml": patch})
    assert check(program, "shm-missing") == [Said("prod/patch.yaml", 11, "shm-missing")]


@pytest.mark.parametrize(
    ("fields", "told"),
    [("", 1), ("includeTemplates: true", 0), ("includeSelectors: true", 0)],
)
@pytest.mark.usefixtures("engine")
def test_labels_may_be_those_of_the_workload_alone(
    here: Path, program: Program, fields: str, told: int
) -> None:
    tree(here, f"labels: [{{pairs: {{team: serving}}, {fields}}}]\n")
    write(here, **{"base/server.yaml": SERVER.replace("selector: {app: llm}\n  ports", SELECTED)})
    found = check(program, "selector-without-match", code=told)
    assert found == [Said("base/server.yaml", 25, "selector-without-match")] * told


SELECTED = "selector: {app: llm, team: serving}\n  ports"


ADDED = """
  target: {kind: ConfigMap}
  patch: |-
    - {op: add, path: /data/parallel, value: --tensor-parallel-size=4}
"""


@pytest.mark.parametrize(
    ("patch", "place"),
    [
        ("{path: patch.yaml}\n", Said("prod/patch.yaml", 5, "tp-vs-gpus")),
        (ADDED, Said("base/server.yaml", 12, "tp-vs-gpus")),
    ],
)
@pytest.mark.usefixtures("engine")
def test_a_patch_may_set_the_source(here: Path, program: Program, patch: str, place: Said) -> None:
    copied = COPIED.replace("NAME", "values").replace("ITEM", "0")
    tree(here, f"patches:\n- {patch.lstrip()}{copied}")
    write(here, **{"base/values.yaml": VALUES.replace("parallel:", "no:")})
    if "path: patch.yaml" in patch:
        write(here, **{"prod/patch.yaml": VALUES})
    assert check(program, "tp-vs-gpus") == [place]
