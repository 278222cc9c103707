"""The rule `untrusted-registry`."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.shared import ImageUse
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference


@rule(
    ImageUse,
    Severity.HIGH,
    references=(
        "hadolint DL3026",
        "Trivy KSV-0125",
        "Kyverno restrict-image-registries",
    ),
)
def untrusted_registry(use: ImageUse, ctx: Context) -> Findings:
    """The image comes from a registry that the policy does not trust.

    Whoever can push to a registry decides what runs. The policy lists the registries, or parts of
    them, under `environment.registries` as globs over `registry/repository`
    (`nvcr.io/nvidia/*`, `docker.io/library/*`). Without that list the rule is silent. The image in
    `# syntax=` is pulled by the build as well, and decides what the build does.

    Bad (Dockerfile; registries=registry.example.com/* docker.io/library/*):
        FROM ghcr.io/somebody/python:3.12

    Good (Dockerfile; registries=registry.example.com/* docker.io/library/*):
        FROM python:3.12
    """
    trusted = ctx.environment.registries
    if not trusted or use.built or not isinstance(use.reference, Known):
        return
    if use.text in ctx.environment.build_contexts:
        return  # `docker build --build-context` replaces the image by that name
    image = use.reference.value
    if any(_covers(pattern, image) for pattern in trusted):
        return
    quoted = ", ".join(f"`{glob}`" for glob in trusted)
    yield ctx.finding(
        use,
        f"`{image.familiar}` comes from `{image.registry}`, which the policy does not trust",
        help=f"mirror it into a trusted registry ({quoted}), "
        f"or trust it (`{image.name}` in `environment.registries`)",
        subject=image.familiar,
    )


def _covers(pattern: str, image: ImageReference) -> bool:
    whole = pattern if "/" in pattern else f"{pattern}/*"
    return fnmatchcase(image.name, whole) or fnmatchcase(image.name, f"{whole.rstrip('/')}/*")
