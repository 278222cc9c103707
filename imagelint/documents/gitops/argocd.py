"""What an Argo CD Application deploys.

https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.gitops.changes import argo_changes
from imagelint.documents.gitops.model import Base, DeliverySource, ValuesFile
from imagelint.documents.gitops.values import assigned, is_filled_later, scalar_at, tree_in
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode

GROUP = "argoproj.io"


def application_sources(spec: Cursor, title: str, name: str) -> Iterator[DeliverySource]:
    """The sources of an Application, by its `spec`."""
    several = spec["sources"].items()
    roots = {one["ref"].word() for one in several} - {""}
    namespace = spec.at("destination", "namespace").word()
    for place in several or ((spec["source"],) if spec["source"].exists else ()):
        if place["ref"].exists and not (place["path"].exists or place["chart"].exists):
            continue  # it only lends its files of values
        found = _source(place, roots, title)
        yield found._replace(name=place.at("helm", "releaseName").word() or name)._replace(
            namespace=place.at("helm", "namespace").word() or namespace
        )


def _source(place: Cursor, roots: set[str], title: str) -> DeliverySource:
    where, chart = place["path"], place["chart"]
    named = chart if chart.exists else where
    url = place["repoURL"].word() or "a repository that is filled in"
    shown = f"the chart `{chart.word()}` of {url}" if chart.exists else f"`{where.word()}` of {url}"
    found = DeliverySource(
        title,
        named.span if named.exists else place.key_span,
        "" if chart.exists else where.word(),
        Base.ROOT,
        shown,
        changes=argo_changes(place["kustomize"]),
    )
    if named.templated or not named.exists:
        return found._replace(path="", unread="what it deploys is known only when it is filled in")
    if place["plugin"].exists:
        return found._replace(unread="a plugin makes what it deploys")
    if place.at("directory", "jsonnet").exists:
        return found._replace(unread="Jsonnet makes what it deploys")
    return _with_values(found, place["helm"], roots)


def _with_values(found: DeliverySource, helm: Cursor, roots: set[str]) -> DeliverySource:
    optional = helm["ignoreMissingValueFiles"].word() == "true"
    files = []
    for item in helm["valueFiles"].items():
        path = item.word()
        first, _, rest = path.partition("/")
        if item.templated and first[1:] not in roots:
            return found._replace(unread=_unfilled(item))
        if first.startswith("$"):
            if first[1:] not in roots:
                return found._replace(unread=f"no source is called `{first}`")
            files.append(ValuesFile(rest, Base.ROOT, item.span, optional))
        elif "://" in path:
            return found._replace(unread=f"its values come from {path}")
        else:
            base = Base.ROOT if path.startswith("/") else Base.CHART
            files.append(ValuesFile(path.lstrip("/"), base, item.span, optional))
    found = found._replace(files=tuple(files))
    if helm["fileParameters"].items():
        return found._replace(unread="some of its values are contents of files")
    inline = tuple(_inline(helm))
    if any(one is None or is_filled_later(one) for one in inline):
        return found._replace(unread="its values are known only when they are filled in")
    return found._replace(inline=tuple(filter(None, inline)))


def _inline(helm: Cursor) -> Iterator[YamlNode | None]:
    """The values, those last that count most; None for what cannot be read."""
    text, tree = scalar_at(helm["values"]), helm["valuesObject"]
    if tree.node is not None and not tree.null:
        yield tree.node if not isinstance(tree.node, Scalar) else None
    elif text is not None and text.text.strip():
        yield tree_in(text)
    for one in helm["parameters"].items():
        value = scalar_at(one["value"])
        name = one["name"].word()
        forced = one["forceString"].word() == "true"
        if value is not None:
            yield assigned(name, value, text=forced) if name else None


def _unfilled(item: Cursor) -> str:
    scalar = scalar_at(item)
    return f"the file `{scalar.text if scalar else ''}` is known only when it is filled in"
