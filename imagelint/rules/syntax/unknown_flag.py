"""The rule `unknown-flag`."""

from __future__ import annotations

from imagelint.documents.complaints import UnknownFlag
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    UnknownFlag,
    Severity.HIGH,
    references=("hadolint DL1000",),
    former=("invalid-instruction",),
)
def unknown_flag(complaint: UnknownFlag, ctx: Context) -> Findings:
    """An instruction has a flag that it does not know.

    The build ends with "unknown flag". What begins with two dashes right behind the keyword is a
    flag of the instruction, also in the shell form of CMD, ENTRYPOINT and RUN: arguments for the
    program need the JSON form, or the program in front of them.

    Bad:
        FROM vllm/vllm-openai:v0.11.0
        CMD --model Qwen/Qwen3-8B

    Good:
        FROM vllm/vllm-openai:v0.11.0
        CMD ["--model", "Qwen/Qwen3-8B"]
    """
    yield ctx.complaint(complaint)
