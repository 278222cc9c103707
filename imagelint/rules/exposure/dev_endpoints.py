"""The rule `dev-endpoints`."""

from __future__ import annotations

from imagelint.documents.queries.exposure.switches import is_for_development, switched_on_of
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def dev_endpoints(server: ServingCommand, ctx: Context) -> Findings:
    """The server is started with endpoints that are for development only.

    They run code, load models or end the server at the request of whoever reaches the port, and
    no key guards most of them. vLLM's development mode, unpickling of what is sent, demo tools,
    llama.cpp's agent and tools, LMDeploy's `--allow-terminate-by-client`, Triton's model control
    without restricted APIs, TorchServe without its tokens.

    Except:
        Triton's model control opens less and gets a medium severity; with
        `--http-restricted-api` it is silent. Files of compose that are laid over another for
        development (`compose.override.yaml`) get a medium severity as well.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: VLLM_SERVER_DEV_MODE, value: "1"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
    """
    for found in switched_on_of(server, "development"):
        less = found.switch.level == "medium" or is_for_development(ctx.source.origin)
        yield ctx.finding(
            found.place,
            f"`{found.written}` {found.switch.does}",
            help=f"drop `{found.name}` where others reach the server",
            subject=found.name,
            fix=ctx.dropped(found.name, found.place),
            severity=Severity.MEDIUM if less else None,
        )
