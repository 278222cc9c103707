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
    """A part of a compose file has a form that compose refuses.

    It ends before anything runs: a list where one word is asked, a number where a string is, a size
    or a duration that is none, a range of ports that does not fit, `count` beside `device_ids`, a
    `${` that begins no variable, a service without `image` and `build`. For a capability that
    NVIDIA's devices do not have Docker finds no driver, and the container does not start. Each
    service is a mapping below its name, and all of them are below `services`: a dash before the
    name, or a body that is not indented deeper than the name, makes it something else. What can be
    read is examined.

    Except:
        Services of which another compose file says what they run, in the same folder or in one
        above or below it: somebody may lay it over this one (`-f`).

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
