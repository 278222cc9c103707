"""What a cluster says of the ways from outside to what runs in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.audit.sources.exposure import Ways
from imagelint.core.finding import Severity
from imagelint.documents.image.jsonview import JsonView
from imagelint.store.records import (
    Category,
    Finished,
    Judgement,
    Result,
    StoredFinding,
    StoredVulnerability,
)
from imagelint.store.rollups import RollUps
from tests.store.conftest import store
from tests.store.samples import run_over

__all__ = ["store"]

if TYPE_CHECKING:
    from imagelint.store.database import Store
    from imagelint.testing.registry import MemoryRegistry
    from tests.audit.conftest import Auditor


def about(name: str, namespace: str = "ai", **more: object) -> dict[str, object]:
    return {"name": name, "namespace": namespace, **more}


def pod(image: str = "r.example.com/llm:v1", **spec: object) -> dict[str, object]:
    container = {"name": "llm", "image": image, **spec}
    labels = {"app": "llm", "tier": "serving"}
    return {
        "kind": "Pod",
        "metadata": about("llm-0", labels=labels),
        "spec": {"containers": [container]},
    }


def service(**spec: object) -> dict[str, object]:
    return {
        "kind": "Service",
        "metadata": about("llm"),
        "spec": {"selector": {"app": "llm"}, **spec},
    }


def ingress(name: str, *, default: bool = False) -> dict[str, object]:
    backend = {"service": {"name": name, "port": {"number": 80}}}
    rules = [{"http": {"paths": [{"path": "/", "backend": backend}]}}]
    spec = {"defaultBackend": backend} if default else {"rules": rules}
    return {"kind": "Ingress", "metadata": about("in"), "spec": spec}


def gateway(kind: str, *refs: dict[str, str], namespace: str = "ai") -> dict[str, object]:
    spec = {"rules": [{"backendRefs": list(refs)}]}
    return {"kind": kind, "metadata": about("gw", namespace), "spec": spec}


def route(name: str) -> dict[str, object]:
    spec = {"to": {"kind": "Service", "name": "other"}, "alternateBackends": [{"name": name}]}
    return {"kind": "Route", "metadata": about("oc"), "spec": spec}


INSIDE = service()
REACHED = [
    ([service(type="LoadBalancer")], "LoadBalancer ai/llm"),
    ([service(type="NodePort")], "NodePort ai/llm"),
    ([service(externalIPs=["192.0.2.1"])], "Service ai/llm"),
    ([INSIDE, ingress("llm")], "Ingress ai/in"),
    ([ingress("llm", default=True), INSIDE], "Ingress ai/in"),
    ([INSIDE, gateway("HTTPRoute", {"name": "llm"})], "HTTPRoute ai/gw"),
    (
        [INSIDE, gateway("GRPCRoute", {"name": "llm", "namespace": "ai"}, namespace="edge")],
        "GRPCRoute edge/gw",
    ),
    ([INSIDE, route("llm")], "Route ai/oc"),
]
NOT_REACHED = [
    [INSIDE],
    [service(type="LoadBalancer", selector={})],
    [service(type="LoadBalancer", selector={"app": "other"})],
    [{**service(type="LoadBalancer"), "metadata": about("llm", "other")}],
    [INSIDE, ingress("other")],
    [INSIDE, gateway("HTTPRoute", {"name": "llm", "kind": "InferencePool"})],
    [INSIDE, gateway("HTTPRoute", {"name": "llm"}, namespace="edge")],
    [ingress("llm")],
    [{"kind": "Service"}, {"kind": "Ingress", "spec": {"rules": [7]}}, {"kind": "Route"}],
]


def way(objects: list[dict[str, object]], to: dict[str, object]) -> str:
    return Ways(map(JsonView, objects)).to(JsonView(to))


@pytest.mark.parametrize(("objects", "said"), REACHED)
def test_what_leads_in_is_named(objects: list[dict[str, object]], said: str) -> None:
    assert way(objects, pod()) == said


@pytest.mark.parametrize("objects", NOT_REACHED)
def test_what_leads_elsewhere_is_no_way(objects: list[dict[str, object]]) -> None:
    assert way(objects, pod()) == ""


def test_a_port_of_the_node_is_a_way() -> None:
    assert way([], pod(ports=[{"hostPort": 80}])) == "hostPort of Pod ai/llm-0"
    assert way([], pod(ports=[{"containerPort": 80}])) == ""


def test_an_audit_notes_the_way(registry: MemoryRegistry, audit: Auditor) -> None:
    registry.image("team/llm")
    registry.image("team/batch")
    llm, batch = (f"{registry.host}/team/{name}:v1" for name in ("llm", "batch"))
    job = pod(batch) | {"metadata": about("job")}
    # The same image runs twice, and only one of both is reached.
    hidden = pod(llm) | {"metadata": about("dark")}
    items = [hidden, pod(llm), job, service(type="LoadBalancer")]
    done = audit("-", stdin=json.dumps({"kind": "List", "items": items}).encode())
    assert done.reader.problems(done.audited.run.id) == ()
    found = {one.reference.rpartition("/")[2]: one.exposed for one in done.results.values()}
    assert found == {"llm:v1": "LoadBalancer ai/llm", "batch:v1": ""}


def seen(number: int, hole: str, severity: Severity, exposed: str, **known: object) -> Finished:
    digest, repository = f"sha256:{number:064}", f"r.example.com/{number}"
    said = StoredFinding("vulnerable-package", severity, "certain", hole, vulnerability=hole)
    told = StoredVulnerability(hole, severity, **known)  # type: ignore[arg-type]
    judgement = Judgement("k" * 64, repository, digest, "fail", (said,), (told,))
    about = f"{repository}:1", repository, "1", digest, Category.AUDITED
    result = Result(*about, judgement=judgement.id, exposed=exposed)
    return Finished(result, judgement=judgement)


def test_what_can_be_exploited_from_outside_comes_first(store: Store) -> None:
    way = "LoadBalancer ai/llm"
    run = run_over(
        store,
        [
            seen(1, "CVE-2026-1", Severity.LOW, way),
            seen(2, "CVE-2026-2", Severity.HIGH, "", epss=0.9),
            seen(3, "CVE-2026-3", Severity.HIGH, way, epss=0.01),
            seen(4, "CVE-2026-4", Severity.MEDIUM, way, epss=0.2),
            seen(5, "CVE-2026-5", Severity.LOW, "", exploited="2026-01-01"),
            seen(6, "CVE-2026-6", Severity.LOW, way, exploited="2026-01-02"),
            seen(7, "CVE-2026-6", Severity.LOW, ""),
        ],
        1,
    )
    found = RollUps(store).tally(run).vulnerabilities()
    order = [one.id.rpartition("-")[2] for one in found]
    assert order == ["6", "5", "4", "3", "2", "1"]
    assert (found[0].images, found[0].exposed) == (2, 1)
