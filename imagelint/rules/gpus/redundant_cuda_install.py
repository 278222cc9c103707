"""The rule `redundant-cuda-install`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.shell.script import Command
from imagelint.knowledge.cuda import contained_in_image, is_distribution_cuda
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference
    from imagelint.documents.packages.model import PackageInstall

# https://docs.nvidia.com/cuda/cuda-installation-guide-linux/#conda
_OF_CONDA = frozenset({"cuda", "cuda-toolkit", "cuda-nvcc", "cuda-compiler"})


@rule(
    Command,
    Severity.MEDIUM,
    references=("tally gpu/no-redundant-cuda-install", "env-doctor"),
    programs=PACKAGE_PROGRAMS,
)
def redundant_cuda_install(command: Command, ctx: Context) -> Findings:
    """CUDA is installed a second time, upon an image that has it.

    The images `nvidia/cuda` hold the runtime, the `runtime` flavours the libraries and NCCL, the
    `devel` ones the compiler and the headers. The same packages again are gigabytes, and often of
    another release: which of the two is found depends on the order of a path. The distribution's
    `nvidia-cuda-toolkit` is always another release.

    Conda's own compiler is a second one upon a `devel` flavour.

    Except:
        Parts that the flavour does not hold. In stages that other stages use, the finding is a low
        one: it costs the build alone.

    Bad:
        FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
        RUN apt-get update && apt-get install -y --no-install-recommends nvidia-cuda-toolkit
        CMD ["server"]

    Good:
        FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
        CMD ["server"]
    """
    stage = enclosing_stage(ctx.document, command.span)
    use = stage.root_image if stage is not None else None
    if stage is None or use is None or not isinstance(use.reference, Known):
        return
    image = use.reference.value
    severity = None if stage.delivered else Severity.LOW
    for install in package_installs(command):
        if install.ecosystem is Ecosystem.CONDA:
            yield from _second_compiler(image, install, severity, ctx)
            continue
        for package in install.packages if install.ecosystem.is_system else ():
            if contained_in_image(image, package.name):
                yield ctx.finding(
                    package,
                    f"`{package.name}` is in {image.familiar}:{image.tag} already",
                    help="leave it out, or start from an image without CUDA",
                    subject=package.name,
                    severity=severity,
                )
            elif is_distribution_cuda(image, package.name):
                yield ctx.finding(
                    package,
                    f"`{package.name}` is the distribution's CUDA, beside that of {image.familiar}",
                    help="leave it out, or take a flavour that has the compiler",
                    subject=package.name,
                    severity=severity,
                )


def _second_compiler(
    image: ImageReference, install: PackageInstall, severity: Severity | None, ctx: Context
) -> Findings:
    """Conda's compiler; not `cudatoolkit`, the libraries that its builds of PyTorch need."""
    for package in install.packages:
        if package.name in _OF_CONDA and contained_in_image(image, "cuda-nvcc"):
            yield ctx.finding(
                package,
                f"`{package.name}` brings a second compiler beside that of {image.familiar}",
                help="leave it out, or start from an image without CUDA",
                subject=package.name,
                severity=severity,
                confidence=Confidence.LIKELY,
            )
