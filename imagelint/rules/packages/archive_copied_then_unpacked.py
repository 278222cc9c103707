"""The rule `archive-copied-then-unpacked`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.packages.unpacking import archives, unpacked_in
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Instruction,
    Severity.LOW,
    references=("hadolint DL3010",),
    keywords=("COPY",),
)
def archive_copied_then_unpacked(instruction: Instruction, ctx: Context) -> Findings:
    """An archive is copied into the image and unpacked by a later RUN.

    The archive stays in its layer for good, whether it is removed later or not: the image holds
    everything twice. ADD unpacks a local tar archive by itself, and leaves nothing behind. Of an
    archive of another kind (`.zip`), mount it into the RUN that unpacks it.

    Except:
        Archives that come from another stage, and those whose names are unknown.

    Bad:
        FROM debian:12.7
        COPY model.tar.gz /models/
        RUN tar xzf /models/model.tar.gz -C /models

    Good:
        FROM debian:12.7
        ADD model.tar.gz /models/
    """
    if instruction.flag("from") is not None:
        return
    stage = enclosing_stage(ctx.document, instruction.span)
    for name, word in archives(instruction) if stage else ():
        command = unpacked_in(ctx.document, stage, name, instruction.span.end) if stage else None
        if command is not None:
            yield ctx.finding(
                word,
                f"`{name}` stays in the image beside what is unpacked from it",
                help="use `ADD`, which unpacks it"
                if ".tar" in name or name.endswith(_TARS)
                else "mount it where it is unpacked: `RUN --mount=type=bind,…`",
                notes=(ctx.note("unpacked here", command),),
                subject=name,
            )


_TARS = (".tgz", ".tbz", ".tbz2", ".txz", ".tzst")
