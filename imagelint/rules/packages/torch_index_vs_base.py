"""The rule `torch-index-vs-base`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.wheels import wheel_indexes
from imagelint.knowledge.cuda import cuda_of_image, cuda_of_index, driver_floor
from imagelint.knowledge.versions import at_least
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.MEDIUM, references=("tally gpu/cuda-version-mismatch",))
def torch_index_vs_base(stage: Stage, ctx: Context) -> Findings:
    """The wheels are made for another major release of CUDA than the base image.

    Torch wheels bring their own CUDA libraries, so that a minor difference does no harm. With
    another major, everything that is compiled against the base (flash-attn, custom kernels,
    extensions built by nvcc) does not load beside torch, and the wheels may need a newer driver
    than the base promises. If the declared driver is too old for them, the finding is a high one.

    Except:
        Bases whose tag does not tell their CUDA release, the `cpu` index, addresses that depend
        on a variable.

    Bad:
        FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
        RUN pip install torch==2.9.0 --index-url https://download.pytorch.org/whl/cu130

    Good:
        FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
        RUN pip install torch==2.8.0 --index-url https://download.pytorch.org/whl/cu128
    """
    use = stage.root_image
    if use is None or not isinstance(use.reference, Known):
        return
    base = cuda_of_image(use.reference.value)
    if not isinstance(base, Known):
        return
    for span, url in wheel_indexes(stage):
        wheels = cuda_of_index(url)
        if wheels is None or wheels[0] == base.value[0]:
            continue
        floor = driver_floor(wheels)
        driver = ctx.environment.driver
        too_old = bool(driver and floor) and at_least(str(driver), str(floor)) is False
        yield ctx.finding(
            span,
            f"wheels for CUDA {wheels[0]}.{wheels[1]} upon a base with CUDA "
            f"{'.'.join(str(part) for part in base.value)}"
            + (f"; they need driver {floor}, the hosts have {driver}" if too_old else ""),
            help=f"take an index of CUDA {base.value[0]} (`…/whl/cu{base.value[0]}x`), "
            f"or a base image with CUDA {wheels[0]}",
            subject=stage.name or f"stage {stage.index}",
            severity=Severity.HIGH if too_old else None,
        )
