"""The rule `baked-weights-without-offline`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.queries.weights.hubdownloads import baked_model
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.INFO, confidence=Confidence.LIKELY)
def baked_weights_without_offline(server: ServingCommand, ctx: Context) -> Findings:
    """The image holds the weights, and the server asks the hub for them at every start.

    A name of the hub is looked up there although all files are in the cache: without a network
    the start waits for one retry after the other, and with one it may get another revision than
    the one that was built in.

    Except:
        Models that are given as a path, which ask nobody, and weights that are not put into the
        folder of the hub.

    Bad:
        FROM vllm/vllm-openai:v0.30.0
        RUN hf download Qwen/Qwen3-8B --revision b968826d9c46dd6066d109eabc6255188de91218
        CMD ["--model", "Qwen/Qwen3-8B"]

    Good:
        FROM vllm/vllm-openai:v0.30.0
        RUN hf download Qwen/Qwen3-8B --revision b968826d9c46dd6066d109eabc6255188de91218
        ENV HF_HUB_OFFLINE=1
        CMD ["--model", "Qwen/Qwen3-8B"]
    """
    if baked_model(ctx.document, server):
        yield ctx.finding(
            server,
            f"{value_or(server.model, '')} is in the image, and looked up on the hub all the same",
            help="set `HF_HUB_OFFLINE=1` behind the download",
            subject=server.launch.runtime.name,
        )
