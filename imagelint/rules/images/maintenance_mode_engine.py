"""The rule `maintenance-mode-engine`."""

from __future__ import annotations

from imagelint.documents.shared import ImageUse
from imagelint.knowledge.engines import engine
from imagelint.knowledge.recognition import engine_of_image
from imagelint.knowledge.serving.lifetimes import moved_image
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ImageUse, Severity.LOW)
def maintenance_mode_engine(use: ImageUse, ctx: Context) -> Findings:
    """The image holds an engine that is not developed any more.

    New models, quantisations and GPUs are not supported there, and the time in which somebody
    answers for its holes is running out. Text Generation Inference is in maintenance mode since
    December 2025 and points to vLLM and SGLang; TorchServe gets no security fixes at all since
    March 2025, which is a high severity. The guide counts TGI among the images to choose from: it
    was written before. Images of llama.cpp are built in the organisation `ggml-org` since February
    2025; those at the old place are what they were then.

    Except:
        Text Embeddings Inference, which is maintained.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: ghcr.io/huggingface/text-generation-inference:3.3.7

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0

    Bad:
        FROM ghcr.io/ggerganov/llama.cpp:server-cuda-b4719
        CMD ["-m", "/models/qwen3.gguf"]

    Good:
        FROM ghcr.io/ggml-org/llama.cpp:server-cuda-b11865
        CMD ["-m", "/models/qwen3.gguf"]
    """
    if not use.final or use.known is None:
        return
    image = use.known
    moved = moved_image(image)
    if moved is not None:
        yield ctx.finding(
            use,
            f"`{image.familiar}` is no longer built since {moved.since}",
            help=f"take `{moved.to}`",
            subject=image.familiar,
        )
    name = engine_of_image(image)
    known = engine(name) if name else None
    if known is not None and known.maintenance:
        yield ctx.finding(
            use,
            f"{known.title} {known.maintenance}",
            help="plan to serve the model with an engine that is developed",
            subject=image.familiar,
            severity=None if known.mended else Severity.HIGH,
        )
