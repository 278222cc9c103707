"""The rule `unavailable-cuda-image`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.shared import ImageUse
from imagelint.knowledge.cuda import is_cuda_upstream, is_deleted, parse_cuda_tag
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ImageUse, Severity.HIGH)
def unavailable_cuda_image(use: ImageUse, ctx: Context) -> Findings:
    """The image of CUDA cannot be pulled.

    `nvidia/cuda` has had no `latest` since 2021, so that no tag, or one without a release, ends
    with `manifest unknown`. Some months after the end of a release its tags are taken away as well:
    those of CUDA 10 and before are gone.

    Except:
        Mirrors under another registry, which may have kept them, and tags with a variable, whose
        default may stand for nothing.

    Bad:
        FROM nvidia/cuda:latest
        CMD ["server"]

    Good:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        CMD ["server"]

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: probe}
        spec: {containers: [{name: probe, image: nvidia/cuda, command: [nvidia-smi]}]}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: probe}
        spec:
          containers:
            - {name: probe, image: "nvidia/cuda:12.8.1-runtime-ubuntu24.04", command: [nvidia-smi]}

    Bad (compose.yaml):
        services: {probe: {image: "nvidia/cuda:latest", command: [nvidia-smi]}}

    Good (compose.yaml):
        services: {probe: {image: "nvidia/cuda:12.8.1-runtime-ubuntu24.04", command: [nvidia-smi]}}
    """
    if not isinstance(use.reference, Known) or not is_cuda_upstream(use.reference.value):
        return
    image = use.reference.value
    parsed = parse_cuda_tag(image.tag)
    if parsed is None and not image.digest and "$" not in use.text:
        tag = f"tag `{image.tag}`" if image.tag not in ("", "latest") else "`latest`"
        yield ctx.finding(
            use,
            f"nvidia/cuda has no {tag}: there is nothing to pull",
            help="write the release, the flavour and the system: `12.8.1-runtime-ubuntu24.04`",
            subject=image.familiar,
        )
    elif parsed is not None and is_deleted(parsed.version):
        yield ctx.finding(
            use,
            f"the images of CUDA {parsed.version[0]} were taken away",
            help="take one that is maintained: `12.8.1-runtime-ubuntu24.04`",
            subject=image.familiar,
            severity=Severity.MEDIUM,
            confidence=Confidence.LIKELY,
        )
