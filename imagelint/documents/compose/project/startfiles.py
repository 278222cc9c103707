"""The scripts in files that services start: mounted from beside, or as configs."""

from __future__ import annotations

from posixpath import join
from typing import TYPE_CHECKING

from imagelint.core.source import Source, Span
from imagelint.documents.compose.configs import on_host
from imagelint.documents.compose.launching import launch, scripts
from imagelint.documents.compose.values import word
from imagelint.documents.parts import Attachments, TextPart
from imagelint.documents.project import beside
from imagelint.documents.serving.startscript import known_variables
from imagelint.documents.serving.unset import unset_variables
from imagelint.documents.shell.inner import script_file
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import POSIX_SHELLS, shebang_shell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeVar

    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.compose.services import ServiceFile
    from imagelint.documents.kinds import Beside
    from imagelint.documents.shell.script import Script, Word

    F = TypeVar("F", bound=ServiceFile)

_MOST_SCRIPTS = 20
"""Scripts of one document that are read."""
_LARGEST = 200_000
"""Characters. People write some hundred lines."""


def with_start_scripts(document: F, read: Beside) -> F:
    """The document whose services know the scripts that they start from what they mount."""
    reader = _Reader(document, read)
    services = tuple(
        service._replace(scripts=found) if (found := reader.of_service(service)) else service
        for service in document.services
    )
    if not reader.parts:
        return document
    return document.with_services(services, Attachments(tuple(reader.parts)))


class _Reader:
    """Reads each script once for each service that starts it."""

    def __init__(self, document: ServiceFile, read: Beside) -> None:
        self.parts: list[TextPart] = []
        self._start = document.parts[-1].next_start
        self._origin = document.source.origin
        self._read = read

    def of_service(self, service: ComposeService) -> dict[str, Script]:
        """The scripts that a service starts, by the words which name them."""
        mounts = ("volumes", "configs")
        if not any(service.body[key].exists for key in mounts):
            return {}
        pending: list[Sequence[Word]] = [
            launch(service).argv,
            *(one.words for script in scripts(service) for one in script.commands),
        ]
        found: dict[str, Script] = {}
        while pending and len(self.parts) < _MOST_SCRIPTS:
            named = script_file(pending.pop(0))
            if named is None or named.text in found:
                continue
            script = self._script(named.text, service)
            if script is not None:
                found[named.text] = script
                pending += [command.words for command in script.commands]
        return found

    def _script(self, name: str, service: ComposeService) -> Script | None:
        from imagelint.documents.shell.read import read_script

        for file in on_host(join(word(service.body["working_dir"]) or "/", name), service):
            text = self._read(file)
            if text is None or len(text) > _LARGEST:
                continue
            shell = shebang_shell(text)
            if shell not in ("", *POSIX_SHELLS) or (not shell and name.endswith(".py")):
                return None
            part = TextPart(self._start, Source(beside(self._origin, file), text), certain=True)
            self.parts.append(part)
            self._start = part.next_start
            return read_script(
                text.replace("\r\n", " \n"),
                Span(part.start, part.start + len(text)),
                ScriptRole.START,
                shell=shell or "sh",
                variables={
                    **unset_variables(
                        text, service.image, service.env, complete=service.env_complete
                    ),
                    **known_variables(service.env),
                },
            ).standing_in(service.place)
        return None
