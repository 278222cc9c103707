"""The rule `uppercase-protocol`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

_PROTOCOLS = ("tcp", "udp", "sctp")


@rule(Stage, Severity.LOW, references=("BuildKit ExposeProtoCasing",), keywords=("EXPOSE",))
def uppercase_protocol(stage: Stage, ctx: Context) -> Findings:
    """EXPOSE names a protocol in upper case.

    The image holds it in lower case; tools that look for what the file says do not find it.

    Bad:
        FROM alpine:3.20
        EXPOSE 8000/TCP

    Good:
        FROM alpine:3.20
        EXPOSE 8000/tcp
    """
    for instruction in stage.of("EXPOSE"):
        for word in instruction.words:
            protocol = word.text.rpartition("/")[2] if isinstance(word.value, Known) else ""
            if protocol == protocol.lower() or protocol.lower() not in _PROTOCOLS:
                continue
            written = word.raw.replace(protocol, protocol.lower())
            yield ctx.finding(
                word,
                f"`{protocol}` is written `{protocol.lower()}`",
                help=f"write `{written}`",
                subject=word.text,
                fix=Fix("write it in lower case", (ctx.edit(word.span, written),), safe=True)
                if word.raw.endswith(protocol)
                else None,
            )
