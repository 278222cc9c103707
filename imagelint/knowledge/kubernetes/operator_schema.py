"""The form of an operator's table: what it makes of the pods that its objects hold.

Every key is required: what an operator leaves alone is written down too, because what it leaves
alone is what rules may call absent. See `knowledge.schema` for how this is held.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict


class Adds(TypedDict):
    """What comes from elsewhere where the object does not say it."""

    containers: Annotated[
        list[str],
        "the names of the containers to which it is added; `*` all, `first` the first of the list,"
        " `single` the one that stands by itself",
    ]
    privileges: Annotated[
        list[
            Literal[
                "privileged",
                "allowPrivilegeEscalation",
                "readOnlyRootFilesystem",
                "runAsUser",
                "runAsNonRoot",
                "seccompProfile",
                "capabilities",
            ]
        ],
        "fields of the security context",
    ]
    probes: Annotated[list[Literal["liveness", "readiness", "startup"]], "probes"]
    shared_memory: Annotated[bool, "a volume at /dev/shm"]
    volumes: Annotated[bool, "volumes in which weights may lie"]
    environment: Annotated[bool, "variables that a server or its hub client reads"]
    arguments: Annotated[bool, "arguments of the server"]
    resources: Annotated[bool, "resources, or the choice of a node"]


class Tells(TypedDict):
    """Where the object tells the server something besides arguments and variables.

    A place is a path of keys, looked for beside the pod and then further out.
    """

    engine: Annotated[str, "the engine that is started where no command is written, or empty"]
    options: Annotated[
        dict[str, str],
        "places by the option that they set, several with ` or ` between; `gpus`: those of the"
        " container, `shared_memory`: what is mounted at /dev/shm",
    ]
    words: Annotated[list[str], "variables whose value is appended to the arguments"]
    arguments: Annotated[str, "the place of a list that is appended to the arguments, or empty"]
    address: Annotated[str, "the place of the model's address, or empty"]


class WorkloadRow(TypedDict):
    """Kinds of objects that hold pods in the same way."""

    kinds: Annotated[list[str], "`*` for every kind of these groups that has no row"]
    several: Annotated[
        str,
        "a place which says that several of its pods form one server; `*`: they always may, empty:"
        " they never do",
    ]
    adds: Adds
    tells: Tells
    source: Annotated[str, "the file of its template"]


class ServiceRow(TypedDict):
    """A Service that an operator makes of each object of some kinds.

    Places are paths of keys, seen from the object or, with `each`, from one of its parts.
    """

    kinds: list[str]
    each: Annotated[
        str,
        "the place of parts of which each makes one: items of a list with a `name`, or entries of a"
        " mapping; empty where the object does",
    ]
    joined: Annotated[bool, "whether the name of a part stands behind that of the object"]
    when: Annotated[
        dict[str, str],
        "what it must say, by places in the part: a word, `!` and one that it must not be, `*` any",
    ]
    suffix: Annotated[str, "what stands in its name behind that of the object, or of the part"]
    goes_on: Annotated[
        Literal["", "also", "only"],
        "whether there may be others whose names go on after it: besides it, or instead of it",
    ]
    named: Annotated[str, "the place of a name that counts instead, or empty"]
    ports: Annotated[
        dict[str, str],
        "numbers by the names of ports, or places (`path or 8000`); the empty name: unknown, none:"
        " they are unknown",
    ]
    containers: Annotated[
        str, "the place of containers, the ports of the first of which count instead, or empty"
    ]
    begins: Annotated[str, "how those are called that count, `serve` and `serve-…`; empty: all"]
    always: Annotated[dict[str, str], "ports that it has besides, unless one is called so"]
    labels: Annotated[list[str], "its labels whose value is the object's name"]
    labelled: Annotated[list[str], "places of labels that it has besides"]
    headless: bool
    leads: Annotated[bool, "whether all who answer there are servers of the object's own pods"]
    instead: Annotated[list[str], "places by which its ports are others, and unknown"]
    source: str


class OperatorTable(TypedDict):
    """One operator."""

    title: str
    groups: Annotated[list[str], "API groups of its objects"]
    release: str
    asof: str
    stale_after: Annotated[int, "days behind `asof` from which it is to be read again"]
    unread: Annotated[
        list[str], "kinds of which it makes pods where they hold none: of a model, of parts"
    ]
    images: Annotated[list[str], "keys whose values name images, anywhere in its objects"]
    serviceless: Annotated[list[str], "kinds of whose objects no Service is made"]
    services: Annotated[
        list[ServiceRow], "all that it makes of objects of their kinds; of other kinds: unknown"
    ]
    workloads: list[WorkloadRow]


class OperatorIndex(TypedDict):
    """The rows of all operators by the groups of their objects, as everything else is."""

    groups: dict[str, list[WorkloadRow]]
    unread: dict[str, list[str]]
    images: dict[str, list[str]]
    serviceless: dict[str, list[str]]
    services: dict[str, list[ServiceRow]]


class ChartFieldRow(TypedDict):
    """A field of a container, and where values of a chart hold it."""

    field: str
    at: str
    when: Annotated[list[str], "paths of what has to be true for it to count"]


class ChartRow(TypedDict):
    """A chart whose values say what containers it makes; paths are keys with dots between them."""

    names: Annotated[
        list[str], "the last parts of what it is called; of an operator's objects `Kind.group`"
    ]
    signature: Annotated[list[str], "paths that are all in a file of its values, and of no other"]
    containers: Annotated[list[str], "where the values of containers stand; `*` is any of several"]
    only: Annotated[dict[str, str], "words under paths, without which the row does not count"]
    image: Annotated[str, "the repository where the values name none, or empty"]
    repository: Annotated[str, "where the image is named, seen from there as all that follows"]
    tag: Annotated[str, "empty where the image is named in one word"]
    words: Annotated[list[str], "the command, empty for that of the image"]
    flags: Annotated[dict[str, str], "flags, with the paths of their values"]
    arguments: Annotated[list[str], "paths of lists of further arguments"]
    more_arguments: Annotated[bool, "whether it has further ones, of which values say nothing"]
    gpus: Annotated[str, "the path of how many GPUs are asked for, or empty"]
    gpu_kind: Annotated[str, "the path of the resource that they are; empty: `nvidia.com/gpu`"]
    gpu_kinds: Annotated[dict[str, str], "the resources by the words for them, where it has some"]
    gpu_products: Annotated[dict[str, str], "the GPUs by those words, where these tell them"]
    variables: Annotated[dict[str, str], "variables, with the paths of their values"]
    secrets: Annotated[
        dict[str, str], "variables, with the paths of the names of the Secrets that hold them"
    ]
    probe_port: Annotated[str, "which port probes ask that say none (`path or 8000`), or empty"]
    machine: Annotated[str, "the path of the type of machine that its node is, or empty"]
    settings: Annotated[str, "the path of the name of a ConfigMap that is mounted, or empty"]
    settings_words: Annotated[list[str], "arguments, the last of which names a file of it"]
    instead: Annotated[list[str], "paths of what makes something else of the values"]
    fields: list[ChartFieldRow]
    release: str
    source: str


class ChartTable(TypedDict):
    """What values of charts say about the containers that they make."""

    asof: str
    stale_after: Annotated[int, "days behind `asof` from which it is to be compared again"]
    source: str
    charts: list[ChartRow]
