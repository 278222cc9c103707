"""The rule `cuda-driver-floor`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.shared import ImageUse
from imagelint.knowledge.cuda import cuda_of_image, driver_floor
from imagelint.knowledge.versions import at_least
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ImageUse, Severity.HIGH)
def cuda_driver_floor(use: ImageUse, ctx: Context) -> Findings:
    """The declared driver is too old for the image's CUDA release.

    Every major release of CUDA has a lowest driver: 580.65.06 for 13.x, 525.60.13 for 12.x,
    450.80.02 for 11.x. Below it the first CUDA call fails with `cudaErrorInsufficientDriver`, or
    the container does not start at all. The policy declares the hosts' driver under
    `environment.driver`; without it the rule is silent.

    Except:
        Build stages that are not shipped, and tags that do not tell their CUDA release. With the
        package `cuda-compat` a data-centre GPU can run it nevertheless: waive the rule there.

    Bad (Dockerfile; driver=570.124.06):
        FROM nvidia/cuda:13.0.1-runtime-ubuntu24.04
        CMD ["server"]

    Good (Dockerfile; driver=570.124.06):
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        CMD ["server"]
    """
    driver = ctx.environment.driver
    if driver is None or not use.final or not isinstance(use.reference, Known):
        return
    image = use.reference.value
    cuda = cuda_of_image(image)
    if not isinstance(cuda, Known):
        return
    floor = driver_floor(cuda.value)
    if floor is None or at_least(driver, floor) is not False:
        return
    release = ".".join(str(part) for part in cuda.value)
    yield ctx.finding(
        use,
        f"CUDA {release} needs driver {floor} or newer, the hosts have {driver}",
        help=f"update the hosts' driver to {floor}, or take an image of an older CUDA release",
        subject=image.familiar,
    )
