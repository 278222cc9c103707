"""The rule `unknown-compose-key`."""

from __future__ import annotations

from imagelint.documents.complaints import UnknownComposeKey
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(UnknownComposeKey, Severity.HIGH)
def unknown_compose_key(complaint: UnknownComposeKey, ctx: Context) -> Findings:
    """A compose file has a key that the Compose Specification does not know.

    Compose refuses the whole file ("additional properties not allowed"). Mostly the key is
    misspelt, or stands one level too high or too low.

    Except:
        Keys that begin with `x-`, which are for everybody.

    Bad (compose.yaml):
        services:
          server:
            image: vllm/vllm-openai:v0.11.0
            shm-size: 8gb

    Good (compose.yaml):
        services:
          server:
            image: vllm/vllm-openai:v0.11.0
            shm_size: 8gb
    """
    yield ctx.complaint(complaint)
