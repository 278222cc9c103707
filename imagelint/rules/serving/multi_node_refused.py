"""The rule `multi-node-refused`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.documents.runtime.field import Place
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.yaml.cursor import Cursor

_GROUP = "serving.kserve.io"
_RUNTIMES = frozenset(("ServingRuntime", "ClusterServingRuntime"))
_MAIN = "kserve-container"
_SIZES = {
    "tensorParallelSize": "TENSOR_PARALLEL_SIZE",
    "pipelineParallelSize": "PIPELINE_PARALLEL_SIZE",
}
_SCALER = "serving.kserve.io/autoscalerClass"
# 0.14 wanted `external`, later releases `none`.
_UNSCALED = frozenset(("none", "external"))
_STORED = ("pvc://", "oci://")


class _Refusal(NamedTuple):
    place: Place
    message: str
    help: str


@rule(KubernetesObject, Severity.HIGH)
def multi_node_refused(obj: KubernetesObject, ctx: Context) -> Findings:
    """KServe refuses a service, or a runtime, that is to run on several nodes.

    With a `workerSpec` its webhook wants the model on a volume or in an image that every node
    mounts, no autoscaler, one container of workers, and sizes that stand in `workerSpec` alone:
    KServe sets `TENSOR_PARALLEL_SIZE` and `PIPELINE_PARALLEL_SIZE` itself.

    Source: kserve/kserve:pkg/apis/serving/v1beta1/inference_service_validation.go
    (validateMultiNodeVariables), pkg/webhook/admission/servingruntime/servingruntime_webhook.go
    (validateMultiNodeSpec)

    Except:
        Values that a template or a patch fills in, and services without `model`.

    Bad (service.yaml):
        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: llm
          annotations: {serving.kserve.io/autoscalerClass: none}
        spec:
          predictor:
            model:
              modelFormat: {name: huggingface}
              storageUri: hf://Qwen/Qwen3-32B
            workerSpec: {pipelineParallelSize: 2}

    Good (service.yaml):
        apiVersion: serving.kserve.io/v1beta1
        kind: InferenceService
        metadata:
          name: llm
          annotations: {serving.kserve.io/autoscalerClass: none}
        spec:
          predictor:
            model:
              modelFormat: {name: huggingface}
              storageUri: pvc://models/qwen3-32b
            workerSpec: {pipelineParallelSize: 2}
    """
    if obj.group != _GROUP or obj.incomplete:
        return
    for one in _refusals(obj):
        yield ctx.finding(one.place, one.message, help=one.help, subject=obj.name)


def _refusals(obj: KubernetesObject) -> Iterator[_Refusal]:
    spec = obj.body["spec"]
    if obj.kind == "InferenceService":
        workers, model = spec.at("predictor", "workerSpec"), spec.at("predictor", "model")
        if _is_set(workers):
            yield from _of_workers(workers)
            yield from _of_variables(model) if model.entries() else ()
            yield from _of_service(obj, model) if model.entries() else ()
    elif obj.kind in _RUNTIMES and _is_set(spec["workerSpec"]):
        yield from _of_workers(spec["workerSpec"])
        for container in spec["containers"].items():
            if container["name"].word() == _MAIN:
                yield from _of_variables(container)


def _is_set(place: Cursor) -> bool:
    """Whether something is written there: `{}` asks for several nodes as well."""
    return place.exists and not place.null


def _of_workers(workers: Cursor) -> Iterator[_Refusal]:
    for extra in workers["containers"].items()[1:]:
        yield _Refusal(_at(extra), "a `workerSpec` takes one container", "keep the first one alone")
    for key in _SIZES:
        number = workers[key].integer()
        if isinstance(number, Known) and number.value < 1:
            yield _Refusal(
                _at(workers[key]), f"`{key}` is {number.value}, less than 1", "write 1 or more"
            )


def _of_variables(container: Cursor) -> Iterator[_Refusal]:
    for variable in container["env"].items():
        key = next((one for one in _SIZES if _SIZES[one] == variable["name"].word()), "")
        if key:
            message = f"KServe sets `{_SIZES[key]}` itself, and refuses it as a variable"
            yield _Refusal(_at(variable), message, f"write `{key}` beside the workers in its place")


def _of_service(obj: KubernetesObject, model: Cursor) -> Iterator[_Refusal]:
    stored = model["storageUri"]
    fact = stored.text()
    if fact is ABSENT or (isinstance(fact, Known) and not fact.value.startswith(_STORED)):
        yield _Refusal(
            _at(stored),
            "a service on several nodes takes its model from `pvc://` or `oci://` alone",
            "put the model on a claim that all nodes can read, and name it in `storageUri`",
        )
    scaler = obj.annotation(_SCALER)
    said = scaler.text()
    if said is ABSENT or (isinstance(said, Known) and value_or(said, "") not in _UNSCALED):
        yield _Refusal(
            _at(scaler) if said is not ABSENT else Place(obj.span, obj.path),
            "a service on several nodes is not scaled, and has to say so",
            f"set the annotation `{_SCALER}: none`",
        )


def _at(place: Cursor) -> Place:
    return Place(place.span, place.path)
