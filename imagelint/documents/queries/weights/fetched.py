"""What containers fetch from hubs of models by their scripts, and how large it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.options import sort_words
from imagelint.documents.queries.downloadvalues import WGET_VALUES
from imagelint.documents.queries.weights.hubdownloads import hub_downloads, is_whole
from imagelint.documents.shell.script import Script, ScriptRole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.queries.downloads import Download

_ONE_FILE = ".gguf"
_PART = "-of-"  # one of the files of a model: `-00001-of-00009.gguf`
# https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
_CACHES = (("HF_HUB_CACHE", ""), ("HF_HOME", "/hub"))


class FetchedWeights(NamedTuple):
    """A model that a container fetches: where to, its name, and GB of 1e9 bytes."""

    folder: str
    model: str
    gigabytes: float


def fetched_weights(document: Document, container: Container) -> Iterator[FetchedWeights]:
    """What the scripts of a container certainly fetch, as far as names tell how large it is.

    Whole models of the hub, and single files in which a whole model lies.
    """
    from imagelint.documents.queries.downloads import downloads

    for script in document.nodes_of(Script):
        if script.place is not container.place or script.role is not ScriptRole.START:
            continue
        for found in hub_downloads(script):
            folder = found.download.output or _cache(container)
            named = found.model if is_whole(found.download) else _file_of_hub(found.download)
            yield from _sized(folder, named)
        for command in script.commands:
            for one in downloads(command):
                if one.kind == "file" and isinstance(one.url, Known):
                    yield from _sized(_written(one), _file(one.url.value))


def _sized(folder: str, model: str) -> Iterator[FetchedWeights]:
    from imagelint.knowledge.weights import checkpoint_bytes, gigabytes

    size = gigabytes(model, checkpoint_bytes(model)) if model and folder else None
    if size:
        yield FetchedWeights(folder, model, size)


def _file_of_hub(download: Download) -> str:
    """The one file that the hub's client is asked for, where a whole model lies in it."""
    named = [_file(word.text) for word in download.command.arguments]
    found = [one for one in named if one]
    return found[0] if len(found) == 1 else ""


def _file(address: str) -> str:
    """The name of a file in which a whole model lies; empty for any other."""
    name = address.partition("?")[0].rpartition("/")[2]
    whole = name.lower().endswith(_ONE_FILE) and _PART not in name and "*" not in name
    return name if whole else ""


def _written(download: Download) -> str:
    """The file or the folder to which a file is written, empty where that is not told."""
    if download.output and download.output != "-":
        return download.output
    found = sort_words(download.command.arguments, WGET_VALUES)
    folders = found.values("-P", "--directory-prefix") if download.command.program == "wget" else ()
    return folders[-1].text if folders else ""


def _cache(container: Container) -> str:
    """The hub's cache of a container, where its variables say where that is."""
    for name, below in _CACHES:
        variable = container.variable(name)
        if variable is not None:
            told = variable.value
            return f"{told.value.rstrip('/')}{below}" if isinstance(told, Known) else ""
    return ""
