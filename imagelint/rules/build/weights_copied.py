"""The rule `weights-copied`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.booleans import hub_variable
from imagelint.documents.dockerfile.model import Instruction, Stage
from imagelint.documents.queries.context import sources
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.knowledge.recognition import engine_of_image
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# Others of these endings may be small: an exported classifier, an engine for a test.
_LARGE = frozenset(("ggml", "gguf", "safetensors"))
_MAY_BE_LARGE = frozenset(("ckpt", "engine", "h5", "onnx", "plan", "pt", "pth", "tflite"))


@rule(Instruction, Severity.LOW, keywords=("ADD", "COPY"))
def weights_copied(instruction: Instruction, ctx: Context) -> Findings:
    """Weights of a model are copied into the image of a program.

    Every node pulls them again with every build of the program, registries and scanners choke on
    them, and who may pull the image has the model. A volume, an image volume or a model cache loads
    them once. What images hold that are there already, `weights-in-image` says.

    Except:
        Stages that are not shipped, images that hold nothing else (upon `scratch`, or without
        anything to start), which are mounted as volumes, images for sites without a network
        (`HF_HUB_OFFLINE=1`), and weights of another stage or image.

    Bad:
        FROM vllm/vllm-openai:v0.11.0
        COPY weights/model.safetensors /models/

    Good:
        FROM vllm/vllm-openai:v0.11.0
        VOLUME /models
    """
    stage = enclosing_stage(ctx.document, instruction.span)
    if stage is None or not stage.shipped or _is_offline(stage) or not _starts(stage):
        return
    for word in sources(instruction):
        ending = word.value.value.rpartition(".")[2] if isinstance(word.value, Known) else ""
        if ending in _LARGE or ending in _MAY_BE_LARGE:
            yield ctx.finding(
                word,
                f"the weights `{word.text}` become a part of the image",
                help="mount them from a volume, or from an image that holds nothing else",
                subject=word.text,
                confidence=None if ending in _LARGE else Confidence.LIKELY,
            )


def _is_offline(stage: Stage) -> bool:
    """Whether an image is told that there is no hub: what it serves lies in it on purpose."""
    found = (stage.env.get(name) for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))
    values = (variable.value for variable in found if variable is not None)
    return any(not isinstance(value, Known) or hub_variable(value.value) for value in values)


def _starts(stage: Stage) -> bool:
    """Whether a stage has a program: an engine by its base, or something that it starts."""
    if stage.entrypoint is not None or stage.cmd is not None:
        return True
    base = stage.root_image.known if stage.root_image is not None else None
    return base is not None and bool(engine_of_image(base))
