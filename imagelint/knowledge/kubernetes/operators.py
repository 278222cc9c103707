"""What operators make of the pods that their objects hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from imagelint.knowledge.kubernetes.operator_schema import WorkloadRow

GPUS = "gpus"
"""Among the options that an object tells, what is none of a server: the GPUs of its container."""
SHARED_MEMORY = "shared_memory"
"""The same, of what the operator mounts at /dev/shm."""
OF_CONTAINER = frozenset((GPUS, SHARED_MEMORY))


class Additions(NamedTuple):
    """What comes from elsewhere where a container does not say it.

    `containers` are those to which it is added: names, `*`, `first`, `single` (the one that stands
    by itself). `privileges` are fields of the security context, `probes` are `liveness`,
    `readiness`, `startup`.
    """

    containers: frozenset[str] = frozenset()
    privileges: frozenset[str] = frozenset()
    probes: frozenset[str] = frozenset()
    shared_memory: bool = False
    volumes: bool = False
    environment: bool = False
    arguments: bool = False
    resources: bool = False


class Instructions(NamedTuple):
    """Where an object tells the server something besides arguments and variables.

    `engine` is started where no command is written, `options` are paths of keys by the option that
    they set, one of which may be there, `words` are variables whose value is appended to the
    arguments, `arguments` is the path of a list that is, `address` that of the model's address,
    empty without one.
    """

    engine: str = ""
    options: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()
    words: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    address: tuple[str, ...] = ()


class Workload(NamedTuple):
    """What becomes of the pods of a kind.

    `several` is the path of keys that says that several of them form one server: `*` where they
    always may, empty where they never do.
    """

    adds: Additions = Additions()
    tells: Instructions = Instructions()
    several: tuple[str, ...] = ()


NOTHING = Additions()
EVERYTHING = Additions(
    containers=frozenset("*"),
    privileges=frozenset(
        (
            "privileged",
            "allowPrivilegeEscalation",
            "readOnlyRootFilesystem",
            "runAsUser",
            "runAsNonRoot",
            "seccompProfile",
            "capabilities",
        )
    ),
    probes=frozenset(("liveness", "readiness", "startup")),
    shared_memory=True,
    volumes=True,
    environment=True,
    arguments=True,
    resources=True,
)
# What Kubernetes' own controllers do.
AS_WRITTEN = Workload()
COMPLETED = Workload(adds=EVERYTHING)
"""Nobody knows what is added, so that nothing which is not written is certainly absent."""


@looked_up
def workload(group: str, kind: str) -> Workload:
    """What an operator makes of the pods that an object of a kind and API group holds."""
    rows = table("operators/index")["groups"].get(group, [])
    for name in (kind, "*"):
        for row in rows:
            if name in row["kinds"]:
                return _workload(row)
    return COMPLETED


def makes_pods(group: str, kind: str) -> bool:
    """Whether an operator makes pods of an object of a kind that may hold none."""
    return kind in table("operators/index")["unread"].get(group, ())


def knows_group(group: str) -> bool:
    """Whether it is written down what becomes of the objects of an API group."""
    index = table("operators/index")
    return any(group in index[name] for name in ("groups", "unread", "images"))


def knows_kind(kind: str) -> bool:
    """Whether an operator of any group has a kind of that name."""
    index = table("operators/index")
    rows = (row for rows in index["groups"].values() for row in rows)
    unread = index["unread"].values()
    return any(kind in row["kinds"] for row in rows) or any(kind in kinds for kinds in unread)


def image_keys(group: str) -> tuple[str, ...]:
    """The keys whose values name images in objects of an API group."""
    return tuple(table("operators/index")["images"].get(group, ()))


def _workload(row: WorkloadRow) -> Workload:
    adds, tells = row["adds"], row["tells"]
    return Workload(
        Additions(
            containers=frozenset(adds["containers"]),
            privileges=frozenset(adds["privileges"]),
            probes=frozenset(adds["probes"]),
            shared_memory=adds["shared_memory"],
            volumes=adds["volumes"],
            environment=adds["environment"],
            arguments=adds["arguments"],
            resources=adds["resources"],
        ),
        Instructions(
            engine=tells["engine"],
            options=tuple(
                (name, tuple(map(_path, places.split(" or "))))
                for name, places in tells["options"].items()
            ),
            words=tuple(tells["words"]),
            arguments=_path(tells["arguments"]),
            address=_path(tells["address"]),
        ),
        several=_path(row["several"]),
    )


def _path(place: str) -> tuple[str, ...]:
    return tuple(place.split(".")) if place else ()
