"""What the kustomizations of a run make: which are built, by what, and which files that covers."""

from __future__ import annotations

import os
import re
from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.collect.findup import root_of
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.base import DocumentError, Embedded
from imagelint.documents.kubernetes.kustomize.document import Kustomization
from imagelint.documents.kubernetes.kustomize.model import FILES
from imagelint.documents.parts import Attachments
from imagelint.documents.project import beside
from imagelint.run.rendering.kept import stamp_of
from imagelint.run.rendering.renderings import NO_RENDERINGS, Renderings
from imagelint.run.rendering.staging import answers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.project import Project
    from imagelint.documents.rendering.rendered import RenderedText
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.render.kustomize import KustomizeEngine
    from imagelint.run.reading.index import FileIndex
    from imagelint.run.rendering.kept import KeptRenderings

# Where an object of the output comes from.
_FROM_FILE = pattern(r"config\.kubernetes\.io/origin: \|\n\s+path: (\S.*)")
_NO_MORE = Attachments()
_MOST_FOLDERS = 500  # of one kustomization
_MOST_BUILDS = 2_000
_SHOWN = 100
# What is no path: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/
_REMOTE = pattern(
    r"[a-z][a-z0-9+.-]*:|git@|[\w-]+\.[a-z]{2,}/|.*[?&](?:ref|version)=", re.IGNORECASE
)
# Fetched before anybody looks whether there is a file of that name.
_WEB = pattern(r"https?:", re.IGNORECASE)
_PROGRAMS = ("generators", "transformers", "validators")
# The fields of a kustomization that name files or folders.
_LISTS = (
    *("resources", "bases", "components", "crds", "configurations"),
    *("generators", "transformers", "validators", "patchesStrategicMerge"),
)
_ENTRIES = ("patches", "patchesJson6902", "replacements")
_GENERATORS = ("configMapGenerator", "secretGenerator")


def render(
    files: Iterable[FoundFile],
    index: FileIndex,
    earlier: Renderings = NO_RENDERINGS,
    kept: KeptRenderings | None = None,
) -> Renderings:
    """Build every kustomization that no other one of the run takes.

    What is rendered `earlier` is of the same files, but for those for which the index has others.
    """
    trees = [
        tree
        for found in files
        if found.origin.rpartition("/")[2] in FILES
        if (tree := Tree.read(found, index)) is not None
    ]
    roots = _roots(trees)
    if not roots:
        return NO_RENDERINGS
    problems: dict[str, tuple[Problem, ...]] = {
        tree.origin: (tree.problem,) for tree in roots if tree.problem is not None
    }
    sound = [tree for tree in roots if tree.problem is None]
    wanted = sound[:_MOST_BUILDS]
    for tree in sound[_MOST_BUILDS:]:
        detail = f"is not built: no more than {_MOST_BUILDS:,} kustomizations are, in one run"
        problems[tree.origin] = (Problem(ProblemKind.TOO_LARGE, tree.origin, detail),)
    if not wanted:
        return Renderings(problems=problems)
    known = {
        tree.origin: earlier.texts[tree.origin]
        for tree in wanted
        if tree.origin in earlier.texts and not tree.is_touched(index)
    }
    return _built(wanted, problems, _Way(index, known, kept))


def _roots(trees: list[Tree]) -> list[Tree]:
    """What nobody else takes, and of those that take each other the first: it is told of them."""
    whole = [tree for tree in trees if not tree.component]
    inner = {source for tree in trees for source in tree.sources[1:]}
    roots = [tree for tree in whole if tree.origin not in inner]
    reached = {source for tree in roots for source in tree.sources}
    for tree in whole:
        if tree.origin not in reached:
            roots.append(tree)
            reached.update(tree.sources)
    return roots


def built(document: Manifest, text: RenderedText, project: Project) -> Document | Problem:
    """A kustomization, or who deploys one, with the objects that it makes as a part of it."""
    from imagelint.deployment.renderings.kustomize import rendered_manifest

    try:
        # Its texts become parts of what it makes, with all that they keep secret.
        made = rendered_manifest(document, text, project.aside())
    except DocumentError as error:
        detail = f"what it makes cannot be read: {error.message}"
        return Problem(error.kind, document.source.origin, detail)
    if not made.objects:  # it changes what somebody else puts beside it
        return document
    whole = document.settle() if isinstance(document, Kustomization) else document.attach(_NO_MORE)
    whole.embedded = (*document.embedded, Embedded(made))
    return whole


class _Way(NamedTuple):
    """How trees are built: of which files, what is `known` of them, and what was `kept`."""

    files: FileIndex
    known: Mapping[str, RenderedText]
    kept: KeptRenderings | None

    def keys(self, trees: Iterable[Tree], engine: KustomizeEngine) -> dict[str, str]:
        """Under what each is kept: all of its files, where they lie, and the engine."""
        if self.kept is None:
            return {}
        stamp = stamp_of(engine.program, engine.library)
        return {
            tree.origin: self.kept.key("kustomize", stamp, *self._parts(tree)) for tree in trees
        }

    def _parts(self, tree: Tree) -> Iterator[str]:
        yield from (tree.origin, os.path.relpath(os.path.realpath(tree.folder), tree.root))
        for name in tree.files:
            yield from (name, self.files.digest(name))


def _built(trees: list[Tree], problems: dict[str, tuple[Problem, ...]], way: _Way) -> Renderings:
    from imagelint.render.kustomize import kustomize_engine

    engine = kustomize_engine(trees[0].origin)
    if isinstance(engine, Problem):
        return Renderings(problems={**problems, trees[0].origin: (engine,)})
    texts: dict[str, RenderedText] = dict(way.known)
    keys = way.keys((tree for tree in trees if tree.origin not in texts), engine)
    before = way.kept.texts(keys.values()) if way.kept is not None else {}
    for tree in trees:
        if tree.origin in keys and keys[tree.origin] in before:
            texts[tree.origin] = before[keys[tree.origin]]._replace(sources=tree.sources)
    asked = [tree for tree in trees if tree.origin not in texts]
    for tree, answer in zip(asked, answers_of(asked, engine, way.files), strict=True):
        if isinstance(answer, Problem):
            problems[tree.origin] = (answer._replace(origin=tree.origin),)
            continue
        # One that got the folder itself may have read files that nobody names.
        staged = answer.link.startswith("files/")
        made = answer._replace(sources=tree.sources, key=keys.get(tree.origin, "") * staged)
        texts[tree.origin] = made
        if made.key and way.kept is not None:
            way.kept.keep_text(made)
    covered = frozenset(
        name for tree in trees if tree.origin in texts for name in _covered(tree, texts)
    )
    return Renderings(texts, problems=problems, covered=covered)


def _covered(tree: Tree, texts: Mapping[str, RenderedText]) -> Iterator[str]:
    """The files that are judged in what comes of a tree: those of its objects, and its patches.

    What it names otherwise, and what nothing comes of, is judged as it is written.
    """
    text = texts[tree.origin]
    yield from (beside(tree.origin, name) for name in taken_files(text))
    yield from tree.patches
    yield from tree.sources[1:]


def taken_files(text: RenderedText) -> Iterator[str]:
    """The files of whose objects something was made, relative to the folder that was built."""
    for match in _FROM_FILE.finditer(text.text):
        yield text.named(match[1].strip())


class Tree(NamedTuple):
    """A kustomization with those that it takes; a problem where it must not be built."""

    origin: str
    sources: tuple[str, ...]
    component: bool
    problem: Problem | None
    root: str = ""
    files: tuple[str, ...] = ()
    patches: tuple[str, ...] = ()
    programmed: bool = False

    @property
    def folder(self) -> str:
        """The folder in which it lies."""
        return dirname(self.origin) or "."

    def is_touched(self, index: FileIndex) -> bool:
        """Whether the index has another text, or none, of a file where its own are."""
        folders = {dirname(name) for name in self.files}
        return any(dirname(name) in folders for name in index.replaced)

    @classmethod
    def read(cls, found: FoundFile, index: FileIndex) -> Tree | None:
        """The tree of a kustomization; None where a file of that name is something else."""
        document = index.document(found)
        if not isinstance(document, Kustomization):
            return None
        component = any(obj.kind == "Component" for obj in document.objects)
        origin = found.origin
        root = os.path.realpath(root_of(dirname(origin) or "."))
        sources: dict[str, None] = {origin: None}
        pending = [(origin, document)]
        files = {origin: None}
        patches: dict[str, None] = {}
        programmed = False
        while pending:
            at, one = pending.pop(0)
            patches.update((name, None) for name in _patches(at, one))
            for place in _paths(one):
                programmed = programmed or _is_program(place)
                files.update((name, None) for name in _files(at, place, index))
                refusal = _refusal(at, place, root) or _programmed(at, place, index)
                if refusal:
                    problem = _problem(origin, at, place, refusal)
                    return cls(origin, tuple(sources), component, problem)
                inner = _taken(at, place, index)
                if inner is not None and inner.source.origin not in sources:
                    sources[inner.source.origin] = files[inner.source.origin] = None
                    pending.append((inner.source.origin, inner))
            if len(sources) > _MOST_FOLDERS:
                detail = f"takes more than {_MOST_FOLDERS} kustomizations: it is not built"
                problem = Problem(ProblemKind.TOO_LARGE, origin, detail)
                return cls(origin, tuple(sources), component, problem)
        return cls(
            origin,
            tuple(sources),
            component,
            problem=None,
            root=root,
            files=tuple(files),
            patches=tuple(patches),
            programmed=programmed,
        )


def _patches(at: str, document: Kustomization) -> Iterator[str]:
    for one in document.transformations():
        yield from (beside(at, patch.path) for patch in one.patches if patch.path)


def _files(at: str, place: Cursor, index: FileIndex) -> Iterator[str]:
    """The files that a place names: a key may stand before an equals sign."""
    word = place.word()
    for path in (word, word.partition("=")[2]):
        if path and "\n" not in path and index.is_file(beside(at, path)):
            yield beside(at, path)


def _taken(at: str, place: Cursor, index: FileIndex) -> Kustomization | None:
    folder = beside(at, place.word())
    if not index.is_folder(folder):
        return None
    for name in FILES:
        origin = beside(f"{folder}/", name)
        if index.is_file(origin):
            document = index.document(FoundFile(origin, origin))
            return document if isinstance(document, Kustomization) else None
    return None


def _paths(document: Kustomization) -> Iterator[Cursor]:
    """Everything in a kustomization that names a file or a folder."""
    for body in (obj.body for obj in document.objects):
        for field in _LISTS:
            yield from body[field].items()
        for field in _ENTRIES:
            for entry in body[field].items():
                yield entry["path"]
        for field in _GENERATORS:
            for entry in body[field].items():
                yield from (entry["env"], *entry["envs"].items(), *entry["files"].items())
        yield from (body.at("openapi", "path"), *body["helmCharts"].items())


def _refusal(at: str, place: Cursor, root: str) -> str:
    """Why a kustomization is not built that names something; empty for what may be read."""
    path = place.word()
    if place.key == "helmCharts" or place["repo"].exists or place["releaseName"].exists:
        return "is a chart, which is not rendered"
    if not path or "\n" in path:
        return ""
    if "=" in path and not _REMOTE.match(path):
        path = path.partition("=")[2]  # a file under another key
    target = os.path.realpath(beside(at, path))
    if os.path.commonpath((root, target)) != root:
        return "lies outside of the repository"
    if _WEB.match(path) or (_REMOTE.match(path) and not os.path.lexists(beside(at, path))):
        return "is remote, and is not fetched"
    return ""


def _is_program(place: Cursor) -> bool:
    """Whether it is an object that changes others, whose fields are paths as well."""
    return place.parent is not None and place.parent.key in _PROGRAMS


def _programmed(at: str, place: Cursor, index: FileIndex) -> str:
    """Why one is not built whose transformer, generator or validator names something remote.

    Each is an object, in a file or in the list itself, whose fields are paths as well.
    """
    if not _is_program(place):
        return ""
    text = place.word()
    if "\n" not in text:
        origin = beside(at, text)
        if os.path.isdir(origin):
            return "is a folder of objects that change others, which are not looked through"
        source = index.content(FoundFile(origin, origin)).text.source
        text = source.text if source is not None else ""
    return "names what is remote, which is not fetched" if _names_web(text) else ""


def _names_web(text: str) -> bool:
    from imagelint.documents.yaml.load import YamlError, load_yaml
    from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

    try:
        pending = list(load_yaml(text))
    except YamlError:
        return True  # whatever else reads it
    while pending:
        node = pending.pop()
        if isinstance(node, Scalar):
            if _WEB.search(node.text):
                return True
        elif isinstance(node, Sequence):
            pending += node.items
        elif isinstance(node, Mapping):
            pending += (part for entry in node.entries for part in entry)
    return False


def _problem(origin: str, at: str, place: Cursor, refusal: str) -> Problem:
    named = (place.word() or place["name"].word()).partition("\n")[0][:_SHOWN]
    where = "" if at == origin else f" of {at}"
    detail = f"is not built: `{named}`{where} {refusal}"
    help_ = "keep a copy of it in the repository, and name that"
    return Problem(ProblemKind.UNREADABLE, origin, detail, help_)
