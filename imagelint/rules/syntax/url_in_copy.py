"""The rule `url-in-copy`."""

from __future__ import annotations

from imagelint.documents.complaints import UrlInCopy
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    UrlInCopy,
    Severity.HIGH,
    former=("invalid-instruction",),
)
def url_in_copy(complaint: UrlInCopy, ctx: Context) -> Findings:
    r"""COPY takes from an address.

    The build ends with "source can't be a URL for COPY", or "a git ref". Only ADD fetches.

    Bad:
        FROM alpine:3.20
        COPY https://example.com/model.json /etc/model.json

    Good:
        FROM alpine:3.20
        ADD --checksum=sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 \
            https://example.com/model.json /etc/model.json
    """
    yield ctx.complaint(complaint)
