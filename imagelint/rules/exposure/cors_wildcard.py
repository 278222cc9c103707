"""The rule `cors-wildcard`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.exposure.switches import allowed_origins, switched_on_of
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule

_ADVICE = "name the origins whose pages may ask, or drop it and ask from a server"


@rule(ServingCommand, Severity.LOW)
def cors_wildcard(server: ServingCommand, ctx: Context) -> Findings:
    """Pages of any website may ask the server through the browsers of its users.

    A browser inside of the network reaches the server although the outside does not: with the
    origin `*`, every page that somebody opens there may ask it, read the answers and, where the
    engine has such endpoints, change models.

    Except:
        Engines whose default is any origin and that are told nothing (vLLM, llama.cpp, LMDeploy,
        TGI).

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: ollama/ollama:0.35.0
              env: [{name: OLLAMA_ORIGINS, value: "*"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: ollama/ollama:0.35.0
              env: [{name: OLLAMA_ORIGINS, value: "https://chat.example.com"}]
    """
    for found in switched_on_of(server, "origins"):
        yield ctx.finding(
            found.place,
            f"`{found.written}`: pages of any website may ask {title(server)}",
            help=_ADVICE,
            subject=found.name,
        )
    switch = allowed_origins(server)
    if switch is not None and isinstance(switch.value, Known):
        yield ctx.finding(
            switch,
            f"`{switch.written} *`: pages of any website may ask {title(server)}",
            help=_ADVICE,
            subject=switch.written,
        )
