"""The rule `prompts-in-logs`."""

from __future__ import annotations

from imagelint.documents.queries.exposure.switches import switched_on_of
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.LOW)
def prompts_in_logs(server: ServingCommand, ctx: Context) -> Findings:
    """What users write, or what they are answered, goes to the log.

    Logs are kept longer, copied further and read by more people than requests: prompts hold
    names, contracts and keys. vLLM writes prompts with `--enable-log-requests` only while
    `VLLM_LOGGING_LEVEL` is `DEBUG`, and answers with `--enable-log-outputs`; SGLang does from
    level 2 on, TGI at the level `debug`, Ollama with `OLLAMA_DEBUG_LOG_REQUESTS`.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B, --enable-log-requests, --enable-log-outputs]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B, --enable-log-requests]
    """
    for found in switched_on_of(server, "prompts"):
        yield ctx.finding(
            found.place,
            f"`{found.written}`: {title(server)} {found.switch.does}",
            help=f"drop `{found.name}` where users are others than you",
            subject=found.name,
        )
