"""What the generators of an ApplicationSet find in the repository: folders, and files."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.documents.gitops.applicationset import flat, folder_parameters
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import YamlError, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.gitops.applicationset import Folders
    from imagelint.run.reading.index import FileIndex

_MOST = 20_000  # folders that are walked through


def parameters_below(
    root: str, above: str, folders: Folders, index: FileIndex
) -> list[dict[str, str]]:
    """The parameters of each folder, or of each file, of a repository that a generator takes.

    `root` is absolute, `above` what origins call it.
    """
    found: list[dict[str, str]] = []
    for path in _paths(root, files=folders.files):
        taken = any(_matches(path, glob) for glob in folders.globs)
        if not taken or any(_matches(path, glob) for glob in folders.without):
            continue
        if folders.files:
            found += _of_file(path, os.path.join(above, path), index)
        else:
            found.append(folder_parameters(path))
    return found


def _paths(root: str, *, files: bool) -> Iterator[str]:
    for number, (folder, inner, names) in enumerate(os.walk(root)):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        if number > _MOST:
            return
        for name in sorted(names) if files else inner:
            yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")


def _matches(path: str, glob: str) -> bool:
    """A star of one is for a part of a path, two are for any number of them."""
    if "**" in glob:
        return fnmatchcase(path, glob) or fnmatchcase(path, glob.replace("**/", ""))
    return path.count("/") == glob.count("/") and fnmatchcase(path, glob)


def _of_file(path: str, origin: str, index: FileIndex) -> list[dict[str, str]]:
    source = index.content(FoundFile(origin, origin)).text.source
    if source is None:
        return []
    try:
        documents = read_yaml(source.text).documents
    except YamlError:
        return []
    folder = folder_parameters(os.path.dirname(path))
    name = {"path.filename": os.path.basename(path)}
    roots = [Cursor(node) for node in documents]
    items = [item for root in roots for item in (root.items() or (root,))]
    return [{**folder, **name, **flat(item)} for item in items]
