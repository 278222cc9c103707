"""How much a container may do, and what of its host it sees."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Field, unread

if TYPE_CHECKING:
    from imagelint.core.source import Span


class Confinement(Enum):
    """What confines every container by default, besides seccomp, as readers call it."""

    APPARMOR = "AppArmor"
    SELINUX = "SELinux"
    MASKED_PATHS = "the mask of /proc and /sys"


class Switched(NamedTuple):
    """What is switched off at a place; `back` is how it holds again."""

    span: Span
    path: str
    what: Confinement
    back: str


class Privileges(NamedTuple):
    """How much a container may do.

    `escalation` tells whether its processes may gain privileges (setuid programs), `user` is
    numeric or a name, `non_root` whether the platform refuses to start it as root. `seccomp` is
    the type of the profile (`RuntimeDefault`, `Unconfined`, `Localhost` …). The lists of
    capabilities are absent where none is written and unknown where a template takes part.
    `unconfined` are what options of Docker certainly switch off for it; `engine_socket` tells
    whether the platform hands it the socket of the container runtime.
    """

    privileged: Field[bool] = unread()
    escalation: Field[bool] = unread()
    read_only_root: Field[bool] = unread()
    user: Field[str] = unread()
    non_root: Field[bool] = unread()
    seccomp: Field[str] = unread()
    added: Field[tuple[Field[str], ...]] = unread()
    dropped: Field[tuple[Field[str], ...]] = unread()
    unconfined: Field[tuple[Switched, ...]] = unread()
    engine_socket: Field[bool] = unread()


class HostNamespaces(NamedTuple):
    """The namespaces of its host that a container shares.

    Unknown as well where it shares those of another container.
    """

    ipc: Field[bool] = unread()
    network: Field[bool] = unread()
    pid: Field[bool] = unread()
    uts: Field[bool] = unread()
    users: Field[bool] = unread()
    cgroup: Field[bool] = unread()
