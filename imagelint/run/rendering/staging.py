"""The files of kustomizations as an engine gets them: copies, of schemas only their heads.

The engine reads what is given to it, and nothing else of the machine. Schemas of custom resources
are most of what many folders build, kustomize takes seconds for one, and no rule asks for them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import YamlError, load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.run.index import FileIndex

_KIND = "CustomResourceDefinition"
_MOST_TEXT = 64_000_000
_DEFINITION = pattern(r"^kind:[ \t]*[\"']?CustomResourceDefinition[\"']?[ \t]*(?:#.*)?$", 8)
_DOCUMENTS = pattern(r"^---.*$", 8)
_SPEC = pattern(r"^spec:.*\n(?:(?:[ \t].*|#.*|- .*|)\n)*(?:[ \t].*|- .*)?", 8)


class Staging(NamedTuple):
    """The texts of files by their paths below `root`; `partial`: something is left out.

    `names` has the path of each origin of a text.
    """

    root: str
    texts: Mapping[str, str]
    partial: bool
    names: Mapping[str, str]

    def read(self, origins: Iterable[str]) -> list[str]:
        """The paths of those that have a text."""
        return [self.names[origin] for origin in origins if origin in self.names]

    def name(self, folder: str) -> str:
        """What a folder is called there."""
        return _below(folder, self.root)


def stage(origins: Iterable[str], root: str, index: FileIndex) -> Staging:
    """The files of some origins below a folder, which is absolute and without links."""
    texts: dict[str, str] = {}
    names: dict[str, str] = {}
    partial, size = False, 0
    for origin in origins:
        source = index.content(FoundFile(origin, origin)).text.source
        name = _below(origin, root)
        if source is None or name.startswith("..") or size > _MOST_TEXT:
            partial = True
            continue
        text = without_schemas(source.text)
        partial = partial or text is not source.text
        size += len(text)
        texts[name] = text
        names[origin] = name
        index.forget_text(origin)
    return Staging(root, texts, partial, names)


def _below(path: str, root: str) -> str:
    return os.path.relpath(os.path.realpath(path), root).replace(os.sep, "/")


def without_schemas(text: str) -> str:
    """A manifest without the specifications of the custom resources that it defines."""
    if _DEFINITION.search(text) is None:
        return text
    marks = list(_DOCUMENTS.finditer(text))
    starts = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(text)]
    parts: list[str] = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        part = text[start:end]
        if _is_definition(part):
            part = _SPEC.sub("spec: {}\n", part, count=1)
        parts += [marks[number - 1][0] if number else "", part]
    return "".join(parts)


def _is_definition(text: str) -> bool:
    """Whether a document is a definition: by what stands before its specification, read as YAML.

    A line of a text in quotes may look like one.
    """
    spec = _SPEC.search(text)
    if _DEFINITION.search(text) is None or spec is None:
        return False
    try:
        documents = list(load_yaml(text[: spec.start()]))
    except YamlError:
        return False
    return len(documents) == 1 and Cursor(documents[0])["kind"].word() == _KIND
