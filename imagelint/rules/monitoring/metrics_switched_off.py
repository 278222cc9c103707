"""The rule `metrics-switched-off`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.promql.scrapes import ScrapeTarget
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.monitoring.jobs import asked_in_vain
from imagelint.documents.queries.monitoring.records import served_of
from imagelint.documents.queries.monitoring.scraping import (
    is_scaled_by,
    is_scraped,
    unshown_metrics,
)
from imagelint.documents.queries.monitoring.servers import servers_of_pod
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.finding import Finding
    from imagelint.documents.base import Node
    from imagelint.documents.serving.command import ServingCommand


@rule((Pod, ScrapeTarget), Severity.HIGH)
def metrics_switched_off(subject: Pod | ScrapeTarget, ctx: Context) -> Findings:
    """A model server is asked for its metrics, and does not show them.

    Some engines have no `/metrics` unless they are told so. Whoever asks gets 404: the target is
    down, and alerts and autoscalers see nothing of the server. An autoscaler that looks at metrics
    of the engine asks, too, whoever collects them.

    Except:
        Servers that nobody asks, and those of which not all flags are seen.

    Bad (server.yaml):
        apiVersion: v1
        kind: Pod
        metadata:
          name: llm
          annotations: {prometheus.io/scrape: "true", prometheus.io/port: "30000"}
        spec:
          containers:
            - name: server
              image: lmsysorg/sglang:v0.5.3
              command: [python3, -m, sglang.launch_server, --model-path, Qwen/Qwen3-8B]

    Good (server.yaml):
        apiVersion: v1
        kind: Pod
        metadata:
          name: llm
          annotations: {prometheus.io/scrape: "true", prometheus.io/port: "30000"}
        spec:
          containers:
            - name: server
              image: lmsysorg/sglang:v0.5.3
              command:
                - python3
                - -m
                - sglang.launch_server
                - --model-path
                - Qwen/Qwen3-8B
                - --enable-metrics
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    if isinstance(subject, ScrapeTarget):
        found = asked_in_vain(subject, ctx.project, scope)
        if found is not None:
            yield _told(subject, *found, subject.job, ctx)
    elif not subject.partial:
        served = served_of(ctx.document, ctx.project)
        for server in servers_of_pod(subject, scope):
            flag = "" if server.concluded else unshown_metrics(server)
            asked = flag and (
                is_scraped(subject, scope) or is_scaled_by(subject, server.engine, scope, served)
            )
            if asked:
                yield _told(server, server, flag, subject.owner.name, ctx)


def _told(place: Node, server: ServingCommand, flag: str, name: str, ctx: Context) -> Finding:
    drop, elsewhere = flag.startswith("---"), place is not server
    told = f"drop `{flag[1:]}`" if drop else f"add `{flag}`"
    return ctx.finding(
        place,
        f"{title(server)} is asked for its metrics, and shows none",
        help=f"{told} where the server is started" if elsewhere else told,
        subject=name,
        fix=_without(server, flag[3:], ctx) if drop and not elsewhere else None,
    )


def _without(server: ServingCommand, flag: str, ctx: Context) -> Fix | None:
    """The fix that leaves out what switches them off."""
    said = server.find_switch(flag)
    return ctx.dropped(said.written, said) if said is not None else None
