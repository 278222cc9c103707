"""What the API server holds pods to, part by part.

kubernetes/kubernetes@v1.37: pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.complaints import ConflictingFields, InvalidValue
from imagelint.documents.kubernetes.constraints import forms, names, unions
from imagelint.documents.kubernetes.constraints.tabled import out_of_range

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.constraints.rules import Held
    from imagelint.documents.yaml.cursor import Cursor

_OF_PODS = (
    *("metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName"),
    *("spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP"),
    "status.podIPs",
)
_OF_FILES = (
    *("metadata.name", "metadata.namespace", "metadata.uid"),
    *("metadata.labels", "metadata.annotations"),
)
_SUBSCRIPT = pattern(r"metadata\.(?:labels|annotations)\['[^']+'\]")
_RESOURCE = pattern(r"(?:limits|requests)\.(?:cpu|memory|ephemeral-storage|hugepages-.+)")
_INIT_HANDLERS = ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle")
_WITHOUT_VALUES = ("Exists", "DoesNotExist")
_WITH_VALUES = ("In", "NotIn")


def conflict(place: Cursor, message: str, help_: str) -> ConflictingFields:
    """A complaint about a field that cannot stand beside another one."""
    return ConflictingFields(place.key_span, place.path, message, help_)


def toleration(held: Held) -> Iterator[Complaint]:
    """A key, or `Exists`; a value with `Equal` alone; seconds with `NoExecute` alone."""
    place = held.place
    operator, seconds = place["operator"].word(), place["tolerationSeconds"]
    if operator == "Exists" and place["value"].word():
        yield conflict(
            place["value"], "`operator: Exists` takes no `value`", "drop it, or write `Equal`"
        )
    if operator in ("", "Equal") and not place["operator"].templated:
        yield from names.toleration_value(place["value"])
    keyed = unions.is_there(place["key"]) and place["key"].word() != ""
    if held.whole and not keyed and not place["key"].templated and operator in ("", "Equal"):
        missing = "a toleration of every taint has no `operator: Exists`"
        if unions.is_there(place["value"]) or unions.is_there(place["effect"]):
            yield unions.missing(place, missing, "write `operator: Exists`, or a `key`")
    effect = place["effect"]
    other = effect.word() if effect.exists else "no effect"
    if unions.is_there(seconds) and other != "NoExecute" and not effect.templated and held.whole:
        message = f"`tolerationSeconds` stands beside `{other}`: it goes with `NoExecute` alone"
        yield conflict(seconds, message, "drop it, or write `effect: NoExecute`")


def spread(held: Held) -> Iterator[Complaint]:
    """`minDomains` goes with `DoNotSchedule` alone."""
    place = held.place
    if unions.is_there(place["minDomains"]) and place["whenUnsatisfiable"].word() == (
        "ScheduleAnyway"
    ):
        message = "`minDomains` goes with `whenUnsatisfiable: DoNotSchedule` alone"
        yield conflict(place["minDomains"], message, "drop it, or write `DoNotSchedule`")


def profile(held: Held) -> Iterator[Complaint]:
    """A profile of the node is named, and no other one."""
    place = held.place
    kind, local = place["type"].word(), place["localhostProfile"]
    if kind == "Localhost" and held.whole and not unions.is_there(local):
        message = f"`{place.key}` of type `Localhost` has no `localhostProfile`"
        yield unions.missing(place, message, "write the `localhostProfile`")
    elif kind in ("RuntimeDefault", "Unconfined") and unions.is_there(local):
        message = f"`localhostProfile` stands beside `type: {kind}`"
        yield conflict(local, message, "drop it, or write `type: Localhost`")


def requirement(held: Held) -> Iterator[Complaint]:
    """`In` has values, `Exists` has none, `Gt` has one number."""
    place = held.place
    operator, values = place["operator"].word(), place["values"]
    count = len(values.items())
    if operator in _WITHOUT_VALUES and count:
        yield conflict(values, f"`operator: {operator}` takes no `values`", "drop them")
    elif operator in _WITH_VALUES and held.whole and not count and not values.templated:
        message = f"`operator: {operator}` has no `values`"
        yield unions.missing(place, message, "write the `values`, or `operator: Exists`")
    elif operator in ("Gt", "Lt") and values.exists and count != 1:
        message = f"`operator: {operator}` takes one number"
        yield conflict(values, message, "write one number, in quotes")


def mount(held: Held) -> Iterator[Complaint]:
    """What is mounted read-only all the way down is read-only."""
    place = held.place
    recursive = place["recursiveReadOnly"]
    if recursive.word() in ("Enabled", "IfPossible") and held.whole:
        read_only = place["readOnly"].boolean()
        if not isinstance(read_only, Known) or not read_only.value:
            message = f"`recursiveReadOnly: {recursive.word()}` goes with `readOnly: true` alone"
            if not place["readOnly"].templated:
                yield conflict(recursive, message, "write `readOnly: true`")


def container(held: Held) -> Iterator[Complaint]:
    """Probes that succeed at once, and a share of mounts that only the privileged have."""
    place = held.place
    for key in ("livenessProbe", "startupProbe"):
        succeeded = place.at(key, "successThreshold")
        number = succeeded.integer()
        if isinstance(number, Known) and number.value > 1:
            message = f"`successThreshold` of a `{key}` has to be 1"
            yield InvalidValue(succeeded.span, succeeded.path, message, "write 1, or drop it")
    grace = place.at("readinessProbe", "terminationGracePeriodSeconds")
    if unions.is_there(grace):
        message = "a `readinessProbe` takes no `terminationGracePeriodSeconds`"
        yield conflict(grace, message, "drop it: no container ends because of this probe")
    privileged = place.at("securityContext", "privileged").boolean()
    for one in place["volumeMounts"].items():
        shared = one["mountPropagation"]
        alone = held.whole and not (isinstance(privileged, Known) and privileged.value)
        if shared.word() == "Bidirectional" and alone and not _is_open(place, "privileged"):
            message = "`Bidirectional` goes with a privileged container alone"
            yield conflict(shared, message, "write `HostToContainer`")


def _is_open(place: Cursor, key: str) -> bool:
    context = place["securityContext"]
    return context.templated or context[key].templated


def security(held: Held) -> Iterator[Complaint]:
    """A privileged container can always gain privileges."""
    escalation = held.place["allowPrivilegeEscalation"]
    denied, privileged = escalation.boolean(), held.place["privileged"].boolean()
    none = isinstance(denied, Known) and not denied.value
    if none and isinstance(privileged, Known) and privileged.value:
        message = "`allowPrivilegeEscalation: false` stands beside `privileged: true`"
        yield conflict(escalation, message, "drop `privileged`")


def pod(held: Held) -> Iterator[Complaint]:
    """What concerns several parts of a pod."""
    place = held.place
    yield from _init_containers(place)
    yield from _debuggers(held)
    yield from _resolver(held)
    yield from _sleeps(place)
    yield from _spread_twice(place)
    yield from _host_ports(place)


def _init_containers(place: Cursor) -> Iterator[Complaint]:
    for one in place["initContainers"].items():
        restarts = one["restartPolicy"]
        if restarts.word() == "Always" or restarts.templated:
            continue
        for key in _INIT_HANDLERS:
            if unions.is_there(one[key]):
                message = f"an init container takes no `{key}`"
                help_ = "drop it, or write `restartPolicy: Always`"
                yield conflict(one[key], message, help_)


def _debuggers(held: Held) -> Iterator[Complaint]:
    debuggers = held.place["ephemeralContainers"]
    if held.whole and debuggers.items():
        message = "`ephemeralContainers` are only added to a pod that runs"
        yield conflict(debuggers, message, "drop them, and use `kubectl debug`")


def _resolver(held: Held) -> Iterator[Complaint]:
    config = held.place["dnsConfig"]
    servers = config["nameservers"]
    for server in servers.items():
        word = names.word_of(server)
        if word and not forms.is_address(word):
            message = f"`{word}` is no IP address"
            yield InvalidValue(server.span, server.path, message, "write an address")
    policy = held.place["dnsPolicy"]
    none = held.whole and not servers.items() and not config.templated and not servers.templated
    if policy.word() == "None" and none:
        message = "`dnsPolicy: None` goes with `nameservers` alone"
        help_ = "write `dnsConfig: {nameservers: […]}`"
        yield unions.missing(policy, message, help_)


def _sleeps(place: Cursor) -> Iterator[Complaint]:
    grace = place["terminationGracePeriodSeconds"].integer()
    longest = grace.value if isinstance(grace, Known) else 30
    if place["terminationGracePeriodSeconds"].exists and not isinstance(grace, Known):
        return
    for one in place["containers"].items():
        seconds = one.at("lifecycle", "preStop", "sleep", "seconds")
        number = seconds.integer()
        if isinstance(number, Known) and not 0 <= number.value <= max(longest, 1):
            wanted = f"0 to {longest}, the grace period of the pod"
            yield out_of_range(seconds, wanted, f"write `{longest}` or less")


def _spread_twice(place: Cursor) -> Iterator[Complaint]:
    seen: set[tuple[str, str]] = set()
    for one in place["topologySpreadConstraints"].items():
        key = one["topologyKey"].word(), one["whenUnsatisfiable"].word()
        if all(key) and key in seen:
            message = f"two constraints spread over `{key[0]}` with `{key[1]}`"
            yield conflict(one["topologyKey"], message, "drop one of them")
        seen.add(key)


def _host_ports(place: Cursor) -> Iterator[Complaint]:
    seen: set[tuple[int, str, str]] = set()
    for one in place["containers"].items():
        for port in one["ports"].items():
            number = port["hostPort"].integer()
            if not isinstance(number, Known) or number.value == 0:
                continue
            key = number.value, port["protocol"].word() or "TCP", port["hostIP"].word()
            if key in seen:
                message = f"the port {number.value} of the node is taken already"
                yield conflict(port["hostPort"], message, "write another one, or drop it")
            seen.add(key)


def field_of_variable(held: Held) -> Iterator[Complaint]:
    """What of its pod a variable can hold."""
    path = held.place.at("fieldRef", "fieldPath")
    yield from _known_field(path, "a variable", _OF_PODS)
    yield from _known_resource(held.place["resourceFieldRef"])


def field_of_file(held: Held) -> Iterator[Complaint]:
    """What of its pod a file can hold."""
    path = held.place.at("fieldRef", "fieldPath")
    yield from _known_field(path, "a file", _OF_FILES)
    yield from _known_resource(held.place["resourceFieldRef"])


def _known_field(path: Cursor, what: str, fields: tuple[str, ...]) -> Iterator[Complaint]:
    word = names.word_of(path) or path.word()
    if not word or path.templated or word in fields or _SUBSCRIPT.fullmatch(word):
        return
    if "<" in word or "$" in word:
        return
    message = f"`{word}` is nothing of a pod that {what} can hold"
    yield InvalidValue(path.span, path.path, message, f"write one of {', '.join(fields)}")


def _known_resource(source: Cursor) -> Iterator[Complaint]:
    place = source["resource"]
    word = names.word_of(place)
    if word and not _RESOURCE.fullmatch(word):
        message = f"`{word}` is no resource that can be told"
        help_ = "write `limits.memory`, or another limit or request of its own"
        yield InvalidValue(place.span, place.path, message, help_)


RULES: Mapping[str, Callable[[Held], Iterator[Complaint]]] = {
    "core.v1.AppArmorProfile": profile,
    "core.v1.Container": container,
    "core.v1.DownwardAPIVolumeFile": field_of_file,
    "core.v1.EnvVarSource": field_of_variable,
    "core.v1.NodeSelectorRequirement": requirement,
    "core.v1.PodSpec": pod,
    "core.v1.SeccompProfile": profile,
    "core.v1.SecurityContext": security,
    "core.v1.Toleration": toleration,
    "core.v1.TopologySpreadConstraint": spread,
    "core.v1.VolumeMount": mount,
    "meta.v1.LabelSelectorRequirement": requirement,
}
