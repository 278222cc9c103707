"""What the Pod Security Standards let pods have.

https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from __future__ import annotations

from imagelint.knowledge.tables import looked_up, table


@looked_up
def baseline_capabilities() -> frozenset[str]:
    """The capabilities that a container may add, by baseline."""
    return frozenset(table("pod_security")["capabilities"])


@looked_up
def restricted_capabilities() -> frozenset[str]:
    """The capabilities that a container may add, by restricted."""
    return frozenset(table("pod_security")["restricted_capabilities"])


@looked_up
def sysctls() -> frozenset[str]:
    """The parameters of the kernel that a pod may set."""
    return frozenset(table("pod_security")["sysctls"])


@looked_up
def selinux_types() -> tuple[str, ...]:
    """The types of SELinux that a container may have."""
    return tuple(table("pod_security")["selinux_types"])


@looked_up
def volume_types() -> frozenset[str]:
    """The sources of volumes that restricted refuses, beside the folders of the node."""
    return frozenset(table("pod_security")["volume_types"])
