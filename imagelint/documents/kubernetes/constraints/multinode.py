"""What KServe's webhooks want of services and runtimes on several nodes (`workerSpec`).

Sources: kserve/kserve:pkg/apis/serving/v1beta1/inference_service_validation.go
(validateMultiNodeVariables), pkg/webhook/admission/servingruntime/servingruntime_webhook.go
(validateMultiNodeSpec)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.complaints import MultiNodeRefused
from imagelint.documents.kubernetes.constraints import unions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.constraints.rules import Held
    from imagelint.documents.yaml.cursor import Cursor

_MAIN = "kserve-container"
_SIZES = {
    "tensorParallelSize": "TENSOR_PARALLEL_SIZE",
    "pipelineParallelSize": "PIPELINE_PARALLEL_SIZE",
}
_SCALER = "serving.kserve.io/autoscalerClass"
# 0.14 wanted `external`, later releases `none`.
_UNSCALED = frozenset(("none", "external"))
_STORED = ("pvc://", "oci://")


def service(held: Held) -> Iterator[MultiNodeRefused]:
    """What the webhook wants of an InferenceService with workers."""
    predictor = held.place.at("spec", "predictor")
    workers, model = predictor["workerSpec"], predictor["model"]
    if not unions.is_there(workers):
        return
    yield from _of_workers(workers)
    if held.whole and model.entries():
        yield from _of_variables(model)
        yield from _of_model(model)
        yield from _of_scaler(held.place)


def runtime(held: Held) -> Iterator[MultiNodeRefused]:
    """What the webhook wants of a ServingRuntime with workers."""
    spec = held.place["spec"]
    if not unions.is_there(spec["workerSpec"]):
        return
    yield from _of_workers(spec["workerSpec"])
    for container in spec["containers"].items():
        if container["name"].word() == _MAIN:
            yield from _of_variables(container)


def _of_workers(workers: Cursor) -> Iterator[MultiNodeRefused]:
    for extra in workers["containers"].items()[1:]:
        yield _refused(extra, "a `workerSpec` takes one container", "keep the first one alone")
    for key in _SIZES:
        number = workers[key].integer()
        if isinstance(number, Known) and number.value < 1:
            message = f"`{key}` is {number.value}, less than 1"
            yield _refused(workers[key], message, "write 1 or more")


def _of_variables(container: Cursor) -> Iterator[MultiNodeRefused]:
    for variable in container["env"].items():
        key = next((one for one in _SIZES if _SIZES[one] == variable["name"].word()), "")
        if key:
            message = f"KServe sets `{_SIZES[key]}` itself, and refuses it as a variable"
            yield _refused(variable, message, f"write `{key}` beside the workers in its place")


def _of_model(model: Cursor) -> Iterator[MultiNodeRefused]:
    stored = model["storageUri"]
    fact = stored.text()
    if fact is ABSENT or (isinstance(fact, Known) and not fact.value.startswith(_STORED)):
        yield _refused(
            stored,
            "a service on several nodes takes its model from `pvc://` or `oci://` alone",
            "put the model on a claim that all nodes can read, and name it in `storageUri`",
        )


def _of_scaler(place: Cursor) -> Iterator[MultiNodeRefused]:
    scaler = place.at("metadata", "annotations", _SCALER)
    said = scaler.text()
    if said is UNKNOWN or (isinstance(said, Known) and said.value in _UNSCALED):
        return
    at = place.at("metadata", "name") if said is ABSENT else scaler
    message = "a service on several nodes is not scaled, and has to say so"
    yield _refused(at, message, f"set the annotation `{_SCALER}: none`")


def _refused(place: Cursor, message: str, help_: str) -> MultiNodeRefused:
    return MultiNodeRefused(place.span, place.path, message, help_)
