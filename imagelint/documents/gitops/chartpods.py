"""The containers that values of a known chart describe, where the chart lies in no repository.

They are written as Kubernetes has them, at the places of the values. What the chart adds besides is
not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.documents.gitops.valueimages import delivered_values, is_off
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence
from imagelint.knowledge.kubernetes.charts import chart_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.nodes import YamlNode
    from imagelint.knowledge.kubernetes.charts import Chart

_ANY = "*"
_GPU = "nvidia.com/gpu"


def chart_containers(obj: KubernetesObject) -> Iterator[tuple[Cursor, YamlNode]]:
    """The containers in the values of an object that deploys a known chart, with their values."""
    for name, values in delivered_values(obj):
        chart = chart_named(name.rpartition("/")[2])
        if chart is None:
            continue
        for place in _places(values, chart.containers):
            if isinstance(place.node, Mapping) and not _is_another(place, chart):
                made = Cursor(_container(place, chart), place.path)
                yield made, place.node


def is_within_off(place: Cursor) -> bool:
    """Whether values, or some around them, say that nothing is made of them."""
    around: Cursor | None = place
    while around is not None:
        if is_off(around):
            return True
        around = around.parent
    return False


def _is_another(place: Cursor, chart: Chart) -> bool:
    """Whether the values have a template make something else of them."""
    said = (place.at(*path) for path in chart.instead)
    return any(one.exists and not (one.null or is_off(one)) for one in said)


def _places(root: Cursor, path: tuple[str, ...]) -> list[Cursor]:
    """The places at the end of a path, but for what is switched off on the way."""
    found = [root]
    for key in path:
        if key != _ANY:
            found = [place[key] for place in found if not is_off(place)]
            continue
        found = [
            inside
            for place in found
            for inside in (*place.items(), *(value for _, value in place.entries()))
            if not is_off(inside)
        ]
    return found


def _container(place: Cursor, chart: Chart) -> Mapping:
    """A container as a pod has it; what the values do not say is left out."""
    parts = {"repository": place.at(*chart.repository), "tag": place.at(*chart.tag)}
    image = [_entry(name, one) for name, one in parts.items() if one.exists]
    entries = [_made("image", Mapping(image[0].span, tuple(image)))] if image else []
    if chart.words:
        words = (_key(word, place.key_span) for word in chart.words)
        entries.append(_made("command", Sequence(place.key_span, tuple(words))))
    arguments = tuple(_arguments(place, chart))
    if arguments:
        entries.append(_made("args", Sequence(arguments[0].span, arguments)))
    gpus = place.at(*chart.gpus)
    if chart.gpus and gpus.exists:
        said = place.at(*chart.gpu_kind) if chart.gpu_kind else None
        kind = said.word() if said is not None and said.exists else _GPU
        limits = Mapping(gpus.span, (_entry(kind, gpus),) if kind else ())
        entries.append(_made("resources", Mapping(gpus.span, (_made("limits", limits),))))
    for one in chart.fields:
        field = place.at(*one.at)
        holds = all(value_or(place.at(*path).boolean(), default=False) for path in one.when)
        if field.node is not None and holds:
            node = _listed(field.node) if one.field == "env" else field.node
            entries.append(Entry(_key(one.field, field.key_span), node))
    return Mapping(place.span, tuple(entries))


def _arguments(place: Cursor, chart: Chart) -> Iterator[YamlNode]:
    for flag, path in chart.flags.items():
        value = place.at(*path)
        if isinstance(value.node, Scalar) and not value.null:
            yield _key(flag, value.key_span)
            # A chart quotes what it hands on.
            yield value.node._replace(value=value.node.text, plain=False)
    for path in chart.arguments:
        yield from (item.node for item in place.at(*path).items() if item.node is not None)


def _listed(env: YamlNode) -> YamlNode:
    """Variables by their names as a list of them, each with what is said of it."""
    if not isinstance(env, Mapping):
        return env
    return Sequence(env.span, tuple(map(_variable, env.entries)))


def _variable(entry: Entry) -> Mapping:
    name = _made("name", entry.key._replace(value=entry.key.text, plain=False))
    told = entry.value
    if isinstance(told, Mapping):
        return Mapping(entry.span, (name, *told.entries))
    value = told._replace(value=told.text, plain=False) if isinstance(told, Scalar) else told
    return Mapping(entry.span, (name, Entry(_key("value", told.span), value)))


def _entry(name: str, place: Cursor) -> Entry:
    node = place.node
    return Entry(_key(name, place.key_span), node if node is not None else _key("", place.span))


def _made(name: str, node: YamlNode) -> Entry:
    return Entry(_key(name, node.span), node)


def _key(text: str, span: Span) -> Scalar:
    return Scalar(span, text, text, plain=True)
