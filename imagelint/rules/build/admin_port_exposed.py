"""The rule `admin-port-exposed`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://www.iana.org/assignments/service-names-port-numbers, and the debuggers' documentation
_PORTS: Mapping[str, str] = {
    "22": "SSH",
    "23": "Telnet",
    "2375": "Docker without TLS",
    "3389": "remote desktops",
    "5678": "debugpy, which runs what it is told",  # and n8n's
    "5900": "VNC",
    "9229": "the debugger of Node, which runs what it is told",
}
# Ports that others have as well count where their program is spoken of.
_TELLING: Mapping[str, tuple[str, ...]] = {"5678": ("debugpy", "ptvsd")}


@rule(
    Stage,
    Severity.MEDIUM,
    references=("Trivy DS-0004", "Checkov CKV_DOCKER_1"),
    keywords=("EXPOSE",),
)
def admin_port_exposed(stage: Stage, ctx: Context) -> Findings:
    """The image offers a way in for people: SSH, a desktop, a debugger.

    A container needs no login of its own: `docker exec` and `kubectl exec` ask who may. A debugger
    that listens runs whatever anybody sends it.

    Except: stages that are not shipped, ports that depend on a variable without a value, and 5678
    in a file that does not speak of debugpy: n8n listens there too.

    Bad:
        FROM debian:12.7
        EXPOSE 22 8000

    Good:
        FROM debian:12.7
        EXPOSE 8000
    """
    if not stage.shipped:
        return
    for instruction in stage.of("EXPOSE"):
        for word in instruction.words:
            port = word.text.rpartition(":")[2].partition("/")
            if not isinstance(word.value, Known) or port[2].lower() == "udp":
                continue
            if port[0] in _PORTS and _is_told(port[0], ctx):
                yield ctx.finding(
                    word,
                    f"port {port[0]} is that of {_PORTS[port[0]]}",
                    help="remove it, with the program that listens on it",
                    subject=port[0],
                )


def _is_told(port: str, ctx: Context) -> bool:
    names = _TELLING.get(port)
    return names is None or any(name in ctx.source.text for name in names)
