"""The rule `unknown-copy-source`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.dockerfile.vocabulary import origins_of
from imagelint.documents.queries.dockerfiles.references import nearest_name
from imagelint.documents.queries.named_contexts import is_named_context
from imagelint.documents.queries.stages import stages
from imagelint.documents.shared import image_use
from imagelint.knowledge.dockerfile.official_images import OFFICIAL_IMAGES
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

_BARE = pattern(r"[A-Za-z][A-Za-z0-9_.-]*")


@rule(
    Stage,
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
    references=("hadolint DL3022", "droast DF049"),
)
def unknown_copy_source(stage: Stage, ctx: Context) -> Findings:
    """Files are taken from a stage that there is not.

    What is no stage is taken for an image: the build asks the registry for it, and fails, or gets
    what somebody else has put there under that name.

    Except:
        Images with a tag, a digest or a path, official images, contexts that a compose or bake
        file, or the policy, gives to this build. hadolint reports all but those with a tag.

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
    names = {one.name: one.index for one in stages(ctx.document) if one.name}
    for instruction in stage.instructions:
        for source in origins_of(instruction):
            name = source.text
            if not isinstance(source.value, Known) or not _BARE.fullmatch(name):
                continue
            if name.lower() in names or name in OFFICIAL_IMAGES:
                continue
            if name in ctx.environment.build_contexts:
                continue
            use = image_use(source, source.role, name, name)
            if is_named_context(use, ctx.source.origin, ctx.project):
                continue
            near = nearest_name(name.lower(), names)
            yield ctx.finding(
                source,
                f"no stage is called `{name}`" + (f": did you mean `{near}`?" if near else ""),
                help=f"write `{near}`" if near else _NAME_IT,
                subject=name,
                fix=Fix(f"write {near}", (ctx.edit(source.span, near),)) if near else None,
                references=None if instruction.keyword == "COPY" else (),
            )


_NAME_IT = "name a stage, or an image with its tag: `<image>:<tag>`"
