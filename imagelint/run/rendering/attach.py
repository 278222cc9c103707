"""Files as they are rendered: what is examined of them, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import Problem
from imagelint.documents.kubernetes.kustomize.document import Kustomization
from imagelint.documents.kubernetes.kustomize.jsonpatch import JsonPatch
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.rendering.chart import Chart
from imagelint.run.rendering.charts import rendered
from imagelint.run.rendering.kustomizations import built

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.project import Project
    from imagelint.run.rendering.renderings import Renderings


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
    elif isinstance(document, (Kustomization, JsonPatch)) and origin in renderings.covered:
        document = document.settle()
    elif isinstance(document, Manifest) and origin in renderings.covered:
        # A patch is a part of an object, and lacks nothing.
        part = document.within(project) if document.complaints else document
        document = part.without_objects()
    return document, tuple(problems)
