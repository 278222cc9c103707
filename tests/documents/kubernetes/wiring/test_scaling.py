from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known, value_or
from imagelint.core.source import Source
from imagelint.documents.detect import detect
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.promql.query import MetricUse
from imagelint.documents.promql.trigger import MetricThreshold
from imagelint.documents.serving.scaling import SIGNS_OF_SCALERS, Autoscaler, Route
from tests.rules.cases import ROOT, read_cases

if TYPE_CHECKING:
    from imagelint.core.fact import Fact


def scaler(text: str) -> Autoscaler:
    found = parse_manifest(Source("s.yaml", text)).walk()
    return next(node for node in found if isinstance(node, Autoscaler))


def routes(text: str) -> list[Route]:
    found = parse_manifest(Source("r.yaml", text)).walk()
    return [node for node in found if isinstance(node, Route)]


def is_default(fact: Fact[int]) -> bool:
    return isinstance(fact, Known) and fact.span is None


def test_an_autoscaler_of_kubernetes() -> None:
    found = scaler(
        "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h},"
        " spec: {scaleTargetRef: {kind: Deployment, name: d}, maxReplicas: 3,"
        " metrics: [{type: Resource, resource: {name: cpu}}, {type: Pods, pods: {}},"
        " {type: Resource, resource: {}}]}}"
    )
    assert value_or(found.minimum, 0) == 1
    assert is_default(found.minimum)
    assert found.idle is ABSENT
    assert [signal.type for signal in found.signals] == ["cpu", "pods", ""]


def test_keda_begins_at_nothing_and_ends_at_a_hundred() -> None:
    found = scaler(
        "{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: k},"
        " spec: {scaleTargetRef: {name: d}, triggers: [{type: Prometheus}, {type: '${T}'}]}}"
    )
    assert (value_or(found.minimum, 9), value_or(found.maximum, 9)) == (0, 100)
    assert value_or(found.target_kind, "") == "Deployment"
    assert [signal.type for signal in found.signals] == ["prometheus", ""]
    assert getattr(found.floor, "path", "") == "spec.minReplicaCount"
    assert getattr(found.idle_place, "path", "") == "spec.idleReplicaCount"


def test_an_inference_service_scales_itself() -> None:
    found = scaler(
        "{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService, metadata: {name: i},"
        " spec: {predictor: {minReplicas: 2, autoScaling: {metrics:"
        " [{type: Resource, resource: {name: memory}}, {type: External}]}}}}"
    )
    assert value_or(found.minimum, 0) == 2
    assert value_or(found.target_name, "") == "i"
    assert [signal.type for signal in found.signals] == ["memory", "external"]


def test_knative_reads_annotations() -> None:
    text = (
        "{{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {{name: k}}, spec:"
        " {{template: {{metadata: {{annotations: {{{0}}}}}}}}}}}"
    )
    prefix = "autoscaling.knative.dev"
    found = scaler(text.format(f"{prefix}/min-scale: '2', {prefix}/metric: cpu"))
    assert value_or(found.minimum, 0) == 2
    assert [signal.type for signal in found.signals] == ["cpu"]
    assert is_default(scaler(text.format("a: b")).minimum)
    assert scaler(text.format(f"{prefix}/minScale: few")).minimum is UNKNOWN


def test_routes_know_their_controller() -> None:
    text = (
        "{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: i, annotations:"
        " {{{0}}}}}, spec: {{{1}}}}}"
    )
    nginx = "nginx.ingress.kubernetes.io/proxy-read-timeout"
    cases = {
        ("", "ingressClassName: gce"): "gke",
        ("", "ingressClassName: mine"): "",
        ("a: b, alb.ingress.kubernetes.io/scheme: internal", ""): "alb",
        ("a: b", ""): "",
        (f"{nginx}: '5'", ""): "nginx",
        (f"{nginx}: 5s", "ingressClassName: nginx"): "nginx",
    }
    found = [routes(text.format(*case))[0] for case in cases]
    assert [route.controller for route in found] == list(cases.values())
    assert [value_or(route.timeouts[0].seconds, 0) for route in found if route.timeouts] == [
        30,
        60,
        5,
        0,
    ]


def test_a_load_balancer_without_an_idle_time_has_its_default() -> None:
    found = routes(
        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, annotations:"
        " {alb.ingress.kubernetes.io/load-balancer-attributes: 'a=b'}}, spec: {}}"
    )[0]
    assert found.timeouts[0].seconds == Known(60.0)


def test_a_policy_for_something_else_leads_nowhere() -> None:
    found = routes(
        "{apiVersion: networking.gke.io/v1, kind: GCPBackendPolicy, metadata: {name: p}, spec:"
        " {default: {timeoutSec: '${T}'}, targetRef: {kind: InferencePool, name: x}}}"
    )[0]
    assert found.backends == ()
    assert found.timeouts[0].seconds is UNKNOWN


def test_routes_of_a_mesh() -> None:
    found = routes(
        "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: v}, spec:"
        " {http: [{timeout: soon, route: [{destination: {host: a}}, {destination: {host: a.b}},"
        " {destination: {host: a.b.svc}}, {destination: {host: a.example.com}}]}]}}"
    )[0]
    assert [name for name, _ in found.backends] == ["a", "a", "a"]
    assert found.timeouts[0].seconds is UNKNOWN
    assert found.path == "spec.http[0]"


def test_a_text_in_which_a_scaler_looks_at_metrics_has_a_sign_of_one() -> None:
    kinds: set[str] = set()
    for text in _manifests_of_cases("scaling", "monitoring"):
        found = parse_manifest(Source("s.yaml", text))
        uses: list[MetricUse | MetricThreshold] = [*found.nodes_of(MetricUse)]
        uses += found.nodes_of(MetricThreshold)
        scalers = [use.scaler for use in uses if use.scaler is not None]
        kinds.update(scaler.kind for scaler in scalers)
        assert not scalers or any(sign in text for sign in SIGNS_OF_SCALERS), text
    # All kinds that tell what they look at were among them.
    assert kinds == {
        *("HorizontalPodAutoscaler", "ScaledObject", "PodAutoscaler", "InferenceService"),
        *("AutoscalingPolicy", "NIMService"),
    }


def _manifests_of_cases(*families: str) -> set[str]:
    return {
        text
        for family in families
        for path in (ROOT / family).glob("*.md")
        for case in read_cases(path)
        for name, text in case.files.items()
        if detect(name, text) == "kubernetes"
    }
