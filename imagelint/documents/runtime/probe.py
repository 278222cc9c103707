"""Probes of pods and health checks of services and images, as one node."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.runtime.field import Field, unread

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.base import Node
    from imagelint.documents.shared import ImageUse
    from imagelint.documents.shell.script import Word


class CheckKind(Enum):
    """How a probe asks whether the container is well."""

    HTTP = "http"
    TCP = "tcp"
    GRPC = "grpc"
    EXEC = "exec"  # a command in the container


class ProbeCheck(NamedTuple):
    """What a probe asks for.

    `kind` is absent for a probe that is switched off and unknown for one that the image brings.
    `url_path`, `port` (a number or a name) and `scheme` belong to the kinds that go over the
    network, `command` to `EXEC`: its words, one alone where `in_shell` says that it is a script.
    `host` is who is asked instead of the container itself, `headers` are the names of those that
    are sent, in lower case.
    """

    kind: Fact[CheckKind]
    url_path: Field[str]
    port: Field[str]
    scheme: Field[str]
    command: Field[tuple[Word, ...]]
    in_shell: bool = False
    host: Field[str] = unread()
    headers: tuple[str, ...] = ()


class ProbeTiming(NamedTuple):
    """When a probe asks, and how often it may fail: times in seconds.

    A documented default is known without a span; what a platform does not have is absent. Failures
    during `start_period` do not count, `initial_delay` passes without any check; `start_interval`
    is the period meanwhile. `failure_threshold` counts failures in a row, which compose and
    Dockerfiles call retries.
    """

    initial_delay: Field[float]
    start_period: Field[float]
    start_interval: Field[float]
    period: Field[float]
    timeout: Field[float]
    failure_threshold: Field[float]
    success_threshold: Field[float]


class Probe(NamedTuple):
    """A probe of a pod, or the health check of a service or an image.

    `title` is what readers call it (`liveness probe`, `health check`), `counted` what its failures
    are called (`failures`, `retries`). `kills` tells whether the container ends when it has failed
    too often.
    """

    place: Node
    title: str
    counted: str
    kills: bool
    check: ProbeCheck
    timing: ProbeTiming

    @property
    def span(self) -> Span:
        """Where it is written."""
        return self.place.span

    @property
    def path(self) -> str:
        """Its logical path."""
        return getattr(self.place, "path", "")


class CheckCommand(NamedTuple):
    """A command that tells how a container is: of a probe, or of a health check.

    `title` is what readers call the check, `owner` the name of the container. `words` are one
    script where `in_shell` says so. `image` is the one whose programs it may run, None where it is
    not seen, `brings` the programs that a build may add to it, None where that may be anything;
    `built` is whether another file builds it, which may choose another shell.
    """

    span: Span
    title: str
    owner: str
    words: tuple[Word, ...]
    in_shell: bool
    image: ImageUse | None
    brings: frozenset[str] | None
    path: str
    built: bool = False


def check_command(
    probe: Probe,
    owner: str,
    image: ImageUse | None,
    brings: frozenset[str] | None,
    *,
    built: bool = False,
) -> CheckCommand | None:
    """The command that a probe runs, None where it asks in another way."""
    check = probe.check
    words = check.command.value
    if not isinstance(check.kind, Known) or check.kind.value is not CheckKind.EXEC:
        return None
    if not isinstance(words, Known) or not words.value:
        return None
    return CheckCommand(
        span=check.command.span,
        title=probe.title,
        owner=owner,
        words=words.value,
        in_shell=check.in_shell,
        image=image,
        brings=brings,
        path=check.command.path,
        built=built,
    )


class Probes(NamedTuple):
    """Who asks whether a container lives, is ready, and has started.

    Absent: nobody, by all that the file says; unknown: it may be told elsewhere. A platform that
    has one health check for everything has it in all three. `unready` is where a patch says that
    nobody is to ask any more whether it is ready.
    """

    liveness: Fact[Probe] = UNKNOWN
    readiness: Fact[Probe] = UNKNOWN
    startup: Fact[Probe] = UNKNOWN
    unready: Span | None = None
