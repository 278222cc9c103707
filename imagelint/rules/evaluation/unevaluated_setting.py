"""The rule `unevaluated-setting`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.evaluation.deviations import deviations
from imagelint.documents.queries.serving import title
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def unevaluated_setting(server: ServingCommand, ctx: Context) -> Findings:
    """A server is told something else than it was told while it was evaluated.

    Quantized weights, a quantized KV cache, a shorter context, speculation or another revision
    change the answers: what the plan of an evaluation (`imagelint-eval.yaml`) says of one setting
    holds for that one.

    Except:
        Images and models of which no plan tells, plans of which one is about just these settings,
        and servers of which it is not known what they are told.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.4.0
              command: [vllm, serve, /models/chat, --kv-cache-dtype, fp8]
        === imagelint-eval.yaml
        image: registry.example.com/llm:1.4.0
        serving: {kv-cache-dtype: bfloat16}
        dataset: {name: support, revision: 5f1c2ab}
        dimensions: {accuracy: {threshold: 0.85}, tone: {threshold: 0.9}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.4.0
              command: [vllm, serve, /models/chat, --kv-cache-dtype, bfloat16]
        === imagelint-eval.yaml
        image: registry.example.com/llm:1.4.0
        serving: {kv-cache-dtype: bfloat16}
        dataset: {name: support, revision: 5f1c2ab}
        dimensions: {accuracy: {threshold: 0.85}, tone: {threshold: 0.9}}
    """
    for one in deviations(server, ctx.project):
        name, wanted = one.setting.name, one.setting.value
        used = f"`{one.used.value}`" if isinstance(one.used, Known) else "nothing"
        yield ctx.finding(
            Place(one.span, server.path) if one.span else server,
            f"{title(server)} is told {used} as `{name}`, and was evaluated with `{wanted}`",
            help=f"set `{name}` to `{wanted}`, or evaluate what is deployed",
            subject=name,
            notes=(ctx.note("evaluated with this", one.setting, of=one.origin),),
        )
