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


FILED = COPIED.replace("NAME", "values").replace("ITEM", "0").partition("\n")[2]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (FILED, Said("base/values.yaml", 5, "tp-vs-gpus")),
        (FILED.replace("  - ", "", 1).replace("\n    ", "\n"), None),
    ],
)
@pytest.mark.usefixtures("engine")
def test_what_is_copied_may_stand_in_a_file(
    here: Path, program: Program, text: str, place: Said | None
) -> None:
    tree(here, "replacements: [{path: copied.yaml}]\n")
    write(here, **{"prod/copied.yaml": text})
    assert check(program, "tp-vs-gpus") == [place or Said("base/values.yaml", 5, "tp-vs-gpus")]


PROBED = SERVER.replace(
    "          volumeMounts:",
    """\
          ports: [{containerPort: 8000}]
          readinessProbe: {httpGet: {path: /health, port: 8000}}
          startupProbe: {httpGet: {path: /health, port: 8000}, failureThreshold: 200}
          livenessProbe: {httpGet: {path: /health, port: 8000}, failureThreshold: 9}
          lifecycle: {preStop: {sleep: {seconds: 10}}}
          volumeMounts:""",
)
CONTAINER = "spec: {template: {spec: {containers: [{name: server,"
PATCH = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: llm}\n"
REMOVED = """\
patches:
  - target: {kind: Deployment}
    patch: |-
      - op: test
        path: /spec/template/spec/containers/0/name
        value: server
      - op: remove
        path: /spec/template/spec/containers/0/FIELD
"""


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("readinessProbe", "no-readiness"),
        ("startupProbe", "startup-unprotected"),
        ("lifecycle", "no-prestop"),
        ("resources", "engine-without-gpu"),
    ],
)
@pytest.mark.parametrize("gone", ["null", "{$patch: delete}", ""])
@pytest.mark.usefixtures("engine")
def test_a_field_that_a_patch_takes_away_is_missing_there(
    here: Path, program: Program, field: str, rule: str, gone: str
) -> None:
    tree(here, "patches: [{path: patch.yaml}]\n" if gone else REMOVED.replace("FIELD", field))
    write(here, **{"base/server.yaml": PROBED})
    if gone:
        write(here, **{"prod/patch.yaml": f"{PATCH}{CONTAINER}\n {field}: {gone}}}]}}}}}}\n"})
    place = Said("prod/patch.yaml", 5, rule) if gone else Said("prod/kustomization.yaml", 8, rule)
    found = check(program, rule, code=0)
    assert [one for one in found if one.rule == rule] == [place]


@pytest.mark.usefixtures("engine")
def test_what_an_outer_patch_puts_back_is_not_missing(here: Path, program: Program) -> None:
    tree(here, "patches: [{path: patch.yaml}, {path: again.yaml}]\n")
    probe = "readinessProbe: {httpGet: {path: /health, port: 8000}}"
    write(
        here,
        **{
            "base/server.yaml": PROBED,
            "prod/patch.yaml": f"{PATCH}{CONTAINER} readinessProbe: null}}]}}}}}}\n",
            "prod/again.yaml": f"{PATCH}{CONTAINER} {probe}}}]}}}}}}\n",
        },
    )
    assert check(program, "no-readiness", code=0) == []


@pytest.mark.usefixtures("engine")
def test_an_item_that_an_operation_removes_is_missing_there(here: Path, program: Program) -> None:
    tree(here, REMOVED.replace("FIELD", "volumeMounts/1"))
    assert check(program, "shm-missing") == [Said("prod/kustomization.yaml", 8, "shm-missing")]
