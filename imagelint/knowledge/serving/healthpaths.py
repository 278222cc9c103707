"""The paths by which servers tell how they are, whichever server."""

from __future__ import annotations

from imagelint.knowledge.engines import engine, engines

# Of Kubernetes' own API server and of web frameworks: no engine has them.
_HABITS = frozenset(
    ("/healthz", "/livez", "/readyz", "/live", "/ready", "/health/live", "/health/ready")
)


def is_health_path(path: str) -> bool:
    """Whether some engine, or the habit of others, tells by a path how it is: `/healthz`."""
    plain = path.rstrip("/")
    own = (engine(name).endpoints for name in engines())
    return plain in _HABITS or any(
        plain in (known.liveness, known.readiness, known.startup) for known in own
    )
