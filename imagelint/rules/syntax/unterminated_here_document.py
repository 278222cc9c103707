"""The rule `unterminated-here-document`."""

from __future__ import annotations

from imagelint.documents.complaints import UnterminatedHereDocument
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    UnterminatedHereDocument,
    Severity.HIGH,
    references=("hadolint DL1000",),
    former=("invalid-instruction",),
)
def unterminated_here_document(complaint: UnterminatedHereDocument, ctx: Context) -> Findings:
    """A here-document goes on to the end of the file.

    The rest of the file is swallowed, and the build ends with "unterminated heredoc". What ends it
    is a line that holds the name and nothing else: no blank before it (tabs may be with `<<-`),
    none behind.

    Except: of several in one instruction the first is reported, for it takes the rest away.

    Bad:
        FROM alpine:3.20
        RUN <<EOF
        apk add --no-cache curl
        EOF;
        USER 10001

    Good:
        FROM alpine:3.20
        RUN <<EOF
        apk add --no-cache curl
        EOF
        USER 10001
    """
    yield ctx.complaint(complaint)
