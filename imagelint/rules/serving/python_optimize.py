"""The rule `python-optimize`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.queries.serving import interpreter_option, title, variable
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule

_VARIABLE = "PYTHONOPTIMIZE"
_OPTIMIZING = pattern(r"-[A-Za-z]*O[A-Za-z]*")


@rule(ServingCommand, Severity.MEDIUM)
def python_optimize(server: ServingCommand, ctx: Context) -> Findings:
    """Python drops the assertions of the server.

    With `-O` or `PYTHONOPTIMIZE` no `assert` is executed, and engines check what they are sent by
    assertions: in vLLM before 0.22.0 one of them was all that kept requests from running code
    (CVE-2026-41523). It saves nothing that could be measured.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: PYTHONOPTIMIZE, value: "1"}]

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
    found = variable(server, _VARIABLE)
    if found is not None and isinstance(found.value, Known) and found.value.value not in ("", "0"):
        yield ctx.finding(
            Place(found.span, found.path),
            f"`{_VARIABLE}={found.value.value}` drops the assertions of {title(server)}",
            help=f"drop `{_VARIABLE}`",
            subject=_VARIABLE,
            fix=ctx.dropped(_VARIABLE, found),
        )
    option = interpreter_option(ctx.document, server)
    if option is not None and _OPTIMIZING.fullmatch(option.text):
        yield ctx.finding(
            option,
            f"`{option.text}` drops the assertions of {title(server)}",
            help=f"drop `{option.text}`",
            subject=option.text,
            fix=ctx.dropped(option.text, option),
        )
