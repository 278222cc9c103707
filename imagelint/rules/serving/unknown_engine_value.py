"""The rule `unknown-engine-value`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.documents.queries.choices import (
    quoted_model,
    quoted_variables,
    refused_names,
    refused_numbers,
    unknown_choices,
    without_quotes,
)
from imagelint.documents.queries.serving import place_of, title
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.queries.start.settings import RefusedSetting


@rule(ServingCommand, Severity.HIGH)
def unknown_engine_value(server: ServingCommand, ctx: Context) -> Findings:
    """The server is told a word that its engine does not take.

    Some flags take one of a few words, others a number, and the server ends at once on anything
    else: the pod restarts for ever. vLLM and SGLang take `32k` for a length in tokens, but not for
    a number of sequences. Quotes that no shell takes away are a part of what they surround:
    no model is found under such a name, no folder and no key.

    What is told as JSON has to be that, and the keys of it, and of the file of settings of
    TensorRT-LLM, have to be known: none is passed over.

    The names of parsers of tool calls and of reasoning came one by one: what no release has is a
    mistake, and what came later needs a newer image.

    Except:
        Words that a plug-in may bring, and parsers of tool calls that nothing switches on. Where
        the image does not tell its release, a name that none has is only likely to be wrong.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              args: [--model, Qwen/Qwen3-8B, --dtype, bf16]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              args: [--model, Qwen/Qwen3-8B, --dtype, bfloat16]
    """
    for choice in (*unknown_choices(server), *refused_numbers(server)):
        name = choice.switch.written
        message = f"{title(server)} takes no `{choice.word}` for `{name}`"
        yield ctx.finding(choice.switch, message, help=choice.help, subject=name)
    for choice in refused_names(server):
        name = choice.switch.written
        since = f" before {choice.since}" if choice.since else ""
        yield ctx.finding(
            choice.switch,
            f"{title(server)} knows no `{choice.word}` for `{name}`{since}",
            help=choice.help,
            subject=name,
            confidence=None if choice.sure else Confidence.LIKELY,
        )
    for setting in _refused_settings(server):
        yield ctx.finding(
            setting.switch,
            _refusal(setting, title(server)),
            help=setting.help,
            subject=setting.switch.written,
            confidence=None if setting.sure else Confidence.LIKELY,
        )
    for variable in quoted_variables(server):
        yield ctx.finding(
            Place(variable.value_span, variable.path),
            f"the quotes around the value of {variable.name} are a part of it",
            help="write it without them",
            subject=variable.name,
        )
    model = quoted_model(server)
    if model is not None:
        yield ctx.finding(
            place_of(server, model),
            f"the quotes of {model.value} are a part of the model's name",
            help=f"write `{without_quotes(model.value)}`",
            subject=server.launch.runtime.name,
        )


def _refused_settings(server: ServingCommand) -> Iterator[RefusedSetting]:
    """The structures that it does not take: few servers are told any."""
    if any("." in one.name or value_or(one.value, "")[:1] == "{" for one in server.switches):
        from imagelint.documents.queries.start.settings import refused_settings

        yield from refused_settings(server)


def _refusal(setting: RefusedSetting, engine: str) -> str:
    """What is said of a structure that the server does not take."""
    if setting.fault == "json":
        return f"`{setting.switch.written}` takes JSON, and this is none: {setting.what}"
    kind = "key" if setting.fault == "key" else "word"
    return f"{engine} knows no {kind} `{setting.what}` in {setting.where}"
