from __future__ import annotations

import json

import pytest

from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest

SIDECAR = {"name": "mesh", "image": "team/mesh:1.0.0"}
PATCH = json.dumps([{"op": "add", "path": "/spec/containers/-", "value": SIDECAR}])
EXPRESSION = 'Object{spec: Object.spec{initContainers: [{name: "a", image: "team/mesh:1.0.0"}]}}'

MADE = {"spec": {"containers": [{**SIDECAR, "args": []}]}}
INITIAL = {"spec": {"initContainers": [SIDECAR]}}
ADDED = {"spec": {"containers": [SIDECAR, {"name": "a"}]}}
CHANGED = {"spec": {"containers": [{"+(image)": "a", **SIDECAR}]}}


def kyverno(rule: object, kind: str = "ClusterPolicy", group: str = "kyverno.io/v1") -> str:
    return json.dumps({"apiVersion": group, "kind": kind, "spec": {"rules": [rule]}})


def mutating(kind: str, group: str, **spec: object) -> str:
    return json.dumps({"apiVersion": group, "kind": kind, "spec": spec})


def images(text: str) -> list[str]:
    document = parse_manifest(Source("policy.yaml", text))
    assert document.unread() == ()
    found = [one.image for pod in document.pods for one in pod.containers]
    return [one.text for one in found if one is not None]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"generate": {"data": MADE}}, 1),
        ({"generate": {"foreach": [{"data": MADE}]}}, 1),
        ({"generate": {"clone": {"name": "a"}}}, 0),
        ({"mutate": {"patchStrategicMerge": ADDED}}, 1),
        ({"mutate": {"patchStrategicMerge": CHANGED}}, 0),
        ({"mutate": {"foreach": [{"patchStrategicMerge": INITIAL}]}}, 1),
        ({"validate": {"pattern": MADE}}, 0),
    ],
)
def test_containers_are_those_that_a_policy_adds(rule: object, expected: int) -> None:
    assert images(kyverno(rule)) == ["team/mesh:1.0.0"] * expected


def test_a_value_of_gatekeeper_may_be_a_container_or_several() -> None:
    values: tuple[object, ...] = (SIDECAR, [SIDECAR], "Always")
    for value, found in zip(values, (True, True, False), strict=True):
        spec = {"assign": {"value": value}}
        text = mutating("Assign", "mutations.gatekeeper.sh/v1", parameters=spec)
        assert bool(images(text)) is found


@pytest.mark.parametrize(
    "text",
    [
        kyverno({"mutate": {"patchesJson6902": PATCH}}),
        kyverno({"mutate": {"patchesJson6902": PATCH.replace('"', "")}}),
        mutating(
            "MutatingAdmissionPolicy",
            "admissionregistration.k8s.io/v1beta1",
            mutations=[{"applyConfiguration": {"expression": EXPRESSION}}],
        ),
        mutating(
            "MutatingPolicy",
            "policies.kyverno.io/v1alpha1",
            mutations=[{"jsonPatch": {"expression": EXPRESSION}}],
        ),
        mutating(
            "GeneratingPolicy",
            "policies.kyverno.io/v1alpha1",
            generate=[{"expression": EXPRESSION}],
        ),
    ],
)
def test_containers_that_are_not_read_are_told(text: str) -> None:
    (problem,) = parse_manifest(Source("policy.yaml", text)).unread()
    assert "are not examined" in problem.message


@pytest.mark.parametrize(
    "expression",
    [
        'object.spec.containers.map(c, Container{name: c.name, image: "team/" + c.image})',
        "object.spec.containers.map(c, Container{name: c.name, image: c.image})",
        'object.spec.containers.map(c, {"env": [{"name": "IMAGE", "value": c.image}]})',
        'Object{spec: Object.spec{image: "team/mesh:1.0.0"}}',
        "",
    ],
)
def test_expressions_that_change_containers_add_none(expression: str) -> None:
    mutation = {"applyConfiguration": {"expression": expression}}
    text = mutating("MutatingPolicy", "policies.kyverno.io/v1alpha1", mutations=[mutation])
    assert parse_manifest(Source("policy.yaml", text)).unread() == ()


@pytest.mark.parametrize("value", [{"name": "a", "image": "{{element.image}}"}, {"env": []}])
def test_patches_that_change_containers_add_none(value: object) -> None:
    patch = json.dumps([{"op": "add", "path": "/spec/containers/0", "value": value}])
    whole = {"patchStrategicMerge": {"spec": {"containers": [value]}}}
    for mutation in ({"patchesJson6902": patch}, whole):
        assert images(kyverno({"mutate": mutation})) == []
