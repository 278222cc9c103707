"""Files with lines that run containers as documents: scripts, makefiles, units, workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.compose.services import ServiceFile
from imagelint.documents.mapped import MappedText
from imagelint.documents.runlines.comments import line_allowances
from imagelint.documents.runlines.fragments import Fragment, run_lines
from imagelint.documents.runlines.service import BY_KEYS, service_of
from imagelint.documents.shell.shells import POSIX_SHELLS, shebang_shell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.source import Source
    from imagelint.documents.compose.model import ComposeService


_MOST_LINES = 1_000
"""Lines of one file that are read as services: people write a dozen."""


class RunFile(ServiceFile):
    """A file with lines that run containers, each of which is a service."""

    __slots__ = ()

    def __init__(self, source: Source, services: tuple[ComposeService, ...]) -> None:
        super().__init__(source, allowances=line_allowances(source.text))
        self.services = services


class ShellScript(RunFile):
    """A script of a shell."""

    kind = "shell-script"
    __slots__ = ()


class Makefile(RunFile):
    """A makefile, whose recipes run containers."""

    kind = "makefile"
    __slots__ = ()


class SystemdUnit(RunFile):
    """A unit of systemd that runs a container, by a command or as one of Podman's own."""

    kind = "systemd-unit"
    __slots__ = ()


class Workflow(RunFile):
    """A workflow, an action or a pipeline, whose steps run containers."""

    kind = "workflow"
    __slots__ = ()


def services_of(fragments: Iterable[Fragment]) -> tuple[ComposeService, ...]:
    """The services that fragments of a file start, in source order."""
    found: list[ComposeService] = []
    for fragment in fragments:
        for line in run_lines(fragment):
            if len(found) == _MOST_LINES:
                break
            found.append(service_of(line))
    return tuple(sorted(found, key=lambda service: service.span))


def parse_script(source: Source) -> ShellScript:
    """Read a script of a shell."""
    shell = shebang_shell(source.text) or "bash"
    if shell not in POSIX_SHELLS:
        return ShellScript(source, ())
    fragment = Fragment(MappedText.verbatim(source.text, 0), shell)
    return ShellScript(source, services_of((fragment,)))


def parse_makefile(source: Source) -> Makefile:
    """Read a makefile."""
    from imagelint.documents.runlines.makefiles import fragments

    return Makefile(source, services_of(fragments(source.text)))


def parse_unit(source: Source) -> SystemdUnit:
    """Read a unit of systemd."""
    from imagelint.documents.runlines.units import fragments

    if source.origin.lower().endswith(".container"):
        from imagelint.documents.runlines.quadlets import quadlet_line

        line = quadlet_line(source.text)
        return SystemdUnit(source, () if line is None else (service_of(line, BY_KEYS),))
    return SystemdUnit(source, services_of(fragments(source.text)))


def parse_workflow(source: Source) -> Workflow:
    """Read a workflow.

    Raises:
        DocumentError: it is not YAML, nested too deeply or too large.
    """
    from imagelint.documents.runlines.workflows import fragments
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.document import read_stream

    stream = read_stream(source, Workflow.kind)
    found = (one for node in stream.documents for one in fragments(Cursor(node)))
    return Workflow(source, services_of(found))
