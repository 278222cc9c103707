"""The rule `retired-ingress-controller`."""

from __future__ import annotations

from imagelint.documents.kubernetes.wiring.nodes import Ingress
from imagelint.knowledge.kubernetes.routes import retired_controller
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Ingress, Severity.INFO)
def retired_ingress_controller(ingress: Ingress, ctx: Context) -> Findings:
    """The route is served by a controller that nobody mends any more.

    ingress-nginx is retired: there are no releases and no fixes since March 2026, also not of
    holes that are found in it, and it stands at the border of the cluster. What is there goes on
    to run; new routes belong to another controller, or to the Gateway API.

    Except:
        The controller of F5 (`nginx.org` annotations), which is another product. The class
        `nginx` alone is likely: both are called so.

    Bad (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: llm
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "600"}
        spec:
          ingressClassName: nginx
          defaultBackend: {service: {name: llm, port: {number: 80}}}

    Good (route.yaml):
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: llm}
        spec:
          parentRefs: [{name: public}]
          rules:
            - timeouts: {request: 600s}
              backendRefs: [{name: llm, port: 80}]
    """
    found = ingress.controller
    retired = retired_controller(found.name) if found is not None else None
    if found is None or retired is None:
        return
    yield ctx.finding(
        found.place,
        f"{retired.title} is retired: nothing in it is mended since {retired.ended}",
        help="move the route to the Gateway API, or to a controller that is maintained",
        subject=ingress.object.name,
        confidence=None if found.certain else Confidence.LIKELY,
    )
