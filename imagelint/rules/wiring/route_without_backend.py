"""The rule `route-without-backend`."""

from __future__ import annotations

from imagelint.documents.kubernetes.wiring.nodes import POOL, HTTPRoute, Ingress
from imagelint.documents.kubernetes.wiring.routed import ServiceRoute
from imagelint.documents.queries.links.backends import LostBackend, lost_backends
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Note, Severity, rule


@rule(
    (Ingress, HTTPRoute, ServiceRoute),
    Severity.HIGH,
    references=("kube-linter dangling-ingress", "kube-score ingress-targets-service"),
)
def route_without_backend(route: Ingress | HTTPRoute | ServiceRoute, ctx: Context) -> Findings:
    """A route leads to a Service that is not there, or to a port that the Service does not have.

    Whoever comes that way gets an error of the gateway (503, 404 or 500). Routes are Ingresses,
    HTTPRoutes, and those of Traefik, Contour and Istio. The port is the one of
    the Service, by its number or its name, not that of the container behind it. An InferencePool is
    meant by its group as well: one of `inference.networking.x-k8s.io` is another object than one
    of `inference.networking.k8s.io`, and without a group the core API is asked, which has none.

    Except:
        Services that may be defined outside of what is examined: without `closed: true` in the
        policy, or `--closed`, only what the same file, or the same rendering, must have meant.

    Bad (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: llm}
        spec: {defaultBackend: {service: {name: llm, port: {number: 8000}}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}

    Good (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: llm}
        spec: {defaultBackend: {service: {name: llm, port: {number: 80}}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for lost in lost_backends(route, scope):
        yield ctx.finding(
            lost.place,
            _said(lost),
            help=_help(lost),
            subject=lost.service,
            notes=_notes(lost, ctx),
            confidence=None if lost.certain else Confidence.LIKELY,
        )


def _notes(lost: LostBackend, ctx: Context) -> tuple[Note, ...]:
    """Where the ports are written that the Service has."""
    if lost.listed is None:
        return ()
    origin, place = lost.listed
    return (ctx.note(f"`{lost.service}` has its ports from here", place, of=origin),)


def _said(lost: LostBackend) -> str:
    if lost.group:
        return f"the InferencePool `{lost.service}` is of the group `{lost.group}`"
    if lost.undefined is None:
        return f"the Service `{lost.service}` has no port `{lost.port}`"
    meant = f", but an {lost.kind}" if lost.kind == POOL else f", but a {lost.kind}"
    meant = f"{meant} `{lost.undefined.name}`" if lost.undefined.name else ""
    return f"there is no {lost.kind} `{lost.service}`{meant}"


def _help(lost: LostBackend) -> str:
    if lost.group:
        return f"write `group: {lost.group}`"
    if lost.undefined is not None:
        return (
            f"write `name: {lost.undefined.name}`"
            if lost.undefined.name
            else "name one that is there"
        )
    if len(lost.ports) == 1:
        return f"write `{lost.ports[0]}`"
    return f"write one of its ports: {', '.join(map(str, lost.ports))}"
