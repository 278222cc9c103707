"""The rule `unknown-engine-flag`."""

from __future__ import annotations

from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.flags import unknown_flags
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def unknown_engine_flag(server: ServingCommand, ctx: Context) -> Findings:
    """The server is told by a flag that its engine does not have.

    An argument that is not known ends the server with a usage message, however good the others
    are. The flags of vLLM, SGLang, Text Generation Inference, LMDeploy, llama.cpp, Text Embeddings
    Inference and Infinity are read from the sources of their releases: what none of them has is a
    mistake, and what came later needs a newer image. Of TensorRT-LLM they are known without the
    releases. The keys of `engine_kwargs` of Ray Serve are flags without dashes, and refused alike.

    Except:
        Flags of other programs that start the same engine, beginnings of flags, and parts that a
        template fills in. Where the image does not tell its release, a flag that none has is only
        likely to be wrong.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B, --max-modle-len, "8192"]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B, --max-model-len, "8192"]
    """
    for found in unknown_flags(server):
        written = found.switch.written
        if found.since:
            message = f"{title(server)} has `{written}` from about {found.since} on only"
            help_ = "take a newer release of the image, or drop it"
        else:
            message = f"no release of {title(server)} has `{written}`"
            help_ = f"write `{found.meant}`" if found.meant else "drop it"
        yield ctx.finding(
            found.switch,
            message,
            help=help_,
            subject=written,
            confidence=None if found.sure else Confidence.LIKELY,
            fix=ctx.reworded(found.switch, written, found.meant)
            if found.meant and not found.since
            else None,
        )
