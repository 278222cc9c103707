"""Questions about servers that listen to their own machine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from imagelint.core.fact import ABSENT, Fact, Known, value_or

if TYPE_CHECKING:
    from imagelint.documents.serving.launch import Launch

_LOOPBACK = ("127.", "localhost", "::1", "[::1]")
# What may stand before the server in the same container.
_PROXIES = ("nginx", "caddy", "envoy", "haproxy", "socat", "traefik", "supervisord")


def is_loopback(host: Fact[str]) -> TypeGuard[Known[str]]:
    """Whether an address is one that nobody outside reaches."""
    return isinstance(host, Known) and host.value.lower().startswith(_LOOPBACK)


def is_reached_otherwise(launch: Launch, port: Fact[int]) -> bool:
    """Whether somebody in the same network namespace may answer for the server."""
    text = " ".join(launch.written)
    if any(proxy in text for proxy in _PROXIES):
        return True
    runtime = launch.runtime
    if not runtime.restarts:  # a job asks the server that it starts itself
        return True
    shared = runtime.host.network.value
    if runtime.kind != "image" and value_or(shared, shared is not ABSENT):
        return True
    if not runtime.has_neighbours:
        return False
    # Beside others it may be meant for them only, unless it declares its port and they none.
    own = isinstance(port, Known) and runtime.declares(port.value)
    return not own or runtime.neighbours_declare_ports
