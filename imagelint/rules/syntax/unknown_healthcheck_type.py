"""The rule `unknown-healthcheck-type`."""

from __future__ import annotations

from imagelint.documents.complaints import UnknownHealthcheckType
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    UnknownHealthcheckType,
    Severity.HIGH,
    references=("hadolint DL1000",),
    former=("invalid-instruction",),
)
def unknown_healthcheck_type(complaint: UnknownHealthcheckType, ctx: Context) -> Findings:
    """HEALTHCHECK is followed neither by CMD nor by NONE.

    The build ends with "Unknown type … in HEALTHCHECK (try CMD)". The word says what kind of
    check it is, and the command comes behind it.

    Bad:
        FROM vllm/vllm-openai:v0.11.0
        HEALTHCHECK --start-period=10m curl -f http://localhost:8000/health

    Good:
        FROM vllm/vllm-openai:v0.11.0
        HEALTHCHECK --start-period=10m CMD curl -f http://localhost:8000/health
    """
    yield ctx.complaint(complaint)
