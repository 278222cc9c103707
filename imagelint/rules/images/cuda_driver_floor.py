"""The rule `cuda-driver-floor`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.shared import ImageUse
from imagelint.knowledge.cuda import cuda_in_image, cuda_of_image, driver_floor
from imagelint.knowledge.gpus import lacks_forward_compatibility
from imagelint.knowledge.versions import at_least
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ImageUse, Severity.HIGH)
def cuda_driver_floor(use: ImageUse, ctx: Context) -> Findings:
    """The declared driver is too old for the image's CUDA release.

    Every major release of CUDA has a lowest driver: 580.65.06 for 13.x, 525.60.13 for 12.x,
    450.80.02 for 11.x. Below it the first CUDA call fails with `cudaErrorInsufficientDriver`, or
    the container does not start at all. The policy declares the hosts' driver under
    `environment.driver`; without it the rule is silent.

    NVIDIA's own images of frameworks and Triton, and those of vLLM, SGLang and TGI, do not tell
    CUDA's release by their tags; a table knows what each was built for. They bring the package
    `cuda-compat`, with which a data-centre GPU may run them upon an older driver. So that is
    likely, and certain where `environment.gpu` declares a GeForce or RTX, for which it does
    nothing.

    Except:
        Build stages that are not shipped, and tags of which no release of CUDA is known. Where
        `cuda-compat` helps, waive the rule.

    Bad (Dockerfile; driver=570.124.06):
        FROM nvidia/cuda:13.0.1-runtime-ubuntu24.04
        CMD ["server"]

    Good (Dockerfile; driver=570.124.06):
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        CMD ["server"]

    Bad (pod.yaml; driver=550.127.08):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: nvcr.io/nvidia/tritonserver:25.09-py3

    Good (pod.yaml; driver=550.127.08):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: nvcr.io/nvidia/tritonserver:25.07-py3
    """
    driver = ctx.environment.driver
    if driver is None or not use.final or not isinstance(use.reference, Known):
        return
    image = use.reference.value
    named = cuda_of_image(image)
    cuda = named.value if isinstance(named, Known) else cuda_in_image(image)
    floor = driver_floor(cuda) if cuda else None
    if cuda is None or floor is None or at_least(driver, floor) is not False:
        return
    certain = isinstance(named, Known) or lacks_forward_compatibility(
        ctx.environment.gpu_product or ""
    )
    release = ".".join(str(part) for part in cuda)
    yield ctx.finding(
        use,
        f"CUDA {release} needs driver {floor} or newer, the hosts have {driver}",
        help=f"update the hosts' driver to {floor}, or take an image of an older CUDA release",
        subject=image.familiar,
        confidence=Confidence.CERTAIN if certain else Confidence.LIKELY,
    )
