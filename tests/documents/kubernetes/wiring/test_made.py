"""The Services that operators make of their objects."""

from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.kubernetes.wiring.made import beginnings, made_services, tells_services
from imagelint.knowledge.kubernetes.made_services import knows_services

HEAD = "headGroupSpec: {template: {spec: {containers: [{name: head, image: ray, ports: PORTS}]}}}"
RAY = f"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {{name: c}}\nspec: {{{HEAD}}}\n"
SERVICE = (
    "apiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: s}\n"
    f"spec: {{rayClusterConfig: {{{HEAD}}}}}\n"
)


def made(text: str) -> dict[str, dict[str, object]]:
    """The ports of the Services that are made of the objects of a text, by their names."""
    objects = parse_manifest(Source("all.yaml", text)).objects
    return {
        service.object.name: {
            one.name: one.port.value if isinstance(one.port, Known) else one.port
            for one in service.ports
        }
        for obj in objects
        for service in made_services(obj)
    }


def test_ports_are_those_of_the_head() -> None:
    ports = "[{containerPort: 8265, name: dashboard}, {containerPort: 9000, name: serve-a}]"
    found = made(SERVICE.replace("PORTS", ports))
    assert found["s-serve-svc"] == {"serve-a": 9000}
    assert found["s-head-svc"] == {"dashboard": 8265, "serve-a": 9000, "metrics": 8080}


def test_a_port_without_a_name_is_called_by_its_number() -> None:
    found = made(RAY.replace("PORTS", "[{containerPort: 9000}]"))
    assert found["c-head-svc"] == {"9000-port": 9000, "metrics": 8080}


def test_without_ports_there_are_those_of_the_program() -> None:
    found = made(RAY.replace("PORTS", "[]"))
    assert found["c-head-svc"]["dashboard"] == 8265
    assert found["c-serve-svc"] == {"serve": 8000}


@pytest.mark.parametrize("ports", ["some", "[some]"])
def test_ports_that_are_none_are_unknown(ports: str) -> None:
    found = made(RAY.replace("PORTS", ports))
    assert "dashboard" not in found["c-head-svc"]


def test_parts_have_services_of_their_own_names() -> None:
    text = (
        "apiVersion: apps.nvidia.com/v1alpha1\nkind: NIMPipeline\nmetadata: {name: p}\n"
        "spec: {services: [{name: llm, spec: {expose: {service: {port: 8001, grpcPort: 9}}}}, {}]}"
    )
    assert made(text) == {"llm": {"api": 8001, "grpc": 9}}


def test_of_an_object_without_a_name_nothing_is_known() -> None:
    assert made("apiVersion: ray.io/v1\nkind: RayService\nspec: {}\n") == {}


def test_what_is_known_to_make_none() -> None:
    assert knows_services("apps.nvidia.com", "NIMCache")
    assert not knows_services("ray.io", "RayJob")
    (obj,) = parse_manifest(Source("a.yaml", RAY.replace("PORTS", "[]"))).objects
    assert tells_services(obj)
    assert not tells_services(obj._replace(incomplete=True))


def graph(name: str, services: str) -> str:
    return (
        "apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeployment\n"
        f"metadata: {{name: {name}}}\nspec: {{services: {services}}}\n"
    )


def test_parts_of_a_graph_stand_behind_its_name() -> None:
    text = graph("g", "{Frontend: {componentType: frontend}, Decode: {componentType: worker}}")
    (obj,) = parse_manifest(Source("a.yaml", text)).objects
    assert made(text) == {"g-frontend": {"http": 8000}, "g-decode": {}, "g-0": {}}
    assert list(beginnings(obj)) == ["g-decode", "g-0"]
    assert tells_services(obj)


def test_names_that_are_too_long_are_unknown() -> None:
    text = graph("g" * 60, "{Decode: {componentType: worker}}")
    (obj,) = parse_manifest(Source("a.yaml", text)).objects
    assert list(made(text)) == [f"{'g' * 60}-0"]
    assert not tells_services(obj)


def test_what_is_not_written_makes_no_service() -> None:
    text = (
        "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: a}\n"
        "spec: {predictor: {model: {modelFormat: {name: x}}}, transformer: {containers: []}}\n"
    )
    (obj,) = parse_manifest(Source("a.yaml", text)).objects
    assert list(made(text)) == ["a", "a-predictor", "a-transformer"]
    assert list(beginnings(obj)) == ["a-predictor", "a-transformer", "a-head", "a-workers"]


def test_the_name_of_a_port_may_be_unknown() -> None:
    text = (
        "apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\n"
        "metadata: {name: a}\nspec: {model: {uri: hf://a/b}}\n"
    )
    (obj,) = parse_manifest(Source("a.yaml", text)).objects
    service = next(one for one in made_services(obj) if one.ports)
    assert service.object.name == "a-kserve-workload-svc"
    assert [(one.called, one.port) for one in service.ports] == [(UNKNOWN, Known(8000))]
