from __future__ import annotations

from typing import TypeVar

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.kubernetes.wiring.nodes import (
    HorizontalPodAutoscaler,
    HTTPRoute,
    Ingress,
    ScaledObject,
    Service,
)

T = TypeVar("T")


def read(text: str, kind: type[T]) -> T:
    nodes = [node for node in parse_manifest(Source("m", text)).nodes() if isinstance(node, kind)]
    assert len(nodes) == 1
    return nodes[0]


def bare(fact: Fact[str] | Fact[int]) -> object:
    return fact.value if isinstance(fact, Known) else fact


def test_services() -> None:
    text = """\
apiVersion: v1
kind: Service
metadata: {name: llm}
spec:
  type: LoadBalancer
  selector: {app: llm}
  ports:
  - {name: http, port: 80, targetPort: http}
  - {port: 81, targetPort: 8000, nodePort: 30080}
"""
    service = read(text, Service)
    assert (bare(service.type), service.selector) == ("LoadBalancer", (("app", "llm"),))
    assert text[slice(*service.span)] == "llm"
    assert [(p.name, bare(p.port), bare(p.target), bare(p.node_port)) for p in service.ports] == [
        ("http", 80, "http", ABSENT),
        ("", 81, "8000", 30080),
    ]
    assert service.ports[1].path == "spec.ports[1]"
    assert service.selects((("app", "llm"), ("x", "y")))
    assert not service.selects((("app", "other"),))
    bare_service = read("{apiVersion: v1, kind: Service}", Service)
    assert not bare_service.selects((("app", "llm"),))
    assert bare_service.type is ABSENT


def test_ingresses() -> None:
    text = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "60"}
spec:
  ingressClassName: nginx
  tls: [{secretName: a}]
  defaultBackend: {service: {name: d, port: {name: http}}}
  rules:
  - http:
      paths:
      - {path: /, backend: {service: {name: llm, port: {number: 80}}}}
      - {path: /b, backend: {resource: {kind: X}}}
"""
    ingress = read(text, Ingress)
    assert bare(ingress.class_name) == "nginx"
    assert ingress.annotations[0][1] == "60"
    assert [(bare(b.service), bare(b.port)) for b in ingress.backends] == [
        ("d", "http"),
        ("llm", "80"),
    ]
    assert ingress.backends[1].path == "spec.rules[0].http.paths[0].backend"
    assert ingress.tls.items()[0]["secretName"].word() == "a"


def test_older_ingresses() -> None:
    ingress = read(
        "{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {annotations:"
        " {kubernetes.io/ingress.class: alb}}, spec: {rules: [{http: {paths:"
        " [{backend: {serviceName: a, servicePort: 80}}]}}]}}",
        Ingress,
    )
    assert bare(ingress.class_name) == "alb"
    assert [(bare(b.service), bare(b.port)) for b in ingress.backends] == [("a", "80")]


def test_routes_of_the_gateway() -> None:
    route = read(
        """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
spec:
  parentRefs: [{name: g}]
  rules:
  - timeouts: {request: 30s}
    backendRefs: [{name: llm, port: 80}, {kind: InferencePool, name: x}]
  - backendRefs: [{kind: Service, name: b}]
""",
        HTTPRoute,
    )
    assert route.parents == ("g",)
    assert [bare(backend.service) for backend in route.backends] == ["llm", "x", "b"]
    assert [bare(timeout.text()) for timeout in route.request_timeouts] == ["30s", ABSENT]
    assert route.request_timeouts[1].path == "spec.rules[1].timeouts.request"


def test_autoscalers() -> None:
    text = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: h}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
  minReplicas: 1
  maxReplicas: 4
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}
  - type: ContainerResource
    containerResource: {name: memory, container: c}
  - type: Pods
    pods: {metric: {name: queue}}
  - type: External
    external: {metricName: old}
  - type: Object
    object: {}
  - {}
"""
    autoscaler = read(text, HorizontalPodAutoscaler)
    assert (bare(autoscaler.target.kind), bare(autoscaler.target.name)) == ("Deployment", "llm")
    assert (bare(autoscaler.min_replicas), bare(autoscaler.max_replicas)) == (1, 4)
    assert [(metric.type, bare(metric.name)) for metric in autoscaler.metrics] == [
        ("Resource", "cpu"),
        ("ContainerResource", "memory"),
        ("Pods", "queue"),
        ("External", "old"),
        ("Object", ABSENT),
        ("", ABSENT),
    ]
    assert text[slice(*autoscaler.metrics[0].span)] == "cpu"
    assert autoscaler.metrics[0].path == "spec.metrics[0]"


def test_the_first_autoscalers_know_the_processor_only() -> None:
    autoscaler = read(
        "{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, spec:"
        " {targetCPUUtilizationPercentage: 50}}",
        HorizontalPodAutoscaler,
    )
    assert [(metric.type, bare(metric.name)) for metric in autoscaler.metrics] == [
        ("Resource", "cpu")
    ]
    assert autoscaler.min_replicas is autoscaler.target.name is ABSENT


def test_scaled_objects() -> None:
    scaled = read(
        """\
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: s}
spec:
  scaleTargetRef: {name: llm}
  minReplicaCount: 0
  maxReplicaCount: "{{ x }}"
  idleReplicaCount: 0
  cooldownPeriod: 300
  triggers:
  - {type: prometheus, name: q, metadata: {threshold: "5"}}
""",
        ScaledObject,
    )
    assert (scaled.target.kind, bare(scaled.target.name)) == (ABSENT, "llm")
    assert (bare(scaled.min_replicas), scaled.max_replicas) == (0, UNKNOWN)
    assert (bare(scaled.idle_replicas), bare(scaled.cooldown_period)) == (0, 300)
    assert scaled.polling_interval is ABSENT
    (trigger,) = scaled.triggers
    assert (bare(trigger.type), trigger.name) == ("prometheus", "q")
    assert trigger.metadata["threshold"].word() == "5"
    assert trigger.path == "spec.triggers[0]"


@pytest.mark.parametrize(
    "text",
    [
        "{apiVersion: serving.knative.dev/v1, kind: Configuration}",
        "{apiVersion: v1, kind: ConfigMap}",
        "{apiVersion: a.b/v1, kind: Ingress}",
    ],
)
def test_other_objects_have_no_view(text: str) -> None:
    nodes = list(parse_manifest(Source("m", text)).nodes())
    assert [type(node).__name__ for node in nodes] == ["KubernetesObject"]
