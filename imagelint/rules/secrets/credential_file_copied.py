"""The rule `credential-file-copied`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.context import holds_secret, sources
from imagelint.documents.queries.stages import enclosing_stage
from imagelint.documents.secrets.files import credential_file
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Instruction,
    Severity.HIGH,
    references=("Trivy DS-0031", "Dockle CIS-DI-0010"),
    keywords=("ADD", "COPY"),
)
def credential_file_copied(instruction: Instruction, ctx: Context) -> Findings:
    """A file with credentials is copied into the image.

    It stays in its layer for everyone who can pull the image, even when a later RUN removes it,
    and in the build cache of every machine that built it.

    Except:
        Examples and templates (`.env.example`), files from another stage, stages that are not
        shipped, files of settings in which no secret stands (an `.npmrc` with `${NPM_TOKEN}`).

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
    for word in sources(instruction):
        if not isinstance(word.value, Known):
            continue
        kind = credential_file(word.value.value)
        holds = holds_secret(ctx.document, word.value.value)
        if kind and holds is not False:
            likely = kind.endswith(("configuration", "file")) and not holds
            yield ctx.finding(
                word,
                f"`{word.value.value}` ({kind}) becomes a part of the image",
                help="mount it where it is needed: `RUN --mount=type=secret,id=…,target=… …`, "
                "and name it in `.dockerignore`",
                subject=word.value.value,
                severity=Severity.MEDIUM if likely and kind.endswith("configuration") else None,
                confidence=Confidence.LIKELY if likely else None,
            )
