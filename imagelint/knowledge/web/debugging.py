"""Options by which an interpreter lets a debugger in, and the variables that hold such options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["VARIABLES", "Listening", "debugger_told"]

_NODE, _JAVA = "the debugger of Node", "the debugger of Java"
# https://nodejs.org/api/cli.html#--inspecthostport: the port alone is on 127.0.0.1
_INSPECTING = ("--inspect=", "--inspect-brk=", "--inspect-wait=", "--inspect-port=")
# https://docs.oracle.com/en/java/javase/21/docs/specs/jpda/conninv.html: since release 9 a port
# alone is on the machine itself, before it was on all addresses
_JDWP = ("-agentlib:jdwp=", "-Xrunjdwp:")
VARIABLES: Mapping[str, str] = {
    "NODE_OPTIONS": _NODE,
    "JAVA_TOOL_OPTIONS": _JAVA,
    "JDK_JAVA_OPTIONS": _JAVA,
    "_JAVA_OPTIONS": _JAVA,
    "JAVA_OPTS": _JAVA,
    "JVM_OPTS": _JAVA,
    "CATALINA_OPTS": _JAVA,
}
"""The variables, each with the debugger that its options let in."""


class Listening(NamedTuple):
    """A debugger that is let in: what it is, where it listens, and how to write that.

    `spelling` has `{}` for the address.
    """

    title: str
    host: str
    spelling: str


def debugger_told(option: str) -> Listening | None:
    """The debugger that one option lets in at an address; None for a port alone and all else."""
    for prefix in _INSPECTING:
        if option.startswith(prefix):
            host, _, port = option.removeprefix(prefix).rpartition(":")
            if not host and not port.isdecimal():
                host, port = port, ""
            behind = f":{port}" if port else ""
            return Listening(_NODE, host, f"{prefix}{{}}{behind}") if host else None
    if not option.startswith(_JDWP) or "server=y" not in option:
        return None
    before, _, address = option.partition("address=")
    address, comma, rest = address.partition(",")
    host, _, port = address.rpartition(":")
    if not host:
        return None
    return Listening(_JAVA, host, f"{before}address={{}}:{port}{comma}{rest}")
