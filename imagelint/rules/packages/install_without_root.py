"""The rule `install-without-root`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH, programs=PACKAGE_PROGRAMS)
def install_without_root(stage: Stage, ctx: Context) -> Findings:
    """A step installs packages of the distribution as a user who may not.

    `apt-get`, `apk`, `dnf` and their like write below `/usr` and `/var`: behind `USER app` they end
    with "permission denied", and the build with them.

    Except:
        Users that the base image sets, which are not known here, and steps that sudo or its like
        take part in.

    Bad:
        FROM node:22.11-slim
        USER node
        RUN apt-get update && apt-get install -y --no-install-recommends git

    Good:
        FROM node:22.11-slim
        RUN apt-get update && apt-get install -y --no-install-recommends git
        USER node
    """
    from imagelint.documents.queries.building.unprivileged import refused_steps

    for found in refused_steps(ctx.document, stage):
        user = found.user.words[0].text
        yield ctx.finding(
            found.command,
            f"`{found.said}` needs root, and `{user}` runs it",
            help=f"do it before `USER {user}`, or say `USER root` before it and `USER {user}` "
            "behind it",
            notes=(ctx.note("here the user is changed", found.user),),
            subject=found.command.program,
        )
