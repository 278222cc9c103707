"""The rule `malformed-compose-file`."""

from __future__ import annotations

from imagelint.documents.complaints import MalformedComposeFile
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    MalformedComposeFile,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def malformed_compose_file(complaint: MalformedComposeFile, ctx: Context) -> Findings:
    """A compose file is not a mapping of names to services.

    Compose refuses it: each service is a mapping below its name, and all of them are below
    `services`. A dash before the name, or a body that is not indented deeper than the name, makes
    it something else. The services that can be read are examined.

    Bad (compose.yaml):
        services:
          - server:
              image: vllm/vllm-openai:v0.11.0

    Good (compose.yaml):
        services:
          server:
            image: vllm/vllm-openai:v0.11.0
    """
    yield ctx.complaint(complaint)
