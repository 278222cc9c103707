"""The rule `invalid-image-reference`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.reference import reference_fault
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.rules.api import Context, Findings, Severity, rule

# A part of a name that is written as the names of variables are.
_CAPITALS = pattern(r"(?:^|/)[A-Z][A-Z0-9_-]*(?:[:/@]|$)")
# What other programs put values for, before anybody reads the file as what it is.
_FILLED_IN = frozenset("<>{}[]$%")


@rule(ImageUse, Severity.HIGH)
def invalid_image_reference(use: ImageUse, ctx: Context) -> Findings:
    """What names an image is no name of an image.

    The build ends with "invalid reference format", the kubelet says InvalidImageName and waits for
    ever. A repository is in lower case, a tag stands behind a colon, a digest behind an `@`, and
    of sha256 it has 64 digits. A variable that nothing sets leaves a name empty, or without its
    tag.

    Except:
        A name with a variable that the build, or whoever applies the file, may set. In manifests
        and compose files also what is plainly to be filled in (`<image>`, `MY_PROJECT/server`).

    Bad:
        FROM rockylinux:sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

    Good:
        FROM rockylinux@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

    Bad (compose.yaml):
        services:
          api:
            image: Example/Server:v1

    Good (compose.yaml):
        services:
          api:
            image: example/server:v1
    """
    if use.role is ImageRole.TARGET or use.text in ctx.environment.build_contexts:
        return
    text = use.malformed
    if text is None and isinstance(use.reference, Known):
        text = str(use.reference.value)
    fault = reference_fault(text) if text is not None else ""
    if not fault or _is_filled_in(use):
        return
    yield ctx.finding(use, f"`{use.text}` {fault}", help=_HELP, subject=use.text)


_HELP = "write it as `<repository>:<tag>`, or as `<repository>@sha256:…`"


def _is_filled_in(use: ImageUse) -> bool:
    """Whether a manifest or compose file is not meant to be used as it stands."""
    if use.role not in (ImageRole.POD, ImageRole.COMPOSE):
        return False
    return not _FILLED_IN.isdisjoint(use.text) or bool(_CAPITALS.search(use.text))
