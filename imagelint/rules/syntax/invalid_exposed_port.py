"""The rule `invalid-exposed-port`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidExposedPort
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InvalidExposedPort,
    Severity.HIGH,
    references=(
        "hadolint DL3011",
        "droast DF046",
        "Trivy DS-0008",
        "dockerfilelint invalid_port",
    ),
    former=("invalid-instruction",),
)
def invalid_exposed_port(complaint: InvalidExposedPort, ctx: Context) -> Findings:
    """EXPOSE names what is no port.

    The build ends with "invalid containerPort" or "invalid proto". A port is a number up to
    65535, two with a dash between them are a range, and `/tcp`, `/udp` or `/sctp` may follow. A
    comma, a name, or a comment at the end of the line is none.

    Bad:
        FROM alpine:3.20
        EXPOSE 80800

    Good:
        FROM alpine:3.20
        EXPOSE 8000
    """
    yield ctx.complaint(complaint)
