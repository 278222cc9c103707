"""The rule `repeated-instruction`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.instructions import whole_lines
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

_ANSWERS = {
    "CMD": ("hadolint DL4003", "Trivy DS-0016", "BuildKit MultipleInstructionsDisallowed"),
    "ENTRYPOINT": ("hadolint DL4004", "Trivy DS-0007", "BuildKit MultipleInstructionsDisallowed"),
    "HEALTHCHECK": ("hadolint DL3012", "Trivy DS-0023", "BuildKit MultipleInstructionsDisallowed"),
}


@rule(
    Stage,
    Severity.MEDIUM,
    references=(
        "hadolint DL4003",
        "hadolint DL4004",
        "hadolint DL3012",
        "BuildKit MultipleInstructionsDisallowed",
        "Trivy DS-0016",
        "Trivy DS-0007",
        "Trivy DS-0023",
        "droast DF038",
        "droast DF039",
        "droast DF041",
    ),
    keywords=tuple(_ANSWERS),
)
def repeated_instruction(stage: Stage, ctx: Context) -> Findings:
    """A stage has a second CMD, ENTRYPOINT or HEALTHCHECK, which replaces the first.

    Only the last one of a stage counts. Whoever reads the file from the top, or changes the first
    one, is wrong about what runs. As BuildKit does, the rule speaks about the one that is lost,
    where hadolint speaks about the one that stays.

    Bad:
        FROM python:3.12.7-slim
        CMD ["python", "migrate.py"]
        CMD ["python", "serve.py"]

    Good:
        FROM python:3.12.7-slim
        CMD ["python", "serve.py"]
    """
    for keyword, answers in _ANSWERS.items():
        found = stage.of(keyword)
        for instruction in found[:-1]:
            yield ctx.finding(
                instruction.keyword_span,
                f"this {keyword} is lost: another one of the stage takes its place",
                help=f"remove it, or do both in one `{keyword}`",
                notes=(ctx.note("this one counts", found[-1].keyword_span),),
                subject=keyword,
                references=answers,
                fix=Fix(
                    f"remove the {keyword} that is lost",
                    (ctx.edit(whole_lines(ctx.document, instruction), ""),),
                    safe=True,
                ),
            )
