"""The rule `weights-in-image`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import FileRole, LayerFiles
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(LayerFiles, Severity.LOW, confidence=Confidence.LIKELY)
def weights_in_image(files: LayerFiles, ctx: Context) -> Findings:
    """Weights of a model are baked into the image.

    Every node pulls them again with every build, registries and scanners choke on them, and who may
    pull the image has the model. Volumes, image volumes and model caches load them once.

    Except:
        Files of less than a megabyte, and what later layers remove (of that speaks
        `wasted-layer-space`).

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "models/qwen/model.safetensors", "size": 2000000}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "models/qwen/config.json", "size": 2000}]}]}
    """
    if files.role is FileRole.WEIGHTS and not files.removed:
        yield ctx.finding(
            files,
            f"{files.size / 1e6:,.0f} MB of weights lie in the image: {', '.join(files.names)}",
            help="mount them from a volume, or from an image that holds nothing else",
            subject=files.names[0],
        )
