"""The rule `unknown-copy-source`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.dockerfile.vocabulary import origins_of
from imagelint.documents.queries.dockerfiles.references import nearest_name
from imagelint.documents.queries.named_contexts import is_called_context
from imagelint.documents.queries.stages import stages
from imagelint.knowledge.dockerfile.official_images import OFFICIAL_IMAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction
    from imagelint.documents.dockerfile.vocabulary import UseSource

from imagelint.rules.api import Confidence, Context, Finding, Findings, Fix, Severity, rule

_BARE = pattern(r"[A-Za-z][A-Za-z0-9_.-]*")


@rule(
    Stage,
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
    references=("hadolint DL3022", "droast DF049"),
)
def unknown_copy_source(stage: Stage, ctx: Context) -> Findings:
    """Files are taken from a stage that there is not, or not yet.

    What is no stage is taken for an image: the build asks the registry for it, and fails, or gets
    what somebody else has put there under that name. Of a stage further down the build says that
    it "needs to be defined before", which is a high finding where the last stage needs the one that
    copies.

    Except:
        Images with a tag, a digest or a path, official images, contexts that a compose or bake
        file, or the policy, gives to a build. hadolint reports all but those with a tag.

    Bad:
        FROM golang:1.23 AS builder
        RUN go build -o /server ./cmd
        FROM debian:12.7
        COPY --from=bulder /server /server

    Good:
        FROM golang:1.23 AS builder
        RUN go build -o /server ./cmd
        FROM debian:12.7
        COPY --from=builder /server /server
    """
    places = ctx.document.derived(_places)
    refused = ctx.document.derived(_refused)
    for instruction in stage.instructions:
        for source in origins_of(instruction):
            name = source.text.lower()
            if not isinstance(source.value, Known) or not _BARE.fullmatch(name):
                continue
            found = places.get(name)
            if found is None and not _is_elsewhere(source, ctx):
                before = [one.name for one in stages(ctx.document)[: stage.index] if one.name]
                near = nearest_name(name, [one for one in before if one != stage.name])
                yield _unknown(source, near, instruction, ctx)
            elif found is not None and found > stage.index and source.span not in refused:
                yield from _too_late(source, stage, instruction, ctx)


def _too_late(
    source: UseSource, stage: Stage, instruction: Instruction, ctx: Context
) -> Iterator[Finding]:
    """What is said of a stage further down, where the one that copies from it may be built.

    moby/buildkit:frontend/dockerfile/dockerfile2llb/convert.go goes through the stages that the
    target needs, in the order of the file, and refuses what is not yet there.
    """
    if stage.used or stage.name:
        name = source.text.lower()
        yield ctx.finding(
            source,
            f"the stage `{name}` is defined further down, and is needed before",
            help="move the stage up, before the one that copies from it",
            subject=name,
            severity=Severity.HIGH if stage.used else None,
            confidence=Confidence.CERTAIN if stage.used else None,
            references=None if instruction.keyword == "COPY" else (),
        )


def _places(document: Document) -> dict[str, int]:
    """The index of the first stage of each name."""
    return {stage.name: stage.index for stage in reversed(stages(document)) if stage.name}


def _refused(document: Document) -> frozenset[Span]:
    return frozenset(complaint.span for complaint in document.complaints)


def _is_elsewhere(source: UseSource, ctx: Context) -> bool:
    """Whether it is an image that everybody knows, or a context that a build is given.

    Whose build that is does not matter: who starts it in another folder means other paths.
    """
    name = source.text
    if name in OFFICIAL_IMAGES or name in ctx.environment.build_contexts:
        return True
    return is_called_context(name, ctx.project)


def _unknown(source: UseSource, near: str, instruction: Instruction, ctx: Context) -> Finding:
    return ctx.finding(
        source,
        f"no stage is called `{source.text}`" + (f": did you mean `{near}`?" if near else ""),
        help=f"write `{near}`" if near else _NAME_IT,
        subject=source.text,
        fix=Fix(f"write {near}", (ctx.edit(source.span, near),)) if near else None,
        references=None if instruction.keyword == "COPY" else (),
    )


_NAME_IT = "name a stage, or an image with its tag: `<image>:<tag>`"
