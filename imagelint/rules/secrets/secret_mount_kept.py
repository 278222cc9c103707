"""The rule `secret-mount-kept`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Instruction, Severity.HIGH, keywords=("RUN",))
def secret_mount_kept(instruction: Instruction, ctx: Context) -> Findings:
    """A mounted secret is written to a file that stays in the image.

    The mount leaves nothing behind, but what a step writes is a part of its layer: whoever can
    pull the image has the secret, even where a later instruction removes the file.

    Except:
        Files that the same RUN removes, files in mounts, stages that are not shipped.

    Bad:
        FROM node:22.11-slim
        RUN --mount=type=secret,id=netrc cat /run/secrets/netrc > /root/.netrc && npm ci

    Good:
        FROM node:22.11-slim
        RUN --mount=type=secret,id=netrc,target=/root/.netrc npm ci
    """
    if not instruction.flags_named("mount"):
        return  # what looks for more is imported where there is something to look for
    stage = enclosing_stage(ctx.document, instruction.span)
    if stage is None or not stage.shipped:
        return
    from imagelint.documents.queries.secrets.kept import kept_secrets

    for kept in kept_secrets(ctx.document, instruction):
        how = f"`{kept.by}` writes the secret `{kept.id}`" if kept.by else f"the secret `{kept.id}`"
        verb = " to" if kept.by else " is written to"
        yield ctx.finding(
            kept.word,
            f"{how}{verb} `{kept.target}`, which stays in the layer",
            help="mount it where it is read (`--mount=type=secret,id=…,target=…`), or remove it in "
            "the same RUN",
            subject=kept.id,
            confidence=None if kept.certain else Confidence.LIKELY,
        )
