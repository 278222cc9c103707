"""The rule `wasted-layer-space`."""

from __future__ import annotations

from dataclasses import dataclass, field

from imagelint.documents.image.layers.nodes import Waste
from imagelint.rules.api import Context, Findings, Severity, rule


@dataclass(frozen=True)
class Options:
    """What may be wasted before something is said; the first two are as dive counts."""

    efficiency: int = field(
        default=95, metadata={"doc": "the lowest efficiency, in percent", "minimum": 0}
    )
    wasted: int = field(
        default=0,
        metadata={"doc": "the most wasted megabytes; 0: any number", "minimum": 0},
    )
    reclaimable: int = field(
        default=10,
        metadata={"doc": "megabytes below which nothing is said at all", "minimum": 0},
    )


@rule(
    Waste,
    Severity.LOW,
    options=Options,
    references=(
        "dive lowestEfficiency",
        "dive highestWastedBytes",
        "dive highestUserWastedPercent",
    ),
)
def wasted_layer_space(waste: Waste, ctx: Context, options: Options) -> Findings:
    """Layers carry what no container ever sees.

    What a later layer replaces or removes is pulled and stored all the same. dive counts each file
    that occurs in several layers with all its copies; what could be saved is all but the last one,
    and everything that was removed.

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [
          {"files": [{"path": "opt/wheels/torch.whl", "size": 30000000}]},
          {"files": [{"path": "opt/.wh.wheels"}, {"path": "app.py", "size": 100}]},
          {"files": [{"path": "opt/lib.so", "size": 1000}]},
          {"files": [{"path": "opt/lib.so", "size": 20000000}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [
          {"files": [{"path": "app.py", "size": 100}]},
          {"files": [{"path": "opt/lib.so", "size": 20000000}]}]}
    """
    mega = 1_000_000
    if waste.dead < options.reclaimable * mega:
        return
    low = waste.efficiency * 100 < options.efficiency or waste.dead * 100 > waste.size * (
        100 - options.efficiency
    )
    if low or (options.wasted and waste.wasted > options.wasted * mega):
        largest = ", ".join(path for path, _ in waste.largest[:3])
        yield ctx.finding(
            waste,
            f"{waste.dead / mega:,.0f} MB of {waste.size / mega:,.0f} are never seen, most of it"
            f" {largest} (dive: {waste.efficiency:.1%} efficient)",
            help="remove files in the RUN that makes them, or copy what is needed from a stage",
            subject="layers",
        )
