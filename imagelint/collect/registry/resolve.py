"""From what the user named to one digest, once; everything after asks for that digest.

A layout is read by us. In a registry a digest stands for itself, and the digest behind a tag is
asked of cosign, which needs one request for it. Without cosign, Trivy's report on the tag tells
which digest it scanned: `identified` makes the target of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.registry.layout import is_layout, resolve_layout
from imagelint.collect.tools import cosign
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity, ImageTarget

if TYPE_CHECKING:
    from imagelint.documents.image.vulnerabilities import VulnerabilityReport


def resolve(text: str, platform: str = "") -> ImageTarget | Problem:
    """The image that `registry/repo[:tag][@digest]` or `oci:DIR[:tag|@digest]` names now.

    Of an image in a registry, only its identity is known; `identified` adds its configuration.

    Raises:
        UsageError: it is neither, or a layout holds several images and none is chosen.
    """
    if is_layout(text):
        return resolve_layout(text, platform)
    identity = named(text, platform)
    if identity.digest:
        return ImageTarget(identity)
    digest = cosign.digest_of(text)
    if isinstance(digest, Problem):
        return digest
    return ImageTarget(identity._replace(digest=digest))


def named(text: str, platform: str = "") -> ImageIdentity:
    """The identity of an image in a registry, as far as its name tells: without digest for a tag.

    Raises:
        UsageError: it is not an image reference.
    """
    reference = parse_reference(text)
    if reference is None:
        message = f"`{text}` is not an image reference"
        help_ = "write `registry/repository:tag`, `…@sha256:…` or `oci:FOLDER`"
        raise UsageError(Diagnostic(message, help=help_))
    return ImageIdentity(text, reference.digest, reference.familiar, platform=platform)


def identified(target: ImageTarget, report: VulnerabilityReport) -> ImageTarget | Problem:
    """The target with what Trivy read of it; a problem when Trivy scanned another image."""
    identity = target.identity
    scanned = report.scanned
    wanted, found = identity.digest, scanned.digest
    if identity.layout:
        wanted, found = identity.config, scanned.image_id
    if wanted and found and wanted != found:
        detail = f"Trivy scanned {found}, not {wanted}"
        return Problem(ProblemKind.TOOL_FAILED, identity.reference, detail)
    if identity.layout:
        return target
    return ImageTarget(identity._replace(digest=wanted or found), scanned.config)
