"""The rule `blank-continuation-line`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.dockerfiles.instructions import blank_lines
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(
    Instruction,
    Severity.MEDIUM,
    references=("BuildKit NoEmptyContinuation",),
)
def blank_continuation_line(instruction: Instruction, ctx: Context) -> Findings:
    r"""A blank line stands inside an instruction that goes on.

    The builder passes over it: what looks like the next instruction is a part of this one, where
    the backslash before the blank line was forgotten. Builders will refuse it one day.

    Except: blank lines of here-documents, and comments.

    Bad:
        FROM alpine:3.20
        RUN apk add --no-cache \

            curl

    Good:
        FROM alpine:3.20
        RUN apk add --no-cache \
            curl
    """
    blank = blank_lines(ctx.document, instruction)
    if not blank:
        return
    keyword = instruction.keyword
    if blank[0].end == len(ctx.source.text):
        said = f"the file is blank to the end, over which {keyword} goes on"
    else:
        said = f"a blank line inside {keyword}, which goes on behind it"
    yield ctx.finding(
        blank[0],
        said,
        help="remove it; if the instruction ends here, remove the backslash before it",
        subject=instruction.keyword,
        fix=Fix("remove the blank lines", tuple(ctx.edit(span, "") for span in blank), safe=True),
    )
