"""The rule `copy-target-without-slash`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.dockerfiles.instructions import is_trigger
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(
    Instruction,
    Severity.MEDIUM,
    references=(
        "hadolint DL3021",
        "Trivy DS-0011",
        "droast DF048",
        "dockerfilelint add_dest_invalid",
    ),
    keywords=("ADD", "COPY"),
)
def copy_target_without_slash(instruction: Instruction, ctx: Context) -> Findings:
    """Several sources are copied to a target that is not written as a folder.

    Builders without BuildKit refuse it. With one, a pattern or a source that is removed later
    makes a file of that name out of what was a folder.

    Except:
        Targets that depend on a variable without a value; one source, be it a pattern; what
        ONBUILD keeps for other builds.

    Bad:
        FROM alpine:3.20
        COPY server.py model.py /app

    Good:
        FROM alpine:3.20
        COPY server.py model.py /app/
    """
    *sources, target = instruction.words or (None,)
    if target is None or len(sources) < 2:  # noqa: PLR2004 - one source may become a file
        return
    if is_trigger(ctx.document, instruction) or not isinstance(target.value, Known):
        return
    if target.text.endswith(("/", "\\")):
        return
    end = target.span.end - (target.raw[-1:] in "\"'")
    yield ctx.finding(
        target,
        f"{len(sources)} sources go to `{target.text}`, which does not end in a slash",
        help="write a slash behind it: `<folder>/`",
        subject=target.text,
        references=None if instruction.keyword == "COPY" else ("dockerfilelint add_dest_invalid",),
        fix=Fix("add the slash", (ctx.edit(Span(end, end), "/"),), safe=True),
    )
