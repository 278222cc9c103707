"""The rule `credential-file-copied`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.context import holds_secret, sources
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.secrets.files import copied_as, credential_file, is_example, seldom_secret
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Instruction,
    Severity.HIGH,
    references=("Trivy DS-0031", "Dockle CIS-DI-0010"),
    keywords=("ADD", "COPY", "RUN"),
)
def credential_file_copied(instruction: Instruction, ctx: Context) -> Findings:
    """A file with credentials is copied into the image, or written there from a build argument.

    It stays in its layer for everyone who can pull the image, even when a later RUN removes it,
    and in the build cache of every machine that built it.

    Except:
        Examples and templates (`.env.example`), files from another stage, stages that are not
        shipped, files of settings in which no secret stands (an `.npmrc` with `${NPM_TOKEN}`), and
        what the same RUN removes. Passwords that stand in the Dockerfile are told by
        `secret-in-build`.

    Bad:
        FROM python:3.12.7-slim
        COPY gcp-key.json /app/
        RUN python /app/fetch.py

    Good:
        FROM python:3.12.7-slim
        RUN --mount=type=secret,id=gcp,target=/app/gcp-key.json python /app/fetch.py
        === .dockerignore
        gcp-key.json
        .env*

    Bad:
        FROM node:22.11-slim
        COPY .npmrc package.json ./
        RUN npm ci

    Good:
        FROM node:22.11-slim
        COPY package.json ./
        RUN --mount=type=secret,id=npmrc,target=/root/.npmrc npm ci
    """
    stage = enclosing_stage(ctx.document, instruction.span)
    if stage is not None and not stage.shipped:
        return
    if instruction.keyword == "RUN":
        yield from _written(instruction, ctx)
    for word in sources(instruction):
        name = word.value.value if isinstance(word.value, Known) else ""
        own, holds = credential_file(name), holds_secret(ctx.document, name)
        target = "" if own or is_example(name) else copied_as(name, instruction.words[-1].text)
        kind = own or credential_file(target)
        may_not = kind.endswith("settings") or (not own and seldom_secret(kind))
        if kind and (holds if may_not else holds is not False):
            likely = (not own or kind.endswith(("configuration", "file"))) and not holds
            place = f"`{name}` ({kind})" if own else f"`{name}`, as `{target}` ({kind}),"
            yield ctx.finding(
                word,
                f"{place} becomes a part of the image",
                help=_MOUNT + ", and name it in `.dockerignore`",
                subject=name,
                severity=Severity.MEDIUM if likely and kind.endswith("configuration") else None,
                confidence=Confidence.LIKELY if likely else None,
            )


def _written(instruction: Instruction, ctx: Context) -> Findings:
    if not any(mark in ctx.text(instruction.span) for mark in (">", "tee ")):
        return
    from imagelint.documents.queries.secrets.kept import written_credentials

    for kept, kind in written_credentials(ctx.document, instruction):
        argument = f"the build argument `{kept.id}`"
        yield ctx.finding(
            kept.word,
            f"{argument} is written to `{kept.target}` ({kind}), which stays in the layer",
            help=_MOUNT,
            subject=kept.target,
            confidence=Confidence.LIKELY,
        )


_MOUNT = "mount it where it is needed: `RUN --mount=type=secret,id=…,target=… …`"
