"""The rule `non-string-in-json-form`."""

from __future__ import annotations

from imagelint.documents.complaints import NonStringInJsonForm
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    NonStringInJsonForm,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def non_string_in_json_form(complaint: NonStringInJsonForm, ctx: Context) -> Findings:
    """An array in JSON form holds something that is not a string.

    The build ends with "arrays must be comprised of strings only". What begins with a bracket
    and is JSON is the exec form, whose words are strings, not numbers, true, null or arrays.

    Bad:
        FROM vllm/vllm-openai:v0.11.0
        CMD ["--model", "Qwen/Qwen3-8B", "--port", 8000]

    Good:
        FROM vllm/vllm-openai:v0.11.0
        CMD ["--model", "Qwen/Qwen3-8B", "--port", "8000"]
    """
    yield ctx.complaint(complaint)
