"""The rule `source-copied-before-install`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.packages.busting import early_copy
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Stage, Severity.INFO, confidence=Confidence.LIKELY)
def source_copied_before_install(stage: Stage, ctx: Context) -> Findings:
    """Everything is copied before the packages are installed that one file lists.

    A change of any file throws away all layers behind its COPY: with the whole context copied
    first, each change of the source installs torch and its gigabytes again. Copy what lists the
    packages, install them, then copy the rest.

    Except:
        Installations of the project itself (`pip install .`, `-e .` in the file, `uv sync` without
        `--no-install-project`), files that were copied before or whose names are not known, and
        scripts that go elsewhere.

    Bad:
        FROM python:3.12.7-slim
        WORKDIR /app
        COPY . .
        RUN pip install --no-cache-dir -r requirements.txt

    Good:
        FROM python:3.12.7-slim
        WORKDIR /app
        COPY requirements.txt .
        RUN pip install --no-cache-dir -r requirements.txt
        COPY . .
    """
    found = early_copy(ctx.document, stage)
    if found is None:
        return
    yield ctx.finding(
        found.word,
        f"each change of any file installs again what `{found.file}` lists",
        help=f"copy `{found.file}` alone before `{found.command.program}`, and the rest behind it",
        notes=(ctx.note("here it is installed", found.command),),
        subject=found.file,
    )
