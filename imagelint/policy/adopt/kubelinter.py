"""The configuration of kube-linter.

https://docs.kubelinter.io/#/configuring-kubelinter
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.policy.adopt.model import OFF, ON, Adopted
from imagelint.policy.adopt.read import words, yaml_root

if TYPE_CHECKING:
    from imagelint.core.source import Source
    from imagelint.documents.yaml.cursor import Cursor

# What is on without a configuration: docs/generated/checks.md, as of August 2026.
_DEFAULTS = (
    "dangling-service deprecated-service-account-field docker-sock drop-net-raw-capability"
    " duplicate-env-var env-var-secret host-ipc host-network host-pid invalid-target-ports"
    " job-ttl-seconds-after-finished latest-tag liveness-port mismatching-selector"
    " no-anti-affinity no-extensions-v1beta no-node-affinity no-read-only-root-fs"
    " non-existent-service-account pdb-max-unavailable pdb-min-available"
    " pdb-unhealthy-pod-eviction-policy privilege-escalation-container privileged-container"
    " readiness-port run-as-non-root sensitive-host-mounts ssh-port startup-port"
    " unsafe-sysctls unset-cpu-requirements unset-memory-requirements"
)


def read_kubelinter(source: Source) -> Adopted:
    """What a `.kube-linter.yaml` says.

    Raises:
        UsageError: it is no YAML.
    """
    root = yaml_root(source)
    checks = root["checks"]
    levels: list[tuple[str, str]] = []
    if not _is_true(checks["addAllBuiltIn"]):
        levels.append(("*", OFF))
        if not _is_true(checks["doNotAutoAddDefaults"]):
            levels += [(name, ON) for name in _DEFAULTS.split()]
    levels += [(name, ON) for name in words(checks["include"])]
    levels += [(name, OFF) for name in words(checks["exclude"])]
    named = [place["name"].word() for place in root["customChecks"].items()]
    return Adopted(
        ("kube-linter",),
        tuple(levels),
        fail_on="info",  # every finding fails there
        exclude=words(checks["ignorePaths"]),
        untold=tuple(f"the check `{name}` of its own" for name in named),
    )


def _is_true(place: Cursor) -> bool:
    said = place.boolean()
    return isinstance(said, Known) and said.value
