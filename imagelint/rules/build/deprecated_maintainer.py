"""The rule `deprecated-maintainer`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.dockerfiles.instructions import in_case_of
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

_KEY = "org.opencontainers.image.authors"


@rule(
    Instruction,
    Severity.LOW,
    references=(
        "hadolint DL4000",
        "BuildKit MaintainerDeprecated",
        "Trivy DS-0022",
        "Checkov CKV_DOCKER_6",
        "droast DF019",
    ),
    keywords=("MAINTAINER",),
)
def deprecated_maintainer(instruction: Instruction, ctx: Context) -> Findings:
    """MAINTAINER is deprecated: nothing reads it any more.

    What it sets is no label, so that no registry and no inventory shows it. The label of the OCI
    says the same and is found.

    Bad:
        FROM alpine:3.20
        MAINTAINER Jane Doe <jane@example.com>

    Good:
        FROM alpine:3.20
        LABEL org.opencontainers.image.authors="Jane Doe <jane@example.com>"
    """
    yield ctx.finding(
        instruction.keyword_span,
        "MAINTAINER is deprecated, and no label",
        help=f'write `LABEL {_KEY}="<name>"`',
        subject="MAINTAINER",
        fix=_as_label(instruction, ctx),
    )


def _as_label(instruction: Instruction, ctx: Context) -> Fix | None:
    """The fix; none where a label would need the name to be written otherwise."""
    if not instruction.words:
        return None
    word = instruction.words[0]
    written = word.raw.strip()
    name = written[1:-1] if written[:1] == written[-1:] == '"' else written
    if not name or any(mark in name for mark in "\"'\\$`\n"):
        return None
    keyword = in_case_of(ctx.text(instruction.keyword_span), "LABEL")
    return Fix(
        "make it a label",
        (ctx.edit(instruction.keyword_span, keyword), ctx.edit(word.span, f'{_KEY}="{name}"')),
        safe=True,
    )
