"""Folders that Flux and Argo CD deploy with changes of their own, built with these."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem
from imagelint.documents.gitops.values import plain
from imagelint.documents.kubernetes.kustomize.model import FILES
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.project import beside
from imagelint.run.rendering.kept import stamp_of
from imagelint.run.rendering.kustomizations import Tree, taken_files
from imagelint.run.rendering.renderings import NO_RENDERINGS, Renderings
from imagelint.run.rendering.staging import Wanted, built, stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.gitops.changes import Changes
    from imagelint.documents.gitops.model import DeliverySource
    from imagelint.documents.gitops.substitution import Variables
    from imagelint.documents.rendering.rendered import RenderedText
    from imagelint.render.kustomize import KustomizeEngine
    from imagelint.run.reading.index import FileIndex

_MOST_FILES = 500  # of a folder without a kustomization
_DATA = (".yaml", ".yml")


class Applied(NamedTuple):
    """A kustomization with all that it takes; `made` is its text where none is written."""

    tree: Tree
    made: str = ""


class ChangedFolder(NamedTuple):
    """One of the sources of a document: a folder, what it takes, and what is filled in after."""

    document: Document
    source: DeliverySource
    folder: str
    applied: Applied
    variables: Variables


class Outcome(NamedTuple):
    """What is made of folders, and why nothing is made of others."""

    renderings: Renderings = NO_RENDERINGS
    problems: tuple[tuple[ChangedFolder, str], ...] = ()


def tree_of(folder: str, changes: Changes, root: str, index: FileIndex) -> Applied | str:
    """The kustomization of a folder, or the one that Flux makes where there is none.

    With the files of the components that are added. A text says why it is not built.
    https://fluxcd.io/flux/components/kustomize/kustomizations/#path
    """
    tree = _read(folder, index)
    if tree is None and not changes.listed:
        return f"`{folder}` holds no kustomization that could be changed"
    found = Applied(tree) if tree is not None else _listed(folder, root, index)
    if isinstance(found, str):
        return found
    whole = found.tree
    for path in changes.components:
        place = beside(f"{folder}/", path)
        inside = os.path.commonpath((root, os.path.realpath(place))) == root
        component = _read(place, index) if inside else None
        if component is None:
            return f"its component `{path}` is not in this repository"
        whole = _joined(whole, component)
    return found._replace(tree=whole) if whole.problem is None else whole.problem.detail


def _joined(tree: Tree, other: Tree) -> Tree:
    return tree._replace(
        problem=tree.problem or other.problem,
        sources=tuple(dict.fromkeys((*tree.sources, *other.sources))),
        files=tuple(dict.fromkeys((*tree.files, *other.files))),
        patches=tuple(dict.fromkeys((*tree.patches, *other.patches))),
    )


def _read(folder: str, index: FileIndex) -> Tree | None:
    for name in FILES:
        origin = beside(f"{folder}/", name)
        if index.is_file(origin):
            return Tree.read(FoundFile(origin, origin), index)
    return None


def _listed(folder: str, root: str, index: FileIndex) -> Applied | str:
    """All manifests below a folder; folders with a kustomization are taken as a whole."""
    origin = beside(f"{folder}/", FILES[0])
    tree = Tree(origin, (origin,), component=False, problem=None, root=root)
    resources: list[str] = []
    for path, inner in _below(folder, index):
        more = inner or tree._replace(sources=(), files=(path,), patches=())
        tree = _joined(tree, more)
        named = path if inner is None else inner.folder
        resources.append(os.path.relpath(named, folder).replace(os.sep, "/"))
        if len(resources) > _MOST_FILES:
            return f"`{folder}` holds more than {_MOST_FILES:,} files"
    return Applied(tree, json.dumps({"resources": resources}))


def _below(folder: str, index: FileIndex) -> Iterator[tuple[str, Tree | None]]:
    """The manifests below a folder, and the kustomizations, whose own files are left out."""
    for place, inner, names in os.walk(folder):
        within = _read(place, index) if place != folder else None
        if within is not None:
            inner[:] = []
            yield place, within
            continue
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            origin = beside(f"{place}/", name)
            if name.endswith(_DATA) and _is_manifest(origin, index):
                yield origin, None


def _is_manifest(origin: str, index: FileIndex) -> bool:
    return isinstance(index.document(FoundFile(origin, origin)), Manifest)


def render(some: list[ChangedFolder], index: FileIndex) -> Outcome:
    """Build each folder with what is changed of it."""
    if not some:
        return Outcome()
    from imagelint.render.kustomize import kustomize_engine

    engine = kustomize_engine(some[0].document.source.origin)
    if isinstance(engine, Problem):
        told = "nothing here can build kustomizations"
        return Outcome(problems=tuple((one, told) for one in some))
    texts: dict[str, list[RenderedText]] = {}
    problems: list[tuple[ChangedFolder, str]] = []
    covered: set[str] = set()
    for root in dict.fromkeys(one.applied.tree.root for one in some):
        inside = [one for one in some if one.applied.tree.root == root]
        for one, answer in _built(inside, root, index, engine):
            if isinstance(answer, Problem):
                problems.append((one, answer.detail))
                continue
            texts.setdefault(one.document.source.origin, []).append(answer)
            covered.update(_covered(one, answer))
    delivered = {origin: tuple(made) for origin, made in texts.items()}
    return Outcome(Renderings(covered=frozenset(covered), delivered=delivered), tuple(problems))


def _covered(one: ChangedFolder, text: RenderedText) -> Iterator[str]:
    yield from (beside(f"{one.folder}/", name) for name in taken_files(text))
    yield from one.applied.tree.patches
    yield from one.applied.tree.sources


def _built(
    some: list[ChangedFolder], root: str, index: FileIndex, engine: KustomizeEngine
) -> Iterator[tuple[ChangedFolder, RenderedText | Problem]]:
    files = dict.fromkeys(name for one in some for name in one.applied.tree.files)
    staging = stage(files, root, index)
    names = [staging.name(one.folder) for one in some]
    texts = dict(staging.texts)
    wanted = [
        Wanted(name, staging.read(tree.files), tree.programmed, _settings(one))
        for name, one in zip(names, some, strict=True)
        for tree in (one.applied.tree,)
    ]
    for request, one in zip(wanted, some, strict=True):
        if one.applied.made:
            made = beside(f"{request.folder}/", FILES[0])
            texts[made] = one.applied.made
            request.reads.append(made)
    stamp = stamp_of(engine.program, engine.library)
    answers = built(wanted, texts, engine)
    for one, request, answer in zip(some, wanted, answers, strict=True):
        if isinstance(answer, Problem):
            yield one, answer
            continue
        text = one.variables.fill(answer.text)
        yield (
            one,
            answer._replace(
                text=text,
                sources=one.applied.tree.sources,
                source=one.source,
                folder=one.folder,
                key=digest_of(stamp, one.folder, json.dumps(request.settings), answer.text, text),
            ),
        )


def _settings(one: ChangedFolder) -> dict[str, object]:
    changes = one.source.changes
    if changes is None:
        return {}
    told = plain(changes.body)
    fields: dict[str, object] = dict(told) if isinstance(told, dict) else {}
    return {**fields, "components": changes.components} if changes.components else fields
