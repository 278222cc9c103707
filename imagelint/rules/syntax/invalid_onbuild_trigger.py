"""The rule `invalid-onbuild-trigger`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidOnbuildTrigger
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InvalidOnbuildTrigger,
    Severity.HIGH,
    references=("hadolint DL3043", "tally invalid-onbuild-trigger", "droast DF068"),
    former=("invalid-instruction",),
)
def invalid_onbuild_trigger(complaint: InvalidOnbuildTrigger, ctx: Context) -> Findings:
    """ONBUILD keeps an instruction that cannot be a trigger.

    The build ends with "isn't allowed as an ONBUILD trigger". A trigger runs behind the FROM of
    whoever builds upon this image: it cannot be another FROM, nor MAINTAINER, and an ONBUILD
    would hand itself down for ever.

    Bad:
        FROM python:3.12.7-slim
        ONBUILD FROM python:3.12.7

    Good:
        FROM python:3.12.7-slim
        ONBUILD COPY requirements.txt /app/
    """
    yield ctx.complaint(complaint)
