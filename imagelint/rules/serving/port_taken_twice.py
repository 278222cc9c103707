"""The rule `port-taken-twice`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH)
def port_taken_twice(pod: Pod, ctx: Context) -> Findings:
    """Two servers of a pod listen on the same port.

    The containers of a pod share one network: who comes second ends with "address already in use",
    again and again, and after each restart the other one may be the first. Two servers of one
    engine have the same port by default.

    Except:
        Servers whose port is not known, which answer nobody, or listen on several.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: chat
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-4B]
            - name: embeddings
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-Embedding-0.6B]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: chat
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-4B]
            - name: embeddings
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-Embedding-0.6B, --port, "8001"]
    """
    if len(pod.containers) < 2:  # noqa: PLR2004 - more than one
        return
    # Not above: most pods have one container, and need nothing that knows servers.
    from imagelint.documents.queries.links.ports import taken_twice

    for first, second in taken_twice(pod, ctx.document):
        server = second.server
        yield ctx.finding(
            server,
            f"{title(server)} listens on port {second.port}, as the container"
            f" `{first.server.launch.runtime.name}` does",
            help=f"tell one of them another port than {second.port}",
            subject=server.launch.runtime.name,
        )
