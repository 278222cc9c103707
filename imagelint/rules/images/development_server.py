"""The rule `development-server`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.knowledge.web.development import MARKS, PROGRAMS
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.LOW, programs=PROGRAMS)
def development_server(stage: Stage, ctx: Context) -> Findings:
    """The image starts a server that is made for development.

    `manage.py runserver`, `flask run`, `next dev` and their like answer one request after another,
    show what went wrong to whoever asks, and say in their own documentation that they are not for
    others. `uvicorn --reload` watches its files for changes that no image ever sees.

    Except:
        Files, folders and stages whose names say that they are for development, tests or examples.

    Bad:
        FROM python:3.13.1-slim
        USER 10001
        CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--reload"]

    Good:
        FROM python:3.13.1-slim
        USER 10001
        CMD ["uvicorn", "app:app", "--host", "0.0.0.0"]
    """
    text = ctx.source.text
    if not stage.final or not any(mark in text for mark in MARKS):
        return
    from imagelint.documents.queries.building.development import (
        development_starts,
        is_for_development,
    )

    if is_for_development(ctx.source.origin, stage):
        return
    for word, program, found in development_starts(ctx.document, stage):
        yield ctx.finding(
            word,
            f"`{word.text}` {found.does}",
            help=found.instead,
            subject=program,
        )
