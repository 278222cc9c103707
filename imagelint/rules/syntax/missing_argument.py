"""The rule `missing-argument`."""

from __future__ import annotations

from imagelint.documents.complaints import MissingArgument
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    MissingArgument,
    Severity.HIGH,
    references=("hadolint DL1000", "dockerfilelint missing_args"),
    former=("invalid-instruction",),
)
def missing_argument(complaint: MissingArgument, ctx: Context) -> Findings:
    """An instruction lacks what it cannot do without.

    The build ends with "requires at least one argument". COPY and ADD need a source and a
    target; FROM, ARG, ENV, LABEL, USER, WORKDIR, EXPOSE, VOLUME, STOPSIGNAL, HEALTHCHECK and
    SHELL need an argument at all, and so do ONBUILD, MAINTAINER and the CMD of a HEALTHCHECK. A
    variable that comes to nothing is one, except as a path of VOLUME: what is written counts.

    Bad:
        FROM alpine:3.20
        COPY app.py

    Good:
        FROM alpine:3.20
        COPY app.py /app/
    """
    yield ctx.complaint(complaint)
