"""What the API server holds what stands around pods to: Services, volumes, settings.

kubernetes/kubernetes@v1.37: pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.complaints import InvalidQuantity, InvalidValue
from imagelint.documents.kubernetes.constraints import forms, names, unions
from imagelint.documents.kubernetes.constraints.pods import conflict
from imagelint.documents.quantity import parse_quantity
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.constraints.rules import Held
    from imagelint.documents.yaml.cursor import Cursor

_ONCE = "ReadWriteOncePod"
_BASE64 = pattern(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_BLANK = pattern(r"[\r\n]+")
_HELD_BY_TYPE = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_RISING = (
    *(("min", "defaultRequest"), ("min", "default"), ("min", "max")),
    *(("defaultRequest", "default"), ("defaultRequest", "max"), ("default", "max")),
)
# What a PersistentVolume is besides where it lies.
_NO_SOURCES = frozenset(
    (
        *("accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity"),
        *("persistentVolumeReclaimPolicy", "storageClassName", "volumeAttributesClassName"),
        "volumeMode",
    )
)


def service(held: Held) -> Iterator[Complaint]:
    """Ports with names of their own, and what goes with a type of Service alone."""
    place = held.place
    kind, address = place["type"], place["clusterIP"]
    settled = held.whole and not kind.templated and not address.templated
    if settled and not place["ports"].templated:
        yield from _lacking(place)
    yield from _ports(held)
    if settled and kind.word() in ("", "ClusterIP"):
        yield from _inside_only(place)
    affinity, config = place["sessionAffinity"], place["sessionAffinityConfig"]
    if affinity.word() in ("", "None") and not affinity.templated and unions.is_there(config):
        message = "`sessionAffinityConfig` goes with `sessionAffinity: ClientIP` alone"
        yield conflict(config, message, "write `sessionAffinity: ClientIP`, or drop it")
    for one in (address, *place["externalIPs"].items()):
        word = names.word_of(one)
        if word not in ("", "None") and not forms.is_address(word):
            message = f"`{word}` is no IP address"
            yield InvalidValue(one.span, one.path, message, "write an address, or drop it")


def _lacking(place: Cursor) -> Iterator[Complaint]:
    kind, headless = place["type"].word(), place["clusterIP"].word() == "None"
    if kind == "ExternalName":
        yield from unions.required(place, "externalName", "a Service of type `ExternalName`")
    elif not headless and not unions.is_filled(place["ports"]):
        message = "a Service has no `ports`"
        yield unions.missing(place, message, "write its `ports`, or `clusterIP: None`")


def _ports(held: Held) -> Iterator[Complaint]:
    ports = held.place["ports"].items()
    seen: dict[str, Cursor] = {}
    taken: set[tuple[int, str]] = set()
    for port in ports:
        name, number = port["name"], port["port"].integer()
        if held.whole and len(ports) > 1 and not unions.is_there(name) and not port.templated:
            message = "one of several ports has no `name`"
            yield unions.missing(port, message, "write its `name`")
        word = names.word_of(name)
        if word and word in seen:
            yield conflict(name, f"there is a port `{word}` already", "write another `name`")
        seen.setdefault(word, name)
        protocol = port["protocol"]
        if isinstance(number, Known) and not protocol.templated:
            key = number.value, protocol.word() or "TCP"
            if key in taken:
                message = f"the Service has the port {key[0]} for {key[1]} already"
                yield conflict(port["port"], message, "drop one of them")
            taken.add(key)


def _inside_only(place: Cursor) -> Iterator[Complaint]:
    help_ = "drop it, or write `type: LoadBalancer`"
    for port in place["ports"].items():
        node = port["nodePort"].integer()
        if isinstance(node, Known) and node.value:
            message = "a Service of type `ClusterIP` takes no `nodePort`"
            yield conflict(port["nodePort"], message, "drop it, or write `type: NodePort`")
    keys = ["loadBalancerSourceRanges", "loadBalancerClass", "allocateLoadBalancerNodePorts"]
    if not place["externalIPs"].items():
        keys.append("externalTrafficPolicy")
    for key in keys:
        if place[key].word() or place[key].items():
            message = f"a Service of type `ClusterIP` takes no `{key}`"
            yield conflict(place[key], message, help_)


def claim(held: Held) -> Iterator[Complaint]:
    """So much storage, and one pod alone or several."""
    place = held.place
    requests = place.at("resources", "requests")
    storage = requests["storage"]
    asked = held.whole and place["resources"].exists
    if asked and not unions.is_there(storage) and not _is_open(place["resources"], requests):
        message = "a PersistentVolumeClaim asks for no `storage`"
        yield unions.missing(place["resources"], message, "write `requests: {storage: 100Gi}`")
    yield from _positive(storage)
    modes = place["accessModes"].items()
    if len(modes) > 1 and any(one.word() == _ONCE for one in modes):
        message = f"`{_ONCE}` goes with no other mode"
        yield conflict(place["accessModes"], message, f"write `[{_ONCE}]`")


def _is_open(*places: Cursor) -> bool:
    return any(one.templated or any("{{" in key for key, _ in one.entries()) for one in places)


def _positive(place: Cursor) -> Iterator[Complaint]:
    fact = place.text()
    if isinstance(fact, Known) and parse_quantity(fact.value) == 0:
        message = f"`{fact.value}` is no storage"
        yield InvalidQuantity(place.span, place.path, message, "write an amount")


def volume(held: Held) -> Iterator[Complaint]:
    """A volume lies in one place."""
    place = held.place
    sources = [
        key for key, _ in place.entries() if key in held.type.fields and key not in _NO_SOURCES
    ]
    yield from unions.one_of(place, sources)
    somewhere = _is_open(place) or any(unions.is_there(place[key]) for key in sources)
    if held.whole and not somewhere:
        message = "the PersistentVolume lies nowhere"
        yield unions.missing(place, message, "write where it lies, such as `nfs` or `csi`")
    yield from _positive(place.at("capacity", "storage"))
    capacity = place["capacity"]
    without = capacity.entries() and not capacity["storage"].exists
    if held.whole and without and not _is_open(capacity):
        message = "the `capacity` has no `storage`"
        yield unions.missing(capacity, message, "write `capacity: {storage: 100Gi}`")


def config_map(held: Held) -> Iterator[Complaint]:
    """Keys are names of files, each once."""
    data, binary = held.place["data"], held.place["binaryData"]
    yield from _keys(data)
    yield from _keys(binary)
    for key, place in binary.entries():
        if data[key].exists:
            yield conflict(place, f"`{key}` is among the `data` already", "drop one of them")
        yield from _encoded(place)


def secret(held: Held) -> Iterator[Complaint]:
    """Keys are names of files; what is in `data` is encoded; some types have what they are for."""
    place = held.place
    data, plain = place["data"], place["stringData"]
    yield from _keys(data)
    yield from _keys(plain)
    for _, value in data.entries():
        yield from _encoded(value)
    kind = place["type"].word()
    filled = _is_open(data, plain) or any(
        names.is_stand_in(key) for part in (data, plain) for key, _ in part.entries()
    )
    for key in _HELD_BY_TYPE.get(kind, ()):
        if held.whole and not filled and not data[key].exists and not plain[key].exists:
            where = data if data.exists else plain if plain.exists else place["type"]
            message = f"a Secret of type `{kind}` has no `{key}`"
            yield unions.missing(where, message, f"write `{key}`, or drop the `type`")


def _keys(place: Cursor) -> Iterator[Complaint]:
    for key, value in place.entries():
        if not forms.is_data_key(key) and not names.is_stand_in(key):
            yield forms.no_data_key(value, key)


def _encoded(place: Cursor) -> Iterator[Complaint]:
    node = place.node
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or place.templated:
        return
    text = _BLANK.sub("", node.value)
    if names.is_stand_in(text) or _BASE64.fullmatch(text):
        return
    from imagelint.documents.secrets.values import is_placeholder

    if not is_placeholder(text):  # those are exchanged before anybody applies it
        # What stands there may be secret: it is not repeated.
        message = f"`{place.key}` is not encoded in Base64"
        help_ = "encode it, or write it as it is below `stringData`"
        yield InvalidValue(place.span, place.path, message, help_)


def limits(held: Held) -> Iterator[Complaint]:
    """No more at least than by default, and no more by default than at most."""
    place = held.place
    kind = place["type"].word()
    if kind == "Pod":
        for key in ("default", "defaultRequest"):
            if unions.is_there(place[key]):
                message = f"a limit of type `Pod` takes no `{key}`"
                yield conflict(place[key], message, "drop it, or write `type: Container`")
                return
    for low, high in _RISING:
        yield from _falling(place[low], place[high])


def _falling(low: Cursor, high: Cursor) -> Iterator[Complaint]:
    for name, most in high.entries():
        first, second = low[name].text(), most.text()
        if isinstance(first, Known) and isinstance(second, Known):
            one, other = parse_quantity(first.value), parse_quantity(second.value)
            if one is not None and other is not None and one > other:
                message = f"`{high.key}` of {name} is below `{low.key}`, which is {first.value}"
                yield conflict(most, message, f"write {first.value} or more")


RULES: Mapping[str, Callable[[Held], Iterator[Complaint]]] = {
    "core.v1.ConfigMap": config_map,
    "core.v1.LimitRangeItem": limits,
    "core.v1.PersistentVolumeClaimSpec": claim,
    "core.v1.PersistentVolumeSpec": volume,
    "core.v1.Secret": secret,
    "core.v1.ServiceSpec": service,
}
