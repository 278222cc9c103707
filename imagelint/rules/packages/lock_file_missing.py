"""The rule `lock-file-missing`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.packages.lookup import DEMANDING, PACKAGE_PROGRAMS
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document


@rule(Stage, Severity.MEDIUM, confidence=Confidence.LIKELY, programs=PACKAGE_PROGRAMS)
def lock_file_missing(stage: Stage, ctx: Context) -> Findings:
    """An installation goes by a lock file that nobody has copied.

    What lists the project's packages is copied by its name, and the lock file beside it is not:
    `npm ci`, `uv sync --frozen` and `pnpm install --frozen-lockfile` stop, `poetry install` and
    the older yarn resolve anew, to versions that nobody has tested.

    Except:
        Files that a pattern, a folder, a mount, another stage or a command before may bring.

    Bad:
        FROM ghcr.io/astral-sh/uv:0.9.7-python3.13-trixie-slim
        WORKDIR /app
        COPY pyproject.toml ./
        RUN uv sync --frozen --no-cache --no-install-project

    Good:
        FROM ghcr.io/astral-sh/uv:0.9.7-python3.13-trixie-slim
        WORKDIR /app
        COPY pyproject.toml uv.lock ./
        RUN uv sync --frozen --no-cache --no-install-project
    """
    if not ctx.document.derived(_may_demands):
        return
    from imagelint.documents.queries.packages.missinglocks import missing_locks
    from imagelint.documents.queries.packages.wording import subcommand

    for found in missing_locks(ctx.document, stage):
        name = found.install.manager.name
        yield ctx.finding(
            subcommand(found.install.command, found.install),
            f"`{found.file}` is not there, by which `{name} {found.install.verb}` goes",
            help=f"copy it with `{found.manifest.text}`: `COPY … {found.file} …`",
            notes=(ctx.note("here the project is copied without it", found.manifest),),
            subject=found.file,
        )


def _may_demands(document: Document) -> bool:
    return any(word in document.source.text for word in DEMANDING)
