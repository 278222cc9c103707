"""The rule `malformed-route-timeout`."""

from __future__ import annotations

from imagelint.documents.serving.scaling import Route, whole_seconds
from imagelint.documents.shared import Holder, Setting
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule((Route, Setting), Severity.HIGH)
def malformed_route_timeout(subject: Route | Setting, ctx: Context) -> Findings:
    """The timeout of a route is written in a way that its controller does not read.

    ingress-nginx and Azure's Application Gateway take a whole number of seconds: `600s` is passed
    over with a line in the controller's log, and what holds without it holds, which is 60 s or 30 s
    unless the cluster says another. HAProxy Ingress passes over a number without a unit. A time of
    an HTTPRoute or a VirtualService without a unit is refused when it is applied.

    The annotations of an Ingress are judged in the values of a chart as well.

    Except:
        Controllers that read both: HAProxy Technologies', F5's. Signs before a number.

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
    if isinstance(subject, Setting):
        yield from _of_values(subject, ctx)
        return
    route = subject
    for one in route.told("malformed"):
        edit = ctx.edit(one.span, f'"{one.meant}"') if one.meant else None
        yield ctx.finding(
            one,
            f"{one.field} takes {one.wants} and {one.written} is none",
            help=f"write `{one.meant}`" if one.meant else f"write {one.wants.rstrip(',')}",
            subject=route.name,
            fix=Fix("write it as it is read there", (edit,)) if edit else None,
        )


def _of_values(setting: Setting, ctx: Context) -> Findings:
    """An annotation among the values of a chart."""
    if setting.holder is not Holder.CHART_VALUES or "/" not in setting.name:
        return
    from imagelint.knowledge.kubernetes.routes import second_annotations

    told = setting.name in second_annotations() and not {"{", "$"} & set(setting.text)
    meant = whole_seconds(setting.text) if told else None
    if meant is not None:
        yield ctx.finding(
            setting,
            f"{setting.name} takes a bare number of seconds, and {setting.text} is none",
            help=f"write `{meant}`" if meant else "write a bare number of seconds",
            subject=setting.name,
        )
