"""The rule `system-directory`."""

from __future__ import annotations

from posixpath import normpath

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Instruction
from imagelint.rules.api import Context, Findings, Severity, rule

_OF_KERNEL = pattern(r"/(?:proc|sys|dev(?!/shm(?:/|$))|boot|lost\+found)(?:/.*)?")
_DOOR = pattern(r"(?:/var)?/run/(?:docker|containerd/containerd|podman/podman)\.sock")


@rule(
    Instruction,
    Severity.MEDIUM,
    references=("Trivy DS-0030", "Dockle DKL-DI-0002", "semgrep dockerd-socket-mount"),
    keywords=("VOLUME", "WORKDIR"),
)
def system_directory(instruction: Instruction, ctx: Context) -> Findings:
    """A working directory or a volume lies where the kernel of the host is.

    `/proc`, `/sys` and `/dev` are mounted anew in each container: what the image holds there is
    never seen, and a volume in their place hides what programs look for. The socket of Docker as
    a volume asks for the rights of root on the host, which makes the finding a high one.

    Except: `/dev/shm`, which is memory.

    Bad:
        FROM alpine:3.20
        WORKDIR /proc/app

    Good:
        FROM alpine:3.20
        WORKDIR /srv/app
    """
    for word in instruction.words:
        if not isinstance(word.value, Known):
            continue
        path = normpath(word.text)
        door = _DOOR.fullmatch(path) is not None
        if not door and not _OF_KERNEL.fullmatch(path):
            continue
        yield ctx.finding(
            word,
            f"`{path}` is the door to the container runtime of the host"
            if door
            else f"`{path}` belongs to the kernel, and is mounted anew in each container",
            help="remove it: whoever runs the image decides about that"
            if door
            else "choose a folder of your own, such as `/srv/<name>`",
            subject=path,
            severity=Severity.HIGH if door else None,
        )
