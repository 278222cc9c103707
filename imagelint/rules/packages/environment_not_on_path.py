"""The rule `environment-not-on-path`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH, confidence=Confidence.LIKELY, keywords=("CMD", "ENTRYPOINT"))
def environment_not_on_path(stage: Stage, ctx: Context) -> Findings:
    """The image starts a Python that does not see what was installed for it.

    `uv sync` and `poetry install` put the packages of a project into an environment of its own. A
    bare `python` is that of the image, which has none of them, and `uvicorn` is not found at all.

    Except: files that set `PATH`, or that install by other means as well.

    Bad:
        FROM ghcr.io/astral-sh/uv:0.9.7-python3.13-trixie-slim
        WORKDIR /app
        COPY pyproject.toml uv.lock main.py ./
        RUN uv sync --frozen --no-cache
        USER 10001
        CMD ["python", "main.py"]

    Good:
        FROM ghcr.io/astral-sh/uv:0.9.7-python3.13-trixie-slim
        WORKDIR /app
        COPY pyproject.toml uv.lock main.py ./
        RUN uv sync --frozen --no-cache
        ENV PATH=/app/.venv/bin:$PATH
        USER 10001
        CMD ["python", "main.py"]
    """
    text = ctx.source.text
    if not stage.final or not any(word in text for word in ("uv sync", "poetry", ".venv")):
        return
    from imagelint.documents.queries.building.pythons import hidden_environment

    found = hidden_environment(ctx.document, stage)
    if found is not None:
        yield ctx.finding(
            found.word,
            f"`{found.program}` does not see the packages, which lie in {found.folder}",
            help="put the environment first into the path: `ENV PATH=<environment>/bin:$PATH`",
            subject=found.program,
        )
