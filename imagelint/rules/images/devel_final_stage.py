"""The rule `devel-final-stage`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.toolchain import compiles_at_run_time
from imagelint.knowledge.base_images import is_devel, runtime_tag
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference


@rule(
    Stage,
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
    references=("tally gpu/prefer-runtime-final-stage",),
)
def devel_final_stage(stage: Stage, ctx: Context) -> Findings:
    """The final stage is built upon a development image.

    The `devel` flavours of CUDA and PyTorch images add nvcc, headers and static libraries:
    several gigabytes that every node pulls, and a compiler for whoever breaks in. What is compiled
    in a `devel` stage runs upon the `runtime` flavour of the same version.

    Except:
        Hosts that machines boot (bootc, ostree), whose tags mean something else. Engines that
        compile kernels while they run (vLLM, SGLang, TensorRT-LLM …) may need nvcc: there the
        finding is only information. tally is silent where the stage compiles something; NVIDIA
        makes `devel` to build in and `runtime` to ship (https://hub.docker.com/r/nvidia/cuda).

    Bad:
        FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
        COPY server /usr/local/bin/server
        CMD ["server"]

    Good:
        FROM nvidia/cuda:12.8.1-devel-ubuntu24.04 AS build
        COPY src /src
        RUN make -C /src

        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        COPY --from=build /src/server /usr/local/bin/server
        CMD ["server"]
    """
    use = stage.root_image
    if not stage.final or use is None or not isinstance(use.reference, Known):
        return
    image = use.reference.value
    if not is_devel(image.tag) or ".devcontainer" in ctx.source.origin:
        return
    from imagelint.documents.queries.dockerfiles.bootable import is_host

    if is_host(ctx.document, stage):
        return  # `testing-devel` is a stream of Fedora CoreOS
    jit = compiles_at_run_time(ctx.document, stage)
    yield ctx.finding(
        use,
        f"the shipped image holds the whole toolchain of `{image.familiar}:{image.tag}`",
        help=_KEEP if jit else _advice(image),
        subject=stage.name or "final stage",
        severity=Severity.INFO if jit else None,
    )


_KEEP = "keep it if kernels are compiled with nvcc at run time, else ship the runtime flavour"


def _advice(image: ImageReference) -> str:
    tag = runtime_tag(image)
    smaller = f"`FROM {image.familiar}:{tag}`" if tag else "a smaller image"
    return f"build in this stage and copy the results into {smaller}"
