"""The rule `undefined-variable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.dockerfile.vocabulary import PLATFORM_ARGUMENTS
from imagelint.documents.queries.dockerfiles.references import (
    instruction_references,
    nearest_name,
    sets_variables,
)
from imagelint.documents.queries.stages import chain, set_before, stages
from imagelint.knowledge.dockerfile.base_variables import sets_variable
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.queries.dockerfiles.references import Reference

# A shell sets these when somebody logs in. No instruction sees them.
_OF_SHELLS = frozenset(("HOSTNAME", "LOGNAME", "PWD", "UID", "USER"))
_GIVEN = frozenset(("BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE", "PATH"))


@rule(Stage, Severity.MEDIUM, references=("BuildKit UndefinedVar",))
def undefined_variable(stage: Stage, ctx: Context) -> Findings:
    """An instruction uses a variable that nothing sets.

    It is empty, or has its default whatever the build is told: the file is copied to another place,
    the path has a hole. An ARG above the first FROM is seen by FROM alone; a stage that wants it
    says `ARG <name>` itself, and so it does for what BuildKit knows (`TARGETARCH`).

    Except:
        Scripts of RUN, which have variables of their own. Where the base image is not known and may
        set the variable, the rule speaks only of what the file sets elsewhere, and of what only a
        shell sets (`$USER`, `$PWD`), and is not certain.

    Bad:
        ARG VERSION=1.2
        FROM alpine:3.20
        LABEL org.opencontainers.image.version=$VERSION

    Good:
        ARG VERSION=1.2
        FROM alpine:3.20
        ARG VERSION
        LABEL org.opencontainers.image.version=$VERSION
    """
    for instruction in stage.instructions[1:]:
        told: set[str] = set()
        if instruction.keyword == "ONBUILD":
            continue
        for reference in instruction_references(ctx.document, instruction):
            name = reference.name
            if name in told or name in _GIVEN:
                continue
            told.add(name)
            place = reference.span if instruction.keyword == "ARG" else instruction.keyword_span
            if not any(set_before(ctx.document, stage, (name,), place)):
                yield from _judge(reference, stage, ctx)


def _judge(reference: Reference, stage: Stage, ctx: Context) -> Findings:
    name = reference.name
    sure = _set_by_base(stage, name)
    elsewhere = _set_elsewhere(stage, reference, ctx)
    if sure or (sure is None and not elsewhere and name not in _OF_SHELLS):
        return
    clear = elsewhere or reference.default or _continues(reference, stage)
    near = "" if clear else nearest_name(name, sets_variables(chain(ctx.document, stage)))
    yield ctx.finding(
        reference,
        f"nothing sets `{name}` here{elsewhere or (f': did you mean `{near}`?' if near else '')}",
        help=_DECLARE if elsewhere else f"write `{near}`" if near else _SET,
        subject=name,
        severity=Severity.LOW if reference.default else None,
        confidence=None if sure is False else Confidence.LIKELY,
    )


_DECLARE = "say `ARG <name>` in this stage, before it is used"
_SET = "set it with `ENV` or `ARG` before, or write what it stands for"


def _set_by_base(stage: Stage, name: str) -> bool | None:
    """Whether the image at the bottom sets a variable; None where nobody knows."""
    if stage.env_complete:
        return False
    image = stage.root_image
    if image is None or not isinstance(image.reference, Known):
        return None
    return sets_variable(image.reference.value, name)


def _set_elsewhere(stage: Stage, reference: Reference, ctx: Context) -> str:
    """In which other part of the file a variable is set, in words; empty: nowhere."""
    document, name = ctx.document, reference.name
    if name in PLATFORM_ARGUMENTS:
        return ", as long as no ARG asks for it"
    if isinstance(document, Dockerfile) and name in document.arguments:
        return ": the ARG above the first FROM is seen by FROM alone"
    own = stage.variables.get(name, ())
    later = any(one.span.start > reference.span.start for one in own)
    if later and not _continues(reference, stage):
        return ": it is set further on"
    below = {one.index for one in chain(document, stage)}
    others = (one for one in stages(document) if one.index not in below)
    return ": only another stage sets it" if any(name in one.variables for one in others) else ""


def _continues(reference: Reference, stage: Stage) -> bool:
    """Whether a variable is used to make its own next value: `LIST=$LIST:/more`."""
    own = stage.variables.get(reference.name, ())
    return any(one.span.covers(reference.span) for one in own)
