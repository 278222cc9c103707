"""The rule `malformed-route-timeout`."""

from __future__ import annotations

from imagelint.documents.serving.scaling import Route
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(Route, Severity.HIGH)
def malformed_route_timeout(route: Route, ctx: Context) -> Findings:
    """The timeout of a route is written in a way that its controller does not read.

    ingress-nginx takes bare numbers of seconds: `300s` is either refused when the object is
    applied, or passed over with a line in the controller's log, and the default of 60 s holds. The
    same is true of Azure's Application Gateway.

    Except: other controllers, whose times need a unit.

    Bad (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: llm
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: 600s}
        spec:
          ingressClassName: nginx
          defaultBackend: {service: {name: llm, port: {number: 80}}}

    Good (route.yaml):
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: llm
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "600"}
        spec:
          ingressClassName: nginx
          defaultBackend: {service: {name: llm, port: {number: 80}}}
    """
    for one in route.told("malformed"):
        edit = ctx.edit(one.span, f'"{one.meant}"') if one.meant else None
        yield ctx.finding(
            one,
            f"{one.field} takes a bare number of seconds, and {one.written} is none",
            help=f"write `{one.meant}`" if one.meant else "write a number of seconds, such as 600",
            subject=route.name,
            fix=Fix("write the number alone", (edit,)) if edit else None,
        )
