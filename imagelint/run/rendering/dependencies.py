"""The charts that a chart depends on, and which of them are not there to be rendered.

Helm refuses a chart whose dependencies are not in its folder `charts`; the library does not.
https://helm.sh/docs/helm/helm_dependency/
"""

from __future__ import annotations

from posixpath import basename, dirname
from typing import TYPE_CHECKING

from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import YamlError, load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HELP = "`helm dependency build`, and unpack the archives in `charts/`"
_CHART, _VALUES = "Chart.yaml", "values.yaml"
# Where charts of the first version list what they depend on.
_FIRST = "requirements.yaml"
_DEEPEST = 20


def missing_dependencies(
    texts: Mapping[str, str], values: tuple[str, ...], origin: str
) -> Iterator[Problem]:
    """A problem for each chart that one of these depends on, and that is no folder of theirs.

    `texts` are the files of a chart by their paths, `values` the files of values that it is
    rendered with. What none of them switches on makes nothing.
    """
    for path in texts:
        if basename(path) in (_CHART, _FIRST):
            folder = f"{dirname(path)}/".lstrip("/")
            there = set(_names(texts, f"{folder}charts/"))
            for dependency in _root(texts[path])["dependencies"].items():
                name = dependency["name"].word()
                if name and name not in there and not _is_off(dependency, folder, texts, values):
                    detail = f"what its dependency `{name}` makes is not examined: "
                    detail += f"`{folder}charts/{name}` is not there"
                    yield Problem(ProblemKind.UNREADABLE, origin, detail, _HELP)


def _names(texts: Mapping[str, str], folder: str) -> Iterator[str]:
    """The names of the charts in a folder."""
    for path, text in texts.items():
        above, name = dirname(path), basename(path)
        if name == _CHART and f"{dirname(above)}/" == folder:
            yield _root(text)["name"].word()


def _is_off(
    dependency: Cursor, folder: str, texts: Mapping[str, str], values: tuple[str, ...]
) -> bool:
    """Whether a dependency is switched off, and by no file of values on."""
    asked = [one.strip() for one in dependency["condition"].word().split(",") if one.strip()]
    if not asked or folder:
        return False
    roots = [_root(texts[name]) for name in (_VALUES, *values) if name in texts]
    said = [_at(root, key) for root in roots for key in asked]
    return "false" in said and set(said) <= {"false", ""}


def _at(root: Cursor, key: str) -> str:
    """The word under a key with dots."""
    for part in key.split(".")[:_DEEPEST]:
        root = root[part]
    return root.word()


def _root(text: str) -> Cursor:
    try:
        documents = load_yaml(text)
    except YamlError:
        return Cursor(None)
    return Cursor(documents[0] if documents else None)
