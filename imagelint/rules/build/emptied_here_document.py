"""The rule `emptied-here-document`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule


@rule(Instruction, Severity.MEDIUM, keywords=("ADD", "COPY", "RUN"))
def emptied_here_document(instruction: Instruction, ctx: Context) -> Findings:
    r"""A here-document loses the variables that are meant for the file.

    Where the word behind `<<` has no quotes, BuildKit (for COPY) or the shell (for RUN) fills the
    variables in while the image is built. `$host` of nginx, a variable of a script to be or of
    the container: nothing has set them then, and the file gets nothing in their place.

    Except: variables that something sets, that have a default, or that a base image may set.

    Bad:
        FROM debian:12.8-slim
        COPY <<EOF /etc/nginx/conf.d/api.conf
        proxy_set_header Host $host;
        EOF

    Good:
        FROM debian:12.8-slim
        COPY <<'EOF' /etc/nginx/conf.d/api.conf
        proxy_set_header Host $host;
        EOF
    """
    stage = enclosing_stage(ctx.document, instruction.span) if instruction.heredocs else None
    if stage is None:
        return
    from imagelint.documents.queries.building.heredocs import emptied_documents

    for found in emptied_documents(ctx.document, stage, instruction):
        word = ctx.document.written(found.document.span)
        name = found.document.name
        quoted = word.replace(name, f"'{name}'")
        yield ctx.finding(
            found.first,
            f"`${found.first.name}` is filled in while the image is built, and nothing sets it",
            help=f"quote the word: `{quoted}`",
            subject=found.first.name,
            confidence=None if found.sure else Confidence.LIKELY,
            fix=Fix("quote the word", (ctx.edit(found.document.span, quoted),))
            if found.every
            else None,
        )
