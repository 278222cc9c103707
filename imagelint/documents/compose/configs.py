"""The settings in files that the servers of services read: mounted from beside, or as configs."""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Source
from imagelint.documents.compose.launching import launch
from imagelint.documents.compose.values import word
from imagelint.documents.mapped import MappedText
from imagelint.documents.parts import Attachments, TextPart
from imagelint.documents.project import beside
from imagelint.documents.serving.configfiles import named_configs, read_config
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeVar

    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.compose.services import ServiceFile
    from imagelint.documents.kinds import Beside
    from imagelint.documents.yaml.nodes import YamlNode

    F = TypeVar("F", bound=ServiceFile)

_MOST_FILES = 20
"""Files of settings of one document that are read."""


def with_config_files(document: F, read: Beside) -> F:
    """The document whose services know the files of settings that their servers read."""
    parts: list[TextPart] = []
    start = document.parts[-1].next_start
    services: list[ComposeService] = []
    for service in document.services:
        files: dict[str, YamlNode] = {}
        for path in named_configs(launch(service)) if len(parts) < _MOST_FILES else ():
            for name in on_host(path, service):
                text = read(name)
                node = (
                    read_config(MappedText.verbatim(text, start), path)
                    if text is not None
                    else None
                )
                if text is None or node is None:
                    continue
                files[path] = node
                origin = beside(document.source.origin, name)
                parts.append(TextPart(start, Source(origin, text), certain=True))
                start = parts[-1].next_start
                break
        services.append(service._replace(files=files) if files else service)
    if not parts:
        return document
    return document.with_services(tuple(services), Attachments(tuple(parts)))


def on_host(path: str, service: ComposeService) -> Iterator[str]:
    """What may be the file at a path of a container, relative to the folder of the document."""
    mounts = service.runtime.mounts
    for mount in mounts.value if isinstance(mounts, Known) else ():
        target = mount.target.value if isinstance(mount.target, Known) else ""
        if mount.source != "bind" or mount.host_path[:1] in ("", "/", "~") or not target:
            continue
        if path == target:
            yield normpath(mount.host_path)
        elif path.startswith(f"{target.rstrip('/')}/"):
            yield normpath(join(mount.host_path, path[len(target.rstrip("/")) + 1 :]))
    yield from _as_config(path, service)


def _as_config(path: str, service: ComposeService) -> Iterator[str]:
    """https://github.com/compose-spec/compose-spec/blob/main/05-services.md#configs."""
    root = service.body
    while root.parent is not None:
        root = root.parent
    for item in service.body["configs"].items():
        name = word(item) if isinstance(item.node, Scalar) else word(item["source"])
        target = word(item["target"]) or f"/{name}"
        file = word(root.at("configs", name, "file"))
        if name and path == target and file and file[:1] not in ("/", "~"):
            yield normpath(file)
