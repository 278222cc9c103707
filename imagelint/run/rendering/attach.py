"""Files as they are rendered: what is examined of them, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.files import FoundFile
from imagelint.core.report import Problem, Report
from imagelint.documents.kubernetes.kustomize.document import Kustomization
from imagelint.documents.kubernetes.kustomize.jsonpatch import JsonPatch
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.project import by_key
from imagelint.documents.rendering.chart import Chart
from imagelint.documents.yaml.settings import ChartValues
from imagelint.run.rendering.charts import rendered
from imagelint.run.rendering.kustomizations import built

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.base import Document, Key, Node
    from imagelint.documents.project import Project
    from imagelint.run.reading.index import FileIndex
    from imagelint.run.rendering.renderings import Renderings

_SETTLED = (ChartValues, JsonPatch, Kustomization)


def with_rendering(
    document: Document, renderings: Renderings, project: Project
) -> tuple[Document, tuple[Problem, ...]]:
    """A document with the objects that it makes as a part of it, and why there are none."""
    origin = document.source.origin
    problems = list(renderings.problems.get(origin, ()))
    if isinstance(document, Chart) and origin in renderings.charts:
        document, more = rendered(document, renderings.charts[origin])
        problems += more
    elif isinstance(document, Kustomization) and origin in renderings.texts:
        made = built(document, renderings.texts[origin], project)
        if isinstance(made, Problem):
            problems.append(made)
        else:
            document = made
    elif isinstance(document, _SETTLED) and origin in renderings.covered:
        document = document.settle()
    elif isinstance(document, Manifest) and origin in renderings.covered:
        # A patch is a part of an object, and lacks nothing.
        part = document.within(project) if document.complaints else document
        document = part.without_objects()
    document, more = _deployed(document, renderings, project)
    return document, (*problems, *more)


def _deployed(
    document: Document, renderings: Renderings, project: Project
) -> tuple[Document, list[Problem]]:
    """A document with the objects that it has somebody deploy."""
    origin = document.source.origin
    problems: list[Problem] = []
    for text in renderings.delivered.get(origin, ()):
        whole = built(document, text, project) if isinstance(document, Manifest) else document
        if isinstance(whole, Problem):
            problems.append(whole)
        else:
            document = whole
    if origin in renderings.charts and not isinstance(document, Chart):
        from imagelint.run.rendering.deliveries import delivered

        document, more = delivered(document, renderings.charts[origin])
        problems += more
    return document, problems


def landmarks(
    renderings: Renderings, index: FileIndex, project: Project
) -> Mapping[Key, list[tuple[str, Node]]]:
    """What others may ask of the objects that are rendered, with the origin of what says how."""
    found: dict[Key, list[tuple[str, Node]]] = {}
    for origin in sorted({*renderings.texts, *renderings.charts, *renderings.delivered}):
        document = index.document(FoundFile(origin, origin))
        if document is None or isinstance(document, Report):
            continue
        whole, _ = with_rendering(document, renderings, project.aside())
        for embedded in whole.embedded:
            if embedded.document.rendered:
                for key, nodes in embedded.document.derived(by_key).items():
                    found.setdefault(key, []).extend((origin, node) for node in nodes)
    return found
