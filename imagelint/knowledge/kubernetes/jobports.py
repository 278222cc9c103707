"""The ports by which clusters of Ray take jobs, and by what such clusters are known."""

from __future__ import annotations

from imagelint.core.pattern import pattern

# docs.ray.io: "Configuring ports"; ray-project/ray:doc/source/ray-security/
JOB_PORTS = {8265: "dashboard", 10001: "client port", 6379: "control store"}
TITLE = "Ray"
TOKENS = "Ray 2.52.0 and newer can ask for a token"
# What a file says that asks for one: the variable, and the field of KubeRay.
_ASKING = ("RAY_AUTH_MODE", "authOptions")
_NAMES = pattern(r"(?<![a-z])ray(?![a-z])|kuberay|rayproject")


def names_cluster(text: str) -> bool:
    """Whether a name, a label or a command is one of Ray: `ray.io/node-type`, `ray start`."""
    return _NAMES.search(text.lower()) is not None


def asks_for_token(text: str) -> bool:
    """Whether the text of a file says that a cluster asks for a token."""
    return any(word in text for word in _ASKING)
