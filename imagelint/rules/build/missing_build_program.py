"""The rule `missing-build-program`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.knowledge.containers.buildtools import PROGRAMS
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH, confidence=Confidence.LIKELY, programs=PROGRAMS)
def missing_build_program(stage: Stage, ctx: Context) -> Findings:
    r"""A step runs a program that the image does not have, and that nothing has installed.

    Slim images have neither curl nor git, those of CUDA no pip, Alpine no bash: the build ends with
    "not found", or goes on behind a `;` and lacks what the step was for.

    Except:
        Images whose programs are not known, and what follows a step that may have brought any:
        scripts, packages that others depend on, folders that are copied over the system.

    Bad:
        FROM python:3.13.1-slim
        RUN curl -fsSL -o /tmp/model.bin https://models.example.com/1.2/model.bin

    Good:
        FROM python:3.13.1-slim
        ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 \
            https://models.example.com/1.2/model.bin /tmp/model.bin
    """
    from imagelint.documents.queries.building.programs import missing_programs

    for found in missing_programs(ctx.document, stage):
        yield ctx.finding(
            found.word,
            f"nothing has installed `{found.program}`, which {found.image.text} does not have",
            help=f"install `{found.program}` before, or do without it",
            subject=found.program,
        )
