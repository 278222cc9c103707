"""The rule `exposed-host-port`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(
    Stage,
    Severity.MEDIUM,
    references=("BuildKit ExposeInvalidFormat", "dockerfilelint expose_host_port"),
    keywords=("EXPOSE",),
)
def exposed_host_port(stage: Stage, ctx: Context) -> Findings:
    """EXPOSE names a port or an address of the host.

    An image cannot say where on the host its port is found: `docker run --publish` does. Builders
    take the last number, and will refuse the rest one day.

    Bad:
        FROM alpine:3.20
        EXPOSE 80:8000

    Good:
        FROM alpine:3.20
        EXPOSE 8000
    """
    for instruction in stage.of("EXPOSE"):
        for word in instruction.words:
            if not isinstance(word.value, Known) or ":" not in word.text:
                continue
            port = word.text.rpartition(":")[2]
            if not port[:1].isdigit() or not word.text.rpartition(":")[0].strip(":"):
                continue
            plain = word.text == word.raw
            yield ctx.finding(
                word,
                f"`{word.text}` says where on the host the port is, which an image cannot",
                help=f"write `{port}`",
                subject=word.text,
                fix=Fix("leave the port", (ctx.edit(word.span, port),), safe=True)
                if plain
                else None,
            )
