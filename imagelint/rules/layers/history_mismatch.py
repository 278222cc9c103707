"""The rule `history-mismatch`."""

from __future__ import annotations

from imagelint.documents.image.layers.nodes import HistoryGap
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(HistoryGap, Severity.LOW)
def history_mismatch(gap: HistoryGap, ctx: Context) -> Findings:
    """The image tells of another number of layers than it has.

    Of none of them it is known how it came about: the history was cut, squashed or written by hand.
    Scanners that place what they find by the history place it at the wrong step.

    Except:
        Images without any history.

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1",
         "config": {"history": [{"created_by": "COPY a /"}, {"created_by": "COPY b /"}]},
         "layers": [{"files": [{"path": "a"}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1",
         "config": {"history": [{"created_by": "COPY a /"}, {"created_by": "COPY b /"}]},
         "layers": [{"files": [{"path": "a"}]}, {"files": [{"path": "b"}]}]}
    """
    yield ctx.finding(
        gap,
        f"the history tells of {gap.told} layers, there are {gap.layers}",
        help="build the image with a builder that writes the history of all layers",
        subject="history",
    )
