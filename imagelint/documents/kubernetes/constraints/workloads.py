"""What the API server holds workloads to: how they are rolled out, and how jobs end.

kubernetes/kubernetes@v1.37: pkg/apis/apps/validation/validation.go,
pkg/apis/batch/validation/validation.go, pkg/apis/policy/validation/validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.complaints import InvalidValue
from imagelint.documents.kubernetes.constraints import forms, names, unions
from imagelint.documents.kubernetes.constraints.pods import conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.constraints.rules import Held
    from imagelint.documents.yaml.cursor import Cursor

_ALL = 100
_DEADLINE = 600
"""Seconds that a rollout may take where nothing is written."""


def rollout(held: Held) -> Iterator[Complaint]:
    """A rollout can go on: a pod more, or a pod less; of nodes, one of both."""
    surge, missing = held.place["maxSurge"], held.place["maxUnavailable"]
    yield from forms.amount(surge)
    yield from forms.amount(missing, most_percent=_ALL)
    of_nodes = held.type.name == "apps.v1.RollingUpdateDaemonSet"
    # What is not written is 25 % of a Deployment; of a DaemonSet, no pod more and one less.
    default = 0 if of_nodes else None
    if _nothing(surge, default) and _nothing(missing, None):
        message = "`maxSurge` and `maxUnavailable` are both 0: nothing can be rolled out"
        yield conflict(missing, message, "write `maxUnavailable: 1`, or `maxSurge: 1`")
    elif of_nodes and _something(surge) and (_something(missing) or not missing.exists):
        message = "`maxSurge` goes with `maxUnavailable: 0` alone"
        yield conflict(surge, message, "write `maxUnavailable: 0`, or drop `maxSurge`")


def _nothing(place: Cursor, default: int | None) -> bool:
    number = place.integer()
    if isinstance(number, Known):
        return bool(number.value == 0)
    return place.word() == "0%" or (not place.exists and default is not None)


def _something(place: Cursor) -> bool:
    number = place.integer()
    if isinstance(number, Known):
        return bool(number.value > 0)
    return place.word().endswith("%") and place.word().strip("0%").isdecimal()


def workload(held: Held) -> Iterator[Complaint]:
    """A selector asks for something."""
    selector = held.place["selector"]
    empty = unions.is_there(selector) and not (
        selector["matchLabels"].entries() or selector["matchExpressions"].items()
    )
    inside = [inner for _, inner in selector.entries()]
    if empty and held.whole and not any(inner.templated for inner in (selector, *inside)):
        yield unions.missing(selector, "the `selector` asks for no label", "write `matchLabels`")
    lasting = held.place.at("template", "spec", "activeDeadlineSeconds")
    if unions.is_there(lasting):
        message = "pods that are kept running take no `activeDeadlineSeconds`"
        yield conflict(lasting, message, "drop it, or make it a Job")
    if held.type.name == "apps.v1.DeploymentSpec":
        yield from _deadline(held.place)


def _deadline(place: Cursor) -> Iterator[Complaint]:
    written, ready = place["progressDeadlineSeconds"], place["minReadySeconds"].integer()
    deadline = written.integer()
    longest = deadline.value if isinstance(deadline, Known) else _DEADLINE
    if written.exists and not isinstance(deadline, Known):
        return
    if isinstance(ready, Known) and ready.value >= longest:
        where = written if written.exists else place["minReadySeconds"]
        message = "`progressDeadlineSeconds` has to be greater than `minReadySeconds`"
        help_ = f"write `progressDeadlineSeconds: {ready.value + _DEADLINE}`"
        yield conflict(where, message, help_)


def job(held: Held) -> Iterator[Complaint]:
    """An index for every completion, and labels that the server chooses."""
    place = held.place
    indexed = place["completionMode"].word() == "Indexed"
    if held.whole and indexed and not place["completions"].exists:
        message = "`completionMode: Indexed` has no `completions`"
        yield unions.missing(place["completionMode"], message, "write `completions`")
    manual = place["manualSelector"]
    if place["selector"].entries() and held.whole and not manual.exists:
        message = "the `selector` of a Job is chosen by the API server"
        yield conflict(place["selector"], message, "drop it")
    most = place["maxFailedIndexes"]
    if unions.is_there(most) and held.whole and not place["backoffLimitPerIndex"].exists:
        message = "`maxFailedIndexes` goes with `backoffLimitPerIndex` alone"
        yield conflict(most, message, "write `backoffLimitPerIndex`")
    yield from _failures(held)


def _failures(held: Held) -> Iterator[Complaint]:
    place, policy = held.place, held.place["podFailurePolicy"]
    if not unions.is_there(policy):
        return
    restarts = place.at("template", "spec", "restartPolicy")
    if restarts.word() == "OnFailure":
        message = "`podFailurePolicy` goes with `restartPolicy: Never` alone"
        yield conflict(policy, message, "write `restartPolicy: Never`, or drop the policy")
    replaced = place["podReplacementPolicy"]
    if replaced.word() == "TerminatingOrFailed":
        message = "`podFailurePolicy` goes with `podReplacementPolicy: Failed` alone"
        yield conflict(replaced, message, "write `podReplacementPolicy: Failed`")
    spec = place.at("template", "spec")
    known = {
        one["name"].word() for key in ("containers", "initContainers") for one in spec[key].items()
    }
    for rule in policy["rules"].items():
        name = rule.at("onExitCodes", "containerName")
        word = names.word_of(name)
        if word and held.whole and "" not in known and word not in known:
            message = f"the pods of the Job have no container `{word}`"
            yield InvalidValue(name.span, name.path, message, "write the name of a container")


def exit_codes(held: Held) -> Iterator[Complaint]:
    """Codes in order, each once; none of success."""
    values = held.place["values"]
    numbers = [one.integer() for one in values.items()]
    known = [one.value for one in numbers if isinstance(one, Known)]
    if len(known) < len(numbers):
        return
    if known != sorted(set(known)):
        message = "the exit codes are not in order, each once"
        right = ", ".join(str(one) for one in sorted(set(known)))
        yield InvalidValue(values.span, values.path, message, f"write `[{right}]`")
    elif 0 in known and held.place["operator"].word() == "In":
        message = "the exit code 0 is no failure"
        yield InvalidValue(values.span, values.path, message, "drop 0")


def schedule(held: Held) -> Iterator[Complaint]:
    """The zone of a server is nobody's."""
    zone = held.place["timeZone"]
    if zone.word().lower() == "local":
        message = "`Local` is the zone of the controller: no CronJob can have it"
        yield InvalidValue(zone.span, zone.path, message, "write its name, such as `Etc/UTC`")


def budget(held: Held) -> Iterator[Complaint]:
    """As many pods as there can be."""
    for key in ("minAvailable", "maxUnavailable"):
        yield from forms.amount(held.place[key], most_percent=_ALL)


RULES: Mapping[str, Callable[[Held], Iterator[Complaint]]] = {
    "apps.v1.DaemonSetSpec": workload,
    "apps.v1.DeploymentSpec": workload,
    "apps.v1.ReplicaSetSpec": workload,
    "apps.v1.RollingUpdateDaemonSet": rollout,
    "apps.v1.RollingUpdateDeployment": rollout,
    "apps.v1.StatefulSetSpec": workload,
    "batch.v1.CronJobSpec": schedule,
    "batch.v1.JobSpec": job,
    "batch.v1.PodFailurePolicyOnExitCodesRequirement": exit_codes,
    "policy.v1.PodDisruptionBudgetSpec": budget,
}
