"""To which servers a proxy leads, as they are written: `vllm:8000`, `http://llm.prod.svc:80/v1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.documents.base import Key

# A host that is none of ours has a dot too much, or is an address.
_ADDRESS = pattern(
    r"(?:(?P<scheme>https?|grpcs?|h2c)://)?"
    r"(?P<host>[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>[/?][\s\S]*)?"
)
ASIDE = pattern(
    r"/(?:health[a-z_]*|v1/models|v2/health.*|metrics|ping|ready|live|version|docs|openapi\.json"
    r"|redoc|favicon\.ico|api/(?:tags|version|ps))/?"
)
"""Paths on whose ways nobody waits for a generation."""
LOCAL = ("localhost", "127.0.0.1")
"""How a proxy calls what runs beside it, in the same pod."""


class Upstream(NamedTuple):
    """A server by its host and port, both as written; the port is empty where none is."""

    host: str
    port: str


def read_upstream(text: str) -> Upstream | None:
    """The server of an address or a URL; None for what is none, or is not known in whole."""
    found = _ADDRESS.fullmatch(text)
    return Upstream(found["host"], found["port"] or "") if found else None


def service_of(host: str) -> tuple[str, str] | None:
    """The name and the namespace of a Service, the latter empty where none is written.

    `llm`, `llm.prod`, `llm.prod.svc`, `llm.prod.svc.cluster.local`; None for other hosts.
    https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
    """
    name, *rest = host.rstrip(".").split(".")
    if not rest:
        return name, ""
    if rest[1:2] == ["svc"] or len(rest) == 1:
        return name, rest[0]
    return None


def service_called(name: str) -> Key:
    """The services of compose files that a name leads to."""
    return ("compose service", name)


def including() -> Key:
    """The files of nginx that hold all of `http`, and so may include others."""
    return ("includes ways of nginx",)
