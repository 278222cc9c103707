"""The rule `layer-copied-for-rights`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import LayerContents
from imagelint.rules.api import Context, Findings, Severity, rule

_CHANGING = ("chown", "chmod", "chgrp", "setfacl")
_FEWEST = 1_000_000


@rule(LayerContents, Severity.MEDIUM)
def layer_copied_for_rights(layer: LayerContents, ctx: Context) -> Findings:
    """A step changes owners or rights, and so stores everything a second time.

    Layers hold whole files: of each whose owner changes, all bytes are written again. For weights
    and virtual environments that doubles the image.

    Except:
        Steps that write less than a megabyte again, and those that change nothing but contents.

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1",
         "config": {"history": [{"created_by": "COPY models /models"},
                                {"created_by": "RUN chown -R app /models"}]},
         "layers": [{"files": [{"path": "models/a.gguf", "size": 5000000}]},
                    {"files": [{"path": "models/a.gguf", "size": 5000000}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1",
         "config": {"history": [{"created_by": "COPY --chown=app models /models"}]},
         "layers": [{"files": [{"path": "models/a.gguf", "size": 5000000}]}]}
    """
    changing = next((word for word in _CHANGING if word in layer.command.split()), "")
    if changing and layer.again >= _FEWEST:
        yield ctx.finding(
            layer,
            f"`{changing}` stores {layer.again / 1e6:,.0f} MB a second time",
            help="give files their owner as they come: `COPY --chown=`, or in the same RUN",
            subject=f"layer {layer.number}",
        )
