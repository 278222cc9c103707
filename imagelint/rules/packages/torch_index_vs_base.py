"""The rule `torch-index-vs-base`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.wheels import Wheels, torch_wanted, wheels
from imagelint.knowledge.cuda import driver_floor
from imagelint.knowledge.platforms import Platform, platform_of_image, torch_in_image
from imagelint.knowledge.versions import at_least
from imagelint.rules.api import Confidence, Context, Finding, Findings, Severity, rule


@rule(Stage, Severity.MEDIUM, references=("tally gpu/cuda-version-mismatch",))
def torch_index_vs_base(stage: Stage, ctx: Context) -> Findings:
    """The wheels are made for another platform than the base image.

    Torch wheels bring their own CUDA libraries, so that a minor difference does no harm. With
    another major, everything that is compiled against the base (flash-attn, custom kernels,
    extensions built by nvcc) does not load beside torch, and the wheels may need a newer driver
    than the base promises. If the declared driver is too old for them, the finding is a high one.

    CUDA wheels upon a ROCm base see no GPU at all, and CPU wheels leave that of a CUDA base idle.
    A torch that replaces the base's own takes gigabytes twice and breaks what the base compiled
    against it.

    What the wheels are for is read from indexes (`whl/cu128`), versions (`2.8.0+cu128`),
    addresses, names (`cupy-cuda12x`), conda's `pytorch-cuda`, and for torch from PyPI from its
    version. The same is read of the requirements files that are copied and installed: what they
    say is reported there.

    Except:
        Bases of which no CUDA release is known, what depends on a variable or a condition.

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
    subject = stage.name or f"stage {stage.index}"
    base = platform_of_image(use.reference.value)
    unfit = _unfit(stage, base, ctx) if base else []
    for one in unfit:
        if base is not None and (one.platform.vendor != "cpu" or stage.shipped):
            likely = one.default or one.platform.vendor == "cpu"
            yield _misfit(
                ctx.finding(
                    one.span,
                    f"wheels for {one.platform.title} upon a base with {base.title}",
                    help=_way_out(one.platform, base),
                    subject=subject,
                    confidence=Confidence.LIKELY if likely else None,
                ),
                one.platform,
                ctx.environment.driver,
            )
    held = torch_in_image(use.reference.value) if not unfit else ""
    for package in torch_wanted(ctx.document, stage) if held else ():
        if package.version != held:
            yield ctx.finding(
                package.span,
                f"torch {package.version} replaces the base's own ({held})",
                help="take a base image with that torch, or leave the base's own",
                subject=subject,
            )


def _unfit(stage: Stage, base: Platform, ctx: Context) -> list[Wheels]:
    found = wheels(ctx.document, stage)
    return [one for one in found if one.sure and not one.platform.runs_upon(base)]


def _way_out(wheels: Platform, base: Platform) -> str:
    if base.vendor != "nvidia" or not base.cuda:
        return f"take wheels for {base.title}, or a base image for {wheels.title}"
    index = f"take an index of CUDA {base.cuda[0]} (`…/whl/cu{base.cuda[0]}x`)"
    return f"{index}, or a base image for {wheels.title}"


def _misfit(finding: Finding, wheels: Platform, driver: str | None) -> Finding:
    """The same, but worse where the driver of the hosts is too old for the wheels."""
    floor = driver_floor(wheels.cuda) if wheels.cuda else None
    if not driver or not floor or at_least(driver, floor) is not False:
        return finding
    message = f"{finding.message}; they need driver {floor}, the hosts have {driver}"
    return finding._replace(message=message, severity=Severity.HIGH)
