"""The containers that values of a known chart describe, where the chart lies in no repository.

They are written as Kubernetes has them, at the places of the values. What the chart adds besides is
not known.
"""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.documents.gitops.flux import RELEASES
from imagelint.documents.gitops.valueimages import delivered_values, is_off
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence
from imagelint.knowledge.kubernetes.charts import charts_named, charts_with_signature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.objects import KubernetesObject, Pod
    from imagelint.documents.kubernetes.pods.shapes import PodPath
    from imagelint.documents.yaml.nodes import YamlNode
    from imagelint.knowledge.kubernetes.charts import Chart, Path, Paths

_ANY = "*"
_GPU = "nvidia.com/gpu"
_PRODUCT = "nvidia.com/gpu.product"
_MACHINE = "node.kubernetes.io/instance-type"
_SETTINGS = "settings"
_MANY = ":"
"""Between the word for a kind of GPUs, and their number."""
_OF_REQUEST = ("path", "port", "scheme", "host", "httpHeaders")


def chart_containers(obj: KubernetesObject) -> Iterator[tuple[Cursor, YamlNode]]:
    """The containers in the values of an object that deploys a known chart, with their values."""
    for name, values in delivered_values(obj):
        yield from _containers(charts_named(name.rpartition("/")[2]), values)


def values_pods(values: Cursor, name: str = "") -> tuple[Pod, ...]:
    """The pods in values that no object gives to their chart: of the chart of that name.

    Without one, of the chart whose values tell it by themselves.
    """
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.pods.reader import read_pod
    from imagelint.documents.kubernetes.pods.shapes import PodPath

    charts = charts_named(name.rpartition("/")[2]) if name else _told_by(values)
    owner = KubernetesObject(
        span=values.span,
        kind="HelmRelease",
        api_version=f"{RELEASES}/v2",
        name="",
        namespace="",
        labels=(),
        annotations=(),
        body=values,
        path=values.path,
    )
    made = (container for container, _ in _containers(charts, values))
    return tuple(read_pod(owner, PodPath(one, one, one)) for one in made)


def made_pods(obj: KubernetesObject) -> Iterator[PodPath]:
    """The pods that an operator makes of an object which holds none, each of one container.

    What chooses their nodes stands beside what the object itself says.
    """
    from imagelint.documents.kubernetes.pods.shapes import PodPath

    for chart in charts_named(f"{obj.kind}.{obj.group}"):
        for made, values in _containers((chart,), obj.body):
            own = values.entries if isinstance(values, Mapping) else ()
            place = next(one for path in chart.containers for one in _places(obj.body, path))
            around = (*_chosen_nodes(place, chart), *_settings_volume(place, chart))
            spec = Mapping(values.span, (*own, *around))
            yield PodPath(Cursor(spec, made.path), obj.body, made)


def _chosen_nodes(place: Cursor, chart: Chart) -> Iterator[Entry]:
    """The choice of nodes with the GPU that a word tells."""
    gpus = _at(place, chart.gpus)
    product = chart.gpu_products.get(gpus.word().rpartition(_MANY)[0], "")
    if product:
        label = _made(_PRODUCT, _key(product, gpus.span))
        yield _made("nodeSelector", Mapping(gpus.span, (label,)))
    machine = _at(place, chart.machine) if chart.machine else Cursor(None)
    if machine.word():
        label = _entry(_MACHINE, machine)
        yield _made("nodeSelector", Mapping(machine.span, (label,)))


def _settings_volume(place: Cursor, chart: Chart) -> Iterator[Entry]:
    """The volume of settings, from the ConfigMap that is named."""
    named = _at(place, chart.settings) if chart.settings else Cursor(None)
    if named.word():
        volume = (
            _made("name", _key(_SETTINGS, named.span)),
            _made("configMap", Mapping(named.span, (_entry("name", named),))),
        )
        yield _made("volumes", Sequence(named.span, (Mapping(named.span, volume),)))


def _settings_mount(place: Cursor, chart: Chart) -> Iterator[Entry]:
    named = _at(place, chart.settings) if chart.settings else Cursor(None)
    if named.word():
        mount = (
            _made("name", _key(_SETTINGS, named.span)),
            _made("mountPath", _key(dirname(chart.settings_words[-1]), named.span)),
        )
        yield _made("volumeMounts", Sequence(named.span, (Mapping(named.span, mount),)))


def _told_by(values: Cursor) -> tuple[Chart, ...]:
    return tuple(
        chart
        for chart in charts_with_signature()
        if all(_first(values, paths).exists for paths in chart.signature)
    )


def _containers(charts: tuple[Chart, ...], values: Cursor) -> Iterator[tuple[Cursor, YamlNode]]:
    for chart in charts:
        places = (place for path in chart.containers for place in _places(values, path))
        for place in places:
            if isinstance(place.node, Mapping) and _is_made(place, chart):
                yield Cursor(_container(place, chart), place.path), place.node


def is_within_off(place: Cursor) -> bool:
    """Whether values, or some around them, say that nothing is made of them."""
    around: Cursor | None = place
    while around is not None:
        if is_off(around):
            return True
        around = around.parent
    return False


def _is_made(place: Cursor, chart: Chart) -> bool:
    """Whether the values have a template make this of them, and no other."""
    told = (_at(place, path).word() in word.split("|") for path, word in chart.only.items())
    return all(told) and not any(_says_so(_at(place, path)) for path in chart.instead)


def _says_so(place: Cursor) -> bool:
    """Whether a switch is on, be it by what stands in it."""
    off = place.null or is_off(place) or not value_or(place.boolean(), default=True)
    empty = isinstance(place.node, Sequence) and not place.node.items
    return place.exists and not (off or empty)


def _at(place: Cursor, path: Path) -> Cursor:
    """The place at the end of a path, which may begin at the root or go up."""
    at: Cursor = place
    for key in path:
        if not key:
            while at.parent is not None:
                at = at.parent
        elif key == "..":
            at = at.parent or at
        else:
            at = at[key]
    return at


def _first(place: Cursor, paths: Paths) -> Cursor:
    """The first of some places that is there; the last of them where none is."""
    found = [_at(place, path) for path in paths]
    return next((one for one in found if one.exists and not one.null), found[-1])


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
    entries = list(_image(place, chart))
    if chart.words:
        words = (_key(word, place.key_span) for word in chart.words)
        entries.append(_made("command", Sequence(place.key_span, tuple(words))))
    arguments = tuple(_arguments(place, chart))
    if arguments:
        entries.append(_made("args", Sequence(arguments[0].span, arguments)))
    fields: dict[str, Entry] = {}
    for field, found in (*_fields(place, chart), *_secrets(place, chart)):
        known = fields.get(field)
        fields[field] = (
            found if known is None else Entry(known.key, _both(known.value, found.value))
        )
    gpus = _at(place, chart.gpus)
    if chart.gpus and gpus.exists and not is_within_off(gpus):
        asked, known = _asked(place, chart, gpus), fields.get("resources")
        fields["resources"] = (
            asked if known is None else Entry(known.key, _both(known.value, asked.value))
        )
    entries += _settings_mount(place, chart)
    return Mapping(place.span, (*entries, *fields.values()))


def _image(place: Cursor, chart: Chart) -> Iterator[Entry]:
    repository = _first(place, chart.repository)
    if not chart.tag:
        if repository.node is not None:
            yield Entry(_key("image", repository.key_span), repository.node)
        return
    parts = {"repository": repository, "tag": _first(place, chart.tag)}
    image = [_entry(name, one) for name, one in parts.items() if one.exists]
    if image and chart.image and not repository.exists:
        image.append(_made("repository", _key(chart.image, image[0].key.span)))
    if image:
        yield _made("image", Mapping(image[0].value.span, tuple(image)))


def _asked(place: Cursor, chart: Chart, gpus: Cursor) -> Entry:
    """The resources of a container that asks for some GPUs."""
    told = _at(place, chart.gpu_kind).word() if chart.gpu_kind else ""
    word, _, number = gpus.word().rpartition(_MANY)
    told = told or word
    kind = chart.gpu_kinds.get(told, told if not chart.gpu_kinds else "") if told else _GPU
    asked = _made(kind, _key(number, gpus.span)) if word else _entry(kind, gpus)
    limits = Mapping(gpus.span, (asked,) if kind else ())
    return _made("resources", Mapping(gpus.span, (_made("limits", limits),)))


def _fields(place: Cursor, chart: Chart) -> Iterator[tuple[str, Entry]]:
    """The fields of a container, each as often as there are parts of it."""
    for one in chart.fields:
        field = _at(place, one.at)
        holds = all(value_or(_at(place, path).boolean(), default=False) for path in one.when)
        if field.node is None or field.null or not holds or is_off(field):
            continue
        node = field.node
        if one.field == "env":
            node = _listed(node)
        elif one.field.endswith("Probe"):
            node = _probe(node, _probe_port(place, chart))
        yield one.field, Entry(_key(one.field, field.key_span), node)
    for name, path in chart.variables.items():
        told = _at(place, path)
        if isinstance(told.node, Scalar) and not told.null:
            entry = Entry(_key(name, told.key_span), told.node)
            yield "env", Entry(_key("env", told.key_span), Sequence(told.span, (_variable(entry),)))


def _secrets(place: Cursor, chart: Chart) -> Iterator[tuple[str, Entry]]:
    """The variables that are taken from Secrets, under keys of the same names."""
    for name, path in chart.secrets.items():
        told = _at(place, path)
        if told.exists and not told.null:
            key = _made("key", _key(name, told.span))
            taken = _made("secretKeyRef", Mapping(told.span, (_entry("name", told), key)))
            source = _made("valueFrom", Mapping(told.span, (taken,)))
            variable = Mapping(told.span, (_made("name", _key(name, told.span)), source))
            yield "env", Entry(_key("env", told.key_span), Sequence(told.span, (variable,)))


def _both(one: YamlNode, other: YamlNode) -> YamlNode:
    """Two parts of a field: lists one behind the other, mappings with all that is in either."""
    if isinstance(one, Sequence) and isinstance(other, Sequence):
        return Sequence(one.span, (*one.items, *other.items))
    if not (isinstance(one, Mapping) and isinstance(other, Mapping)):
        return one
    known = {entry.key.text: entry for entry in one.entries}
    for entry in other.entries:
        mine = known.get(entry.key.text)
        known[entry.key.text] = (
            entry if mine is None else Entry(mine.key, _both(mine.value, entry.value))
        )
    return Mapping(one.span, tuple(known.values()))


def _probe(probe: YamlNode, port: str) -> YamlNode:
    """A probe with its path within `httpGet`, where values say it without."""
    if not isinstance(probe, Mapping) or probe.get("path") is None:
        return probe
    asks = tuple(entry for entry in probe.entries if entry.key.text in _OF_REQUEST)
    if port and probe.get("port") is None:
        asks += (_made("port", _key(port, asks[0].key.span)),)
    rest = (entry for entry in probe.entries if entry.key.text not in (*_OF_REQUEST, "enabled"))
    return Mapping(probe.span, (_made("httpGet", Mapping(asks[0].key.span, asks)), *rest))


def _probe_port(place: Cursor, chart: Chart) -> str:
    """The port that probes ask which say none: what stands under a path, or a number."""
    path, _, number = chart.probe_port.rpartition(" or ")
    return (_at(place, tuple(path.split("."))).word() if path else "") or number


def _arguments(place: Cursor, chart: Chart) -> Iterator[YamlNode]:
    for flag, path in chart.flags.items():
        value = _at(place, path)
        if isinstance(value.node, Scalar) and not value.null:
            yield _key(flag, value.key_span)
            # A chart quotes what it hands on, and `hf://` tells only it where a model is from.
            yield value.node._replace(value=value.node.text.removeprefix("hf://"), plain=False)
    named = _at(place, chart.settings) if chart.settings else Cursor(None)
    if named.word():
        yield from (_key(word, named.span) for word in chart.settings_words)
    for path in chart.arguments:
        yield from (item.node for item in _at(place, path).items() if item.node is not None)
    if chart.more_arguments:
        yield Mapping(place.span, ())  # no word, so that what it says is unknown


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
