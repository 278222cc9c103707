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
from imagelint.core.report import Problem
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import YamlError, load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from imagelint.documents.rendering.rendered import RenderedText
    from imagelint.render.kustomize import KustomizeEngine
    from imagelint.run.reading.index import FileIndex
    from imagelint.run.rendering.kustomizations import Tree

_KIND = "CustomResourceDefinition"
_MOST_TEXT = 64_000_000
_MOST_AGAIN = 5
# https://github.com/kubernetes-sigs/kustomize: api/internal/loader/errors.go, loadrestrictions.go
_BESIDE = "security; file"
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


def answers_of(
    trees: list[Tree], engine: KustomizeEngine, index: FileIndex
) -> list[RenderedText | Problem]:
    """What the engine makes of each, by root of their repositories.

    Where something was left out of what it got, and it misses that, it gets the folder itself.
    """
    found: dict[str, RenderedText | Problem] = {}
    for root in dict.fromkeys(tree.root for tree in trees):
        inside = [tree for tree in trees if tree.root == root]
        files = dict.fromkeys(name for tree in inside for name in tree.files)
        staging = stage(files, root, index)
        wanted = [
            Wanted(staging.name(tree.folder), staging.read(tree.files), tree.programmed)
            for tree in inside
        ]
        for tree, answer in zip(inside, built(wanted, staging.texts, engine), strict=True):
            found[tree.origin] = answer
        failed = [
            tree for tree in inside if _misses(found[tree.origin]) and not tree.is_touched(index)
        ]
        if staging.partial and failed:
            again = engine.build([os.path.realpath(tree.folder) for tree in failed[:_MOST_AGAIN]])
            for tree, answer in zip(failed, again, strict=False):
                found[tree.origin] = answer
    return [found[tree.origin] for tree in trees]


class Wanted(NamedTuple):
    """A folder to build of staged texts, by its name among them, and those that it reads.

    `programmed` tells that it names programs; `settings` change what comes of it.
    """

    folder: str
    reads: list[str]
    programmed: bool
    settings: Mapping[str, object] = {}


def built(
    wanted: Sequence[Wanted], texts: Mapping[str, str], engine: KustomizeEngine
) -> list[RenderedText | Problem]:
    """What the engine makes of each.

    Flux, and others who are told so, take files beside a folder as well. All that kustomizations
    name lies in the repository; what their programs name is not looked at.
    """
    answers = _answers(wanted, texts, engine)
    held_back = [
        at for at, one in enumerate(wanted) if not one.programmed and _is_held_back(answers[at])
    ]
    again = _answers([wanted[at] for at in held_back], texts, engine, anywhere=True)
    for at, answer in zip(held_back, again, strict=True):
        answers[at] = answer
    return answers


def _answers(
    wanted: Sequence[Wanted],
    texts: Mapping[str, str],
    engine: KustomizeEngine,
    *,
    anywhere: bool = False,
) -> list[RenderedText | Problem]:
    if not wanted:
        return []
    folders = [one.folder for one in wanted]
    settings, reads = [one.settings for one in wanted], [one.reads for one in wanted]
    return engine.build(folders, texts, settings, reads, anywhere=anywhere)


def _is_held_back(answer: RenderedText | Problem) -> bool:
    """Whether a build failed because something is named that lies beside the folder."""
    return isinstance(answer, Problem) and _BESIDE in answer.detail


def _misses(answer: RenderedText | Problem) -> bool:
    """Whether a build failed, but not for want of a file: that one is missing in the folder too."""
    return isinstance(answer, Problem) and "no such file" not in answer.detail


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
