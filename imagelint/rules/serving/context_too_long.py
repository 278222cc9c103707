"""The rule `context-too-long`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.serving import place_of, setting, title, variable
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import MAX_LENGTH
from imagelint.knowledge.serving.shapes import length_limit, sure_context
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.knowledge.serving.forms import LengthLimitRow


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def context_too_long(server: ServingCommand, ctx: Context) -> Findings:
    """The server is told a longer sequence than its model is made for.

    vLLM ends with `User-specified max_model_len is greater than the derived max_model_len`, SGLang
    alike: what a model's `config.json` says is a limit. Cards of models that speak of 128k tokens
    often mean with YaRN, which has to be told.

    Except:
        Models in folders, whose configuration may be changed, and names that say more than the
        table of models knows; `--hf-overrides` and its like; the variable that lifts the limit.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen2.5-7B-Instruct, --max-model-len, "131072"]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen2.5-7B-Instruct, --max-model-len, "32768"]
    """
    told, model, limit = server.option(MAX_LENGTH), server.model, length_limit(server.engine)
    if not (isinstance(told, Known) and isinstance(model, Known)) or limit is None:
        return
    longest = sure_context(model.value) if server.is_remote_model else None
    if longest is None or told.value <= longest or _may_be_lifted(server, limit):
        return
    yield ctx.finding(
        place_of(server, told),
        f"{title(server)} is told {told.value} tokens, and {model.value} is made for {longest}",
        help=f"write `--{server.flag(MAX_LENGTH)}` with at most {longest}",
        subject=server.launch.runtime.name,
    )


def _may_be_lifted(server: ServingCommand, limit: LengthLimitRow) -> bool:
    """Whether a variable or a flag may let longer sequences through."""
    name = limit["variable"]
    # What an image is run with is not known, and need not be: its own command is what ends.
    is_image = server.launch.runtime.kind == "image"
    if variable(server, name) if is_image else setting(server, name) is not ABSENT:
        return True
    return any(
        server.switch(flag) is not ABSENT
        or any(switch.name.startswith(f"{flag}.") for switch in server.switches)
        for flag in limit["flags"]
    )
