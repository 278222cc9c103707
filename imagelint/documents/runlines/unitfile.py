"""Units of systemd that run containers, and drop-ins that say more of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.base import DocumentError
from imagelint.documents.runlines.document import Lines, RunFile, completed, lines_of
from imagelint.documents.runlines.service import BY_KEYS, service_of
from imagelint.documents.runlines.units import (
    QUADLETS,
    fragments,
    settings,
    unit_ending,
    unit_variables,
)
from imagelint.documents.shared import Holder, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import Node
    from imagelint.documents.kinds import Beside


class SystemdUnit(RunFile):
    """A unit of systemd that runs a container, by a command or as one of Podman's own."""

    kind = "systemd-unit"
    __slots__ = ()

    def nodes(self) -> Iterator[Node]:
        """What other files with such lines have, and the variables of the unit itself."""
        yield from super().nodes()
        for name, value, span in unit_variables(self.source.text):
            yield Setting(span, name, value, Holder.UNIT, verbatim=True)


def parse_unit(source: Source, read: Beside = lambda _name: None) -> SystemdUnit:
    """Read a unit of systemd, or a drop-in of one; `read` gives the texts of files around it."""
    ending, partial = unit_ending(source.origin)
    if ending == "kube":
        return SystemdUnit(source, Lines((), gaps=tuple(_missing_manifests(source.text, read))))
    if ending in QUADLETS:
        from imagelint.documents.runlines import quadlets

        line = quadlets.quadlet_line(source.text, partial=partial)
        build = quadlets.quadlet_build(source.text)
        lines = Lines(
            services=() if line is None else (service_of(line, BY_KEYS),),
            builds=() if build is None else (build,),
            images=tuple(quadlets.pulled_images(source.text)),
        )
        return completed(SystemdUnit(source, lines, (".",), read), read)
    return SystemdUnit(source, lines_of(fragments(source.text)))


def _missing_manifests(text: str, read: Beside) -> Iterator[DocumentError]:
    """That a manifest which a unit runs was not examined: those that are there are on their own.

    https://docs.podman.io/en/stable/markdown/podman-systemd.unit.5.html#kube-units-kube
    """
    for one in settings(text):
        name = one.value.strip()
        if one.section != "Kube" or one.name != "Yaml" or not name:
            continue
        if name.startswith(("/", "%", "~")) or "://" in name or read(name) is None:
            message = f"`{name}`, which this unit runs, was not examined: it is not there"
            help_ = "check it where it lies"
            span = Span(one.start, one.start + len(one.value))
            yield DocumentError(ProblemKind.UNREADABLE, f"{message}, or outside", span, help_)
