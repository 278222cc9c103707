"""The rule `runtime-lora`."""

from __future__ import annotations

from imagelint.documents.queries.exposure.switches import switched_on_of
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM)
def runtime_lora(server: ServingCommand, ctx: Context) -> Findings:
    """Whoever reaches the server may make it load adapters.

    The endpoint takes a path or the name of a repository from the request, and what is loaded
    answers the requests of everybody. vLLM's own documentation advises against it where users
    are not fully trusted. Name the adapters when the server starts.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B, --enable-lora, --lora-modules, sql=/adapters/sql]
              env: [{name: VLLM_ALLOW_RUNTIME_LORA_UPDATING, value: "True"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B, --enable-lora, --lora-modules, sql=/adapters/sql]
    """
    for found in switched_on_of(server, "adapters"):
        yield ctx.finding(
            found.place,
            f"`{found.written}`: {title(server)} {found.switch.does}",
            help=f"drop `{found.name}`, and name the adapters when the server starts",
            subject=found.name,
            fix=ctx.dropped(found.name, found.place),
        )
