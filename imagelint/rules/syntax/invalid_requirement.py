"""The rule `invalid-requirement`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidRequirement
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InvalidRequirement,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def invalid_requirement(complaint: InvalidRequirement, ctx: Context) -> Findings:
    """A line of a requirements file is not a requirement.

    pip stops at it: "Invalid requirement". One line holds one requirement: a name with a version,
    a URL or a path. Commands, two names with a blank between them and quotes are none.

    Bad (requirements.txt):
        pip install vllm==0.11.0

    Good (requirements.txt):
        vllm==0.11.0
    """
    yield ctx.complaint(complaint)
