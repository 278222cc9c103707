"""The rule `broken-json-form`."""

from __future__ import annotations

from imagelint.documents.complaints import BrokenJsonForm
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    BrokenJsonForm,
    Severity.HIGH,
    references=("hadolint DL3025", "BuildKit JSONArgsRecommended", "tally invalid-json-form"),
    former=("invalid-instruction",),
)
def broken_json_form(complaint: BrokenJsonForm, ctx: Context) -> Findings:
    """An array in JSON form is no JSON.

    The build takes it for what stands there: CMD, ENTRYPOINT, RUN and HEALTHCHECK give it to a
    shell, which looks for a program `[vllm,`, and COPY, ADD and VOLUME take `["a",` for a path. A
    word without double quotes, single quotes, a comma that is missing or too many, and quotes of
    a word processor are the usual causes.

    Except: `[ -f /ready ]` and `[[ … ]]` are commands of a shell, `[a-z]*` is a pattern of paths.

    Bad:
        FROM vllm/vllm-openai:v0.11.0
        CMD ["vllm", serve, "Qwen/Qwen3-8B"]

    Good:
        FROM vllm/vllm-openai:v0.11.0
        CMD ["vllm", "serve", "Qwen/Qwen3-8B"]
    """
    yield ctx.complaint(complaint)
