"""The rule `invalid-image-reference`."""

from __future__ import annotations

from imagelint.core.fact import Known, value_or
from imagelint.core.pattern import pattern
from imagelint.core.reference import reference_fault
from imagelint.documents.shared import EnvOrigin, EnvVar, ImageRole, ImageUse
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# A part of a name that is written as the names of variables are.
_CAPITALS = pattern(r"(?:^|/)[A-Z][A-Z0-9_-]*(?:[:/@]|$)")
# The same of one that says what belongs there: a script replaces it before it builds.
_PLACE = pattern(r"(?:^|/)(?=[A-Z0-9_-]*(?:IMAGE|REGISTRY|REPO|BASE))[A-Z][A-Z0-9_-]*(?:[:/@]|$)")
# What other programs put values for, before anybody reads the file as what it is.
_FILLED_IN = frozenset("<>{}[]$%")


@rule(ImageUse, Severity.HIGH, references=("BuildKit InvalidDefaultArgInFrom",))
def invalid_image_reference(use: ImageUse, ctx: Context) -> Findings:
    """What names an image is no name of an image.

    The build ends with "invalid reference format", the kubelet says InvalidImageName and waits for
    ever. A repository is in lower case, a tag stands behind a colon, a digest behind an `@`, and
    of sha256 it has 64 digits. A variable that nothing sets leaves a name empty, or without its
    tag.

    Except:
        A name with a variable that the build, or whoever applies the file, may set. In manifests
        and compose files also what is plainly to be filled in (`<image>`, `MY_PROJECT/server`), and
        in Dockerfiles what says so by its words (`BASEIMAGE`, `REGISTRY/base`); a blank that an
        image trigger of OpenShift fills in.

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
    empty = text == "" and use.role is ImageRole.COMPOSE
    if not fault or (use.built if empty else _is_filled_in(use)):
        return
    confidence = Confidence.LIKELY if _may_be_given(use, ctx) else None
    message = f"`{use.text}` {fault}"
    yield ctx.finding(use, message, help=_HELP, subject=use.text, confidence=confidence)


_HELP = "write it as `<repository>:<tag>`, or as `<repository>@sha256:…`"


def _may_be_given(use: ImageUse, ctx: Context) -> bool:
    """Whether a variable of the name is empty unless who builds, or starts it, says what it is."""
    if use.role is not ImageRole.BASE or "$" not in use.text:
        return use.role is ImageRole.COMPOSE and "$" in use.text
    from imagelint.documents.queries.secrets.arguments import names_in

    names = names_in(use.text)
    return any(
        variable.origin is EnvOrigin.ARG
        and variable.name in names
        and value_or(variable.value, "?") == ""
        for variable in ctx.document.nodes_of(EnvVar)
    )


def _is_filled_in(use: ImageUse) -> bool:
    """Whether a file is not meant to be used as it stands: Terraform and ko make another of it."""
    if "$${" in use.text:
        return True
    if use.role is ImageRole.BASE:
        return bool(_PLACE.search(use.text))
    if use.role not in (ImageRole.POD, ImageRole.COMPOSE):
        return False
    said = use.text.isupper() or use.text.startswith("ko://")
    return said or not _FILLED_IN.isdisjoint(use.text) or bool(_CAPITALS.search(use.text))
