"""The rule `oversized-layer`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import LayerContents
from imagelint.knowledge.containers.registries import layer_limit
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(LayerContents, Severity.MEDIUM)
def oversized_layer(layer: LayerContents, ctx: Context) -> Findings:
    """A layer is larger than some registry takes.

    The push fails at the end of the upload. GitHub's registry takes 10 GB in a layer and ten
    minutes for it, Amazon's 52,000 MiB, Azure's 200 GiB. Large layers are pulled by one connection
    each, and unpacked by one processor: several smaller ones are there sooner.

    Except:
        Registries that are known to take it, where the image is named by one.

    Bad (image.json):
        {"inspected": "ghcr.io/example/llm:1", "config": {},
         "layers": [{"size": 12000000000, "files": [{"path": "models/a"}]}]}

    Good (image.json):
        {"inspected": "ghcr.io/example/llm:1", "config": {},
         "layers": [{"size": 6000000000, "files": [{"path": "models/a"}]},
                    {"size": 6000000000, "files": [{"path": "models/b"}]}]}
    """
    limit = layer_limit(layer.image)
    if limit is not None and layer.size > limit.size:
        yield ctx.finding(
            layer,
            f"{layer.size / 1e9:,.0f} GB in one layer, {limit.name} takes {limit.size / 1e9:,.0f}",
            help="spread it over several layers, or mount weights instead of baking them in",
            subject=f"layer {layer.number}",
        )
