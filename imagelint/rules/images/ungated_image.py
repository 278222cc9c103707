"""The rule `ungated-image`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.reference import differ, parse_reference
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.rules.api import Context, Findings, Severity, rule

_RUN = (ImageRole.POD, ImageRole.COMPOSE)


@rule(ImageUse, Severity.HIGH)
def ungated_image(use: ImageUse, ctx: Context) -> Findings:
    """Another image of the repository is deployed than the one that is gated.

    The verdict is about one image: what is deployed by another tag or digest was not scanned, and
    nobody looked who signed it. It speaks beside `imagelint gate IMAGE PATH` alone.

    Except:
        A tag beside a digest, of which only the registry knows whether they are one.

    Bad (deployment.yaml; gated=registry.example.com/llm:1.4.0):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.3.2

    Good (deployment.yaml; gated=registry.example.com/llm:1.4.0):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.4.0

    Bad (compose.yaml; gated=registry.example.com/llm:1.4.0):
        services:
          llm:
            image: registry.example.com/llm

    Good (compose.yaml; gated=registry.example.com/llm:1.4.0):
        services:
          llm:
            image: registry.example.com/llm:1.4.0
    """
    if not ctx.environment.gated or use.role not in _RUN or not isinstance(use.reference, Known):
        return
    gated, used = parse_reference(ctx.environment.gated), use.reference.value
    if gated is None or gated.name != used.name or not differ(gated, used):
        return
    yield ctx.finding(
        use,
        f"`{used}` is deployed, and `{gated}` is what is gated",
        help=f"deploy `{gated}`, or gate what is deployed",
        subject=str(used),
    )
