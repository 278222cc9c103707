"""The rule `invalid-mount`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidMount
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InvalidMount,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def invalid_mount(complaint: InvalidMount, ctx: Context) -> Findings:
    """A mount of RUN has an option or a value that it cannot have.

    The build ends with "unexpected key", "unsupported mount type", "invalid value for" and the
    like. `size` is of a tmpfs, `sharing` of a cache, `required` of a secret, `mode`, `uid` and
    `gid` of a cache or a secret.

    Except: options that only `podman build` and `buildah` take, such as `relabel`.

    Bad:
        FROM python:3.12.7-slim
        RUN --mount=type=cache,path=/root/.cache/pip pip install vllm==0.11.0

    Good:
        FROM python:3.12.7-slim
        RUN --mount=type=cache,target=/root/.cache/pip pip install vllm==0.11.0
    """
    yield ctx.complaint(complaint)
