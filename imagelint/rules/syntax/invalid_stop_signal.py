"""The rule `invalid-stop-signal`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidStopSignal
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    InvalidStopSignal,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def invalid_stop_signal(complaint: InvalidStopSignal, ctx: Context) -> Findings:
    """STOPSIGNAL names no signal.

    The build ends with "invalid signal". A signal is a number other than 0, or one of Linux'
    names with or without SIG.

    Bad:
        FROM alpine:3.20
        STOPSIGNAL SIGSTOPP

    Good:
        FROM alpine:3.20
        STOPSIGNAL SIGTERM
    """
    yield ctx.complaint(complaint)
