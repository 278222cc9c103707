"""No single edit of a workload makes it pass unread.

The oracle walks the values that another reader of YAML yields, and shares nothing with ours.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import Mistake
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTAINER = {
    "name": "server",
    "image": "vllm/vllm-openai:v0.11.0",
    "args": ["--model", "/models/a"],
    "env": [{"name": "HF_HOME", "value": "/models"}],
    "ports": [{"containerPort": 8000}],
    "resources": {"limits": {"nvidia.com/gpu": 1}},
    "volumeMounts": [{"name": "models", "mountPath": "/models"}],
}
POD = {
    "containers": [CONTAINER],
    "volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": "models"}}],
}
TEMPLATE = {"metadata": {"labels": {"app": "llm"}}, "spec": POD}
OWNING = {"selector": {"matchLabels": {"app": "llm"}}, "template": TEMPLATE}


def workload(api: str, kind: str, **fields: object) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "llm"}, **fields}


WORKLOADS = (
    workload("v1", "Pod", spec=POD),
    workload("v1", "PodTemplate", template=TEMPLATE),
    workload("v1", "ReplicationController", spec=OWNING),
    *(
        workload("apps/v1", kind, spec=OWNING)
        for kind in ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
    ),
    workload("batch/v1", "Job", spec={"template": TEMPLATE}),
    workload(
        "batch/v1",
        "CronJob",
        spec={"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": TEMPLATE}}},
    ),
    workload("argoproj.io/v1alpha1", "Rollout", spec=OWNING),
    workload("serving.example.com/v1", "Pool", spec={"engine": {"runner": CONTAINER}}),
)
SLIM = {"name": "server", "image": "vllm/vllm-openai:v0.11.0", "args": ["--model", "/models/a"]}
SLIM_POD = {"containers": [SLIM]}
SLIM_TEMPLATE = {"spec": SLIM_POD}
SLIM_RAY = {"headGroupSpec": {"rayStartParams": {}, "template": SLIM_TEMPLATE}}
SLIM_GROUP = {"groupName": "gpu", "rayStartParams": {}, "template": SLIM_TEMPLATE}
GROUP = {"groupName": "gpu", "rayStartParams": {}, "template": TEMPLATE}
RAY = {"headGroupSpec": {"rayStartParams": {}, "template": TEMPLATE}, "workerGroupSpecs": [GROUP]}
JOB = {"spec": {"backoffLimit": 0, "template": TEMPLATE}}
OPERATED: tuple[dict[str, Any], ...] = (
    workload(
        "ray.io/v1",
        "RayService",
        spec={"rayClusterConfig": {**SLIM_RAY, "workerGroupSpecs": [SLIM_GROUP]}},
    ),
    workload("ray.io/v1", "RayCluster", spec=RAY),
    workload(
        "leaderworkerset.x-k8s.io/v1",
        "LeaderWorkerSet",
        spec={
            "leaderWorkerTemplate": {"leaderTemplate": SLIM_TEMPLATE, "workerTemplate": TEMPLATE}
        },
    ),
    workload(
        "jobset.x-k8s.io/v1alpha2",
        "JobSet",
        spec={"replicatedJobs": [{"name": "w", "replicas": 2, "template": JOB}]},
    ),
    workload(
        "serving.kserve.io/v1beta1",
        "InferenceService",
        spec={"predictor": {"minReplicas": 1, "containers": [CONTAINER]}},
    ),
    workload(
        "serving.kserve.io/v1alpha1",
        "ServingRuntime",
        spec={"supportedModelFormats": [{"name": "vLLM"}], "containers": [CONTAINER]},
    ),
    workload(
        "serving.knative.dev/v1",
        "Service",
        spec={"template": {"spec": {"containers": [CONTAINER]}}},
    ),
)
NAMELESS = {"modelFormat": {"name": "vLLM"}, "image": SLIM["image"], "args": SLIM["args"]}
WORKER = {"componentType": "worker", "extraPodSpec": {"mainContainer": SLIM}}
ROLE = {"name": "decode", "template": SLIM_TEMPLATE}
OPERATED += (
    workload("nvidia.com/v1alpha1", "DynamoGraphDeployment", spec={"services": {"W": WORKER}}),
    workload(
        "nvidia.com/v1beta1",
        "DynamoGraphDeployment",
        spec={"components": [{"name": "worker", "podTemplate": SLIM_TEMPLATE}]},
    ),
    workload(
        "serving.kserve.io/v1beta1", "InferenceService", spec={"predictor": {"model": NAMELESS}}
    ),
    workload(
        "serving.kserve.io/v1alpha1",
        "ClusterServingRuntime",
        spec={"supportedModelFormats": [{"name": "vLLM"}], "containers": [SLIM]},
    ),
    workload(
        "orchestration.aibrix.ai/v1alpha1",
        "StormService",
        spec={"template": {"spec": {"roles": [ROLE]}}},
    ),
    workload("kaito.sh/v1beta1", "Workspace", inference={"template": SLIM_TEMPLATE}),
    workload(
        "machinelearning.seldon.io/v1",
        "SeldonDeployment",
        spec={"predictors": [{"name": "a", "componentSpecs": [SLIM_TEMPLATE]}]},
    ),
    workload(
        "workload.serving.volcano.sh/v1alpha1",
        "ModelServing",
        spec={"template": {"roles": [{"name": "a", "entryTemplate": SLIM_TEMPLATE}]}},
    ),
    workload(
        "keda.sh/v1alpha1",
        "ScaledJob",
        spec={"jobTargetRef": {"template": SLIM_TEMPLATE}, "triggers": [{"type": "cron"}]},
    ),
)
REPLICAS = {"replicas": 2, "template": SLIM_TEMPLATE}
STEP = {"image": SLIM["image"], "args": SLIM["args"], "env": CONTAINER["env"]}
STEPS = {"steps": [STEP]}
TRAINER = {"runtimeRef": {"name": "torch"}, "trainer": STEP}
# Whose operators, or others, may write what a mapping lacks.
COMPLETED = (
    workload("serving.kserve.io/v1alpha1", "LLMInferenceService", spec={"template": SLIM_POD}),
    workload("ray.io/v1", "RayJob", spec={"entrypoint": "a", "rayClusterSpec": SLIM_RAY}),
    workload(
        "orchestration.aibrix.ai/v1alpha1",
        "RayClusterFleet",
        spec={"selector": {"matchLabels": {"app": "llm"}}, "template": {"spec": SLIM_RAY}},
    ),
    workload(
        "batch.volcano.sh/v1alpha1",
        "Job",
        spec={"tasks": [{"name": "a", "template": SLIM_TEMPLATE}]},
    ),
    *(
        workload("kubeflow.org/v1", kind, spec={f"{field}ReplicaSpecs": {"Worker": REPLICAS}})
        for kind, field in (("PyTorchJob", "pytorch"), ("TFJob", "tf"), ("MPIJob", "mpi"))
    ),
    workload("trainer.kubeflow.org/v1alpha1", "TrainJob", spec=TRAINER),
    workload(
        "argoproj.io/v1alpha1", "Workflow", spec={"templates": [{"name": "a", "container": STEP}]}
    ),
    workload(
        "argoproj.io/v1alpha1",
        "CronWorkflow",
        spec={"schedule": "0 3 * * *", "workflowSpec": {"templates": [{"script": STEP}]}},
    ),
    workload("tekton.dev/v1", "Task", spec=STEPS),
    workload(
        "tekton.dev/v1", "PipelineRun", spec={"pipelineSpec": {"tasks": [{"taskSpec": STEPS}]}}
    ),
    workload("apps.openshift.io/v1", "DeploymentConfig", spec={"template": SLIM_TEMPLATE}),
)
SCALED = {"scaleTargetRef": {"name": "llm"}, "maxReplicaCount": 4}
PROMETHEUS = {"serverAddress": "http://prometheus:9090", "query": "up", "threshold": "5"}
METRIC = {"metric": {"name": "waiting"}, "target": {"type": "AverageValue", "averageValue": "5"}}
TARGET = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "llm"}
RULE = {"alert": "Down", "expr": "up == 0", "for": "5m", "labels": {"severity": "page"}}
# What each is shown as to the rules.
OTHERS = (
    (
        workload(
            "keda.sh/v1alpha1",
            "ScaledObject",
            spec={**SCALED, "triggers": [{"type": "prometheus", "metadata": PROMETHEUS}]},
        ),
        ("ScaledObject", "Autoscaler", "PrometheusTrigger", "Query"),
    ),
    (
        workload(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            spec={
                "scaleTargetRef": TARGET,
                "maxReplicas": 4,
                "metrics": [{"type": "Pods", "pods": METRIC}],
            },
        ),
        ("HorizontalPodAutoscaler", "Autoscaler"),
    ),
    (
        workload(
            "monitoring.coreos.com/v1",
            "ServiceMonitor",
            spec={"selector": {"matchLabels": {"app": "llm"}}, "endpoints": [{"port": "http"}]},
        ),
        ("Monitor",),
    ),
    (
        workload(
            "monitoring.coreos.com/v1",
            "PrometheusRule",
            spec={"groups": [{"name": "g", "rules": [RULE]}]},
        ),
        ("Query",),
    ),
    (
        workload(
            "gateway.networking.k8s.io/v1",
            "HTTPRoute",
            spec={"rules": [{"backendRefs": [{"name": "llm", "port": 80}]}]},
        ),
        ("HTTPRoute", "Route"),
    ),
    (
        workload(
            "apps.nvidia.com/v1alpha1",
            "NIMService",
            spec={"image": {"repository": "nvcr.io/nim/a", "tag": "1.8.4"}, "replicas": 1},
        ),
        ("Container",),
    ),
)
VALUES: tuple[object, ...] = (None, "word", 7, True, [], {}, ["word"], {"key": "word"}, [7], [None])
Path = tuple[Any, ...]


def places(node: object, path: Path = ()) -> Iterator[Path]:
    """The path of everything that stands in a value."""
    listed = node if isinstance(node, list) else ()
    inner = node.items() if isinstance(node, dict) else enumerate(listed)
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


def at(root: Any, path: Path) -> Any:
    for key in path:
        root = root[key]
    return root


def renamed(root: Any, path: Path) -> Iterator[Any]:
    """A key spelt otherwise, one at a time."""
    if isinstance(path[-1], str):
        for name in (path[-1] + "x", path[-1][:-1], path[-1].swapcase(), "other"):
            edited = copy.deepcopy(root)
            holder = at(edited, path[:-1])
            holder[name] = holder.pop(path[-1])
            yield edited


def moved(root: Any, path: Path) -> Iterator[Any]:
    """A key and its value one level higher or, behind a sibling, one level deeper."""
    if not isinstance(path[-1], str) or len(path) < 2:
        return
    for depth in range(len(path) - 1):
        edited = copy.deepcopy(root)
        target = at(edited, path[:depth])
        if isinstance(target, dict) and path[-1] not in target:
            target[path[-1]] = at(edited, path[:-1]).pop(path[-1])
            yield edited
    for sibling in at(root, path[:-1]):
        edited = copy.deepcopy(root)
        holder = at(edited, path[:-1])
        if sibling != path[-1] and isinstance(holder[sibling], dict):
            holder[sibling][path[-1]] = holder.pop(path[-1])
            yield edited


def retyped(root: Any, path: Path) -> Iterator[Any]:
    """A value of another type in its place."""
    for value in (*VALUES, [at(root, path)], {"key": at(root, path)}):
        edited = copy.deepcopy(root)
        at(edited, path[:-1])[path[-1]] = copy.deepcopy(value)
        yield edited


def mutants(root: Any) -> Iterator[Any]:
    for path in places(root):
        for edit in (renamed, moved, retyped):
            yield from edit(root, path)


def indented(text: str) -> Iterator[str]:
    """One line, or all from it on, deeper or less deep."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        for by in (-4, -2, 2, 4):
            if by > 0 or line.startswith(" " * -by):
                shifted = " " * by + line if by > 0 else line[-by:]
                yield "\n".join([*lines[:number], shifted, *lines[number + 1 :]]) + "\n"


def containers(node: object) -> int:
    """How many mappings hold an image and something to run it with, wherever they stand."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    here = isinstance(node, dict) and isinstance(node.get("image"), str) and node["image"] != ""
    run = {"args", "command", "env", "ports", "resources", "volumeMounts", "securityContext"}
    return int(here and not run.isdisjoint(node)) + sum(map(containers, inner))  # type: ignore[arg-type] # a dict


def passes_unread(text: str, value: object) -> bool:
    """Whether nothing is said of a text and not every container of it is shown."""
    found = recognise(Source("server.yaml", text))
    if isinstance(found, Report):
        return not found.problems
    assert isinstance(found, Manifest)
    if found.complaints or any(isinstance(node, Mistake) for node in found.nodes()):
        return False
    shown = sum(len(pod.containers) for pod in found.pods)
    return shown < containers(value)


def silent(text: str) -> Manifest | None:
    """A manifest of which nothing is said; None where something is."""
    found = recognise(Source("server.yaml", text))
    if isinstance(found, Report):
        assert found.problems, text
        return None
    assert isinstance(found, Manifest)
    told = found.complaints or found.unread()
    return None if told or any(isinstance(node, Mistake) for node in found.nodes()) else found


def lost(text: str, names: tuple[str, ...], count: int) -> list[str]:
    """Which nodes are shown less often than so, where nothing is said."""
    found = silent(text)
    if found is None:
        return []
    shown = [type(node).__name__ for node in found.nodes()]
    return [name for name in names if shown.count(name) < count]


def is_told(edited: Any, path: Path) -> bool:
    """Whether somebody has written that there is nothing, or what only others can know.

    A list that is empty, the kind or version of somebody else.
    """
    try:
        value = at(edited, path)
    except (KeyError, IndexError, TypeError):
        return False
    return value in (None, [], {}, "word", 7)


def is_left_to_others(edited: Any, path: Path) -> bool:
    """Whether a mapping is left in which nothing is, or a container whose image others may name."""
    try:
        return bool(at(edited, path) in ({"key": "word"}, [None], [{"key": "word"}]))
    except (KeyError, IndexError, TypeError):
        return bool(path[-1] == "image")


def hiding(workload: dict[str, Any]) -> list[tuple[Path, Any]]:
    """The edits of a workload after which nothing is said and a container is not shown."""
    plain = json.loads(json.dumps(workload))
    count = containers(plain)
    assert lost(json.dumps(plain), ("Container",), count) == []
    return [
        (path, one)
        for path in places(plain)
        for edit in (renamed, moved, retyped)
        for one in edit(plain, path)
        if not is_told(one, path) and lost(json.dumps(one), ("Container",), count)
    ]


def api_and_kind(workload: dict[str, Any]) -> str:
    return f"{workload['apiVersion']} {workload['kind']}"


@pytest.mark.parametrize("workload", OPERATED, ids=api_and_kind)
def test_no_edit_of_an_operators_workload_hides_a_container(workload: dict[str, Any]) -> None:
    assert hiding(workload) == []


@pytest.mark.parametrize("workload", COMPLETED, ids=api_and_kind)
def test_what_hides_a_container_of_what_others_complete_leaves_none(
    workload: dict[str, Any],
) -> None:
    assert [one for path, one in hiding(workload) if not is_left_to_others(one, path)] == []


@pytest.mark.parametrize(("resource", "names"), OTHERS, ids=lambda one: str(one)[:60])
def test_no_edit_of_what_is_no_workload_hides_its_nodes(
    resource: dict[str, Any], names: tuple[str, ...]
) -> None:
    assert lost(json.dumps(resource), names, 1) == []
    unread = [
        f"{path}: {json.dumps(one)}"
        for path in places(resource)
        for edit in (renamed, moved, retyped)
        for one in edit(resource, path)
        if not is_told(one, path) and lost(json.dumps(one), names, 1)
    ]
    assert unread == []


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda one: str(one["kind"]))
def test_a_single_edit_is_a_complaint_or_leaves_all_containers_shown(
    workload: dict[str, Any],
) -> None:
    assert not passes_unread(json.dumps(workload), workload)
    unread = [json.dumps(one) for one in mutants(workload) if passes_unread(json.dumps(one), one)]
    assert unread == []


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda one: str(one["kind"]))
def test_no_line_out_of_its_column_hides_a_container(workload: dict[str, Any]) -> None:
    unread = []
    for text in indented(yaml.safe_dump(workload, sort_keys=False)):
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError:
            value = {"image": "i", "args": []}  # whatever it holds, it must not pass
        if passes_unread(text, value):
            unread.append(text)
    assert unread == []


def test_there_are_enough_edits_of_every_kind() -> None:
    counts = [sum(1 for _ in mutants(one)) for one in WORKLOADS]
    assert min(counts) > 400
    assert sum(counts) > 5_000


@pytest.mark.parametrize(
    ("lists", "part"),
    [
        ({"containers": [SLIM], "initContainers": "none"}, "is no list of containers"),
        ({"containers": True, "initContainers": [SLIM]}, "is no list of containers"),
        ({"containers": ["server"], "initContainers": [SLIM]}, "is no mapping"),
        ({"containers": [SLIM], "initContainers": [[SLIM]]}, "is no mapping"),
    ],
)
def test_lists_of_an_operators_pods_are_lists(lists: dict[str, Any], part: str) -> None:
    text = json.dumps(workload("example.com/v1", "Pool", spec={"engine": {"pod": lists}}))
    found = recognise(Source("server.yaml", text))
    assert isinstance(found, Manifest)
    assert [part in one.message for one in found.complaints] == [True]


@pytest.mark.parametrize("held", [{"ports": [{"x": SLIM}]}, {"x": SLIM}, {"x": {"y": [SLIM]}}])
@pytest.mark.parametrize("key", ["containers", "initContainers"])
def test_a_container_within_another_is_shown(key: str, held: dict[str, Any]) -> None:
    pod = {**SLIM_POD, key: [{**SLIM, **held}]}
    text = json.dumps(workload("example.com/v1", "Pool", spec={"engine": {"pod": pod}}))
    assert lost(text, ("Container",), 2 + (key == "initContainers")) == []
