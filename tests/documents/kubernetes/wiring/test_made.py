"""The Services that operators make of their objects."""

from __future__ import annotations

import pytest

from imagelint.core.fact import Known
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.kubernetes.wiring.made import made_services, tells_services
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
