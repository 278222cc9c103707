"""The rule `missing-environment`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH, programs=("uv",))
def missing_environment(stage: Stage, ctx: Context) -> Findings:
    """`uv pip` is to install into an environment, and there is none.

    Unlike pip it does not touch the Python of the system unless it is told to: it ends with "No
    virtual environment found", and the build with it.

    Except: images that may bring an environment, and files that speak of one.

    Bad:
        FROM python:3.13.1-slim
        COPY --from=ghcr.io/astral-sh/uv:0.9.7 /uv /bin/uv
        RUN uv pip install --no-cache requests==2.32.3

    Good:
        FROM python:3.13.1-slim
        COPY --from=ghcr.io/astral-sh/uv:0.9.7 /uv /bin/uv
        RUN uv pip install --system --no-cache requests==2.32.3
    """
    from imagelint.documents.queries.building.pythons import refused_by_uv

    for install in refused_by_uv(ctx.document, stage):
        yield ctx.finding(
            install.command.words[0],
            f"there is no environment into which `uv {install.verb}` could install",
            help="say `--system`, or make one with `uv venv`",
            subject=install.verb,
        )
