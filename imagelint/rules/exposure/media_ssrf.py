"""The rule `media-ssrf`."""

from __future__ import annotations

from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.queries.exposure.routes import ways_in
from imagelint.documents.queries.exposure.switches import fetches_any_media
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.scaling import Route
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((ServingCommand, Service, Route), Severity.MEDIUM, confidence=Confidence.LIKELY)
def media_ssrf(subject: ServingCommand | Service | Route, ctx: Context) -> Findings:
    """Requests make the server fetch pictures from wherever they say.

    A model that sees takes the addresses of images, and the server fetches them from inside of
    the cluster: the metadata service of the cloud, dashboards and databases that nobody else
    reaches. A list of domains keeps it to those that are meant; vLLM follows redirects away from
    them unless `VLLM_MEDIA_URL_ALLOW_REDIRECTS` is 0.

    Except:
        Models whose names say nothing of pictures or sound, servers that nobody reaches from
        outside, engines without such a flag.

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: [--model, Qwen/Qwen2.5-VL-7B-Instruct]
            ports: ["8000:8000"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command:
              - --model=Qwen/Qwen2.5-VL-7B-Instruct
              - --allowed-media-domains=images.example.com
            environment: {VLLM_MEDIA_URL_ALLOW_REDIRECTS: "0"}
            ports: ["8000:8000"]
    """
    for way in ways_in(subject, ctx.document, ctx.project):
        flag = fetches_any_media(way.server)
        if flag:
            yield ctx.finding(
                way.place,
                f"{way.what} leads to {title(way.server)}, which fetches media from any address",
                help=f"name the domains that are meant: `--{flag} <domain>`",
                subject=way.server.launch.runtime.name,
            )
