"""Every kind of object that holds pods, and those that only look so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known, Missing
from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.kubernetes.pods.launching import launch

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Pod

CONTAINERS = "containers: [{name: c, image: i}]"


def pods(text: str) -> tuple[Pod, ...]:
    return parse_manifest(Source("m.yaml", text)).pods


def replicas(pod: Pod) -> int | Missing:
    return pod.replicas.value if isinstance(pod.replicas, Known) else pod.replicas


def holder(api: str, kind: str, path: str, **extras: object) -> str:
    """An object with a pod's spec at a path; extras are set at the paths that they name."""
    root: dict[str, object] = {"apiVersion": api, "kind": kind}
    container = {"name": "c", "image": "i"}
    for place, value in {f"{path}.containers": [container], **extras}.items():
        *keys, last = place.split(".")
        inner = root
        for key in keys:
            found = inner.setdefault(key, {})
            assert isinstance(found, dict)
            inner = found
        inner[last] = value
    return json.dumps(root)


KSERVE = "serving.kserve.io/v1beta1"


@pytest.mark.parametrize(
    ("api", "kind", "path", "extras", "number"),
    [
        ("v1", "Pod", "spec", {}, ABSENT),
        ("v1", "PodTemplate", "template.spec", {}, ABSENT),
        ("apps/v1", "Deployment", "spec.template.spec", {"spec.replicas": 2}, 2),
        ("apps/v1", "Deployment", "spec.template.spec", {"spec.replicas": "{{ x }}"}, UNKNOWN),
        ("apps/v1", "StatefulSet", "spec.template.spec", {}, ABSENT),
        ("apps/v1", "DaemonSet", "spec.template.spec", {}, UNKNOWN),
        ("apps/v1", "ReplicaSet", "spec.template.spec", {"spec.replicas": 1}, 1),
        ("v1", "ReplicationController", "spec.template.spec", {}, ABSENT),
        ("batch/v1", "Job", "spec.template.spec", {"spec.parallelism": 4}, 4),
        ("batch/v1", "CronJob", "spec.jobTemplate.spec.template.spec", {}, ABSENT),
        ("argoproj.io/v1alpha1", "Rollout", "spec.template.spec", {"spec.replicas": 3}, 3),
        ("serving.knative.dev/v1", "Service", "spec.template.spec", {}, ABSENT),
        (KSERVE, "ServingRuntime", "spec", {}, ABSENT),
        (KSERVE, "LLMInferenceService", "spec.template", {"spec.model.name": "m"}, ABSENT),
        (KSERVE, "InferenceService", "spec.predictor", {"spec.predictor.minReplicas": 2}, 2),
        (KSERVE, "InferenceService", "spec.predictor.podSpec", {}, ABSENT),
    ],
)
def test_pods_of_each_kind(
    api: str, kind: str, path: str, extras: dict[str, object], number: object
) -> None:
    (pod,) = pods(holder(api, kind, path, **extras))
    assert pod.path == path
    assert replicas(pod) == number
    (container,) = pod.containers
    assert container.name == "c"
    assert container.path == f"{path}.containers[0]"
    assert container.runtime.owner == pod.owner.kind == kind


@pytest.mark.parametrize(
    ("api", "kind", "path", "restarts"),
    [
        ("ray.io/v1", "RayJob", "spec.rayClusterSpec.headGroupSpec.template.spec", False),
        ("ray.io/v1", "RayCluster", "spec.headGroupSpec.template.spec", True),
        ("kubeflow.org/v1", "PyTorchJob", "spec.pytorchReplicaSpecs.Master.template.spec", False),
        ("jobset.x-k8s.io/v1alpha2", "JobSet", "spec.job.template.spec.template.spec", False),
    ],
)
def test_jobs_of_operators_run_to_an_end(api: str, kind: str, path: str, *, restarts: bool) -> None:
    (pod,) = pods(holder(api, kind, path))
    assert pod.restarts is restarts


@pytest.mark.parametrize(
    ("kind", "policy", "restarts"),
    [
        ("Pod", None, True),
        ("Pod", "Always", True),
        ("Pod", "Never", False),
        ("Pod", "OnFailure", False),
        ("Job", "Never", False),
        ("CronJob", "OnFailure", False),
    ],
)
def test_pods_that_run_to_an_end(kind: str, policy: str | None, *, restarts: bool) -> None:
    path = {"Pod": "spec", "Job": "spec.template.spec"}.get(
        kind, "spec.jobTemplate.spec.template.spec"
    )
    api = "v1" if kind == "Pod" else "batch/v1"
    (pod,) = pods(holder(api, kind, path, **{f"{path}.restartPolicy": policy}))
    assert pod.restarts is pod.containers[0].runtime.restarts is restarts


def added(pod: Pod) -> str:
    """What is unknown of the last container where it is not written, in short."""
    runtime = pod.containers[-1].runtime
    facts = {
        "shm": runtime.shm,
        "gpus": runtime.gpus,
        "mounts": runtime.mounts,
        "liveness": runtime.probes.liveness,
        "startup": runtime.probes.startup,
        "escalation": runtime.privileges.escalation.value,
        "capabilities": runtime.privileges.dropped.value,
        "seccomp": runtime.privileges.seccomp.value,
        "limits": runtime.resources.limits,
    }
    return " ".join(name for name, fact in facts.items() if fact is UNKNOWN)


_HARDENED = "escalation capabilities seccomp"


@pytest.mark.parametrize(
    ("api", "kind", "path", "extras", "unknown"),
    [
        ("apps/v1", "Deployment", "spec.template.spec", {}, ""),
        ("argoproj.io/v1alpha1", "Rollout", "spec.template.spec", {}, ""),
        ("serving.knative.dev/v1", "Service", "spec.template.spec", {}, ""),
        ("ray.io/v1", "RayCluster", "spec.headGroupSpec.template.spec", {}, "shm liveness"),
        (KSERVE, "ClusterServingRuntime", "spec", {}, "gpus mounts limits"),
        (KSERVE, "LLMInferenceService", "spec.template", {}, ""),
        (KSERVE, "InferenceService", "spec.predictor", {}, ""),
        (
            KSERVE,
            "InferenceService",
            "spec.predictor",
            {"spec.predictor.model.args": []},
            f"shm gpus mounts liveness startup {_HARDENED} limits",
        ),
        ("nobody.example.com/v1", "Server", "spec", {}, "shm gpus mounts liveness startup"),
    ],
)
def test_what_an_operator_may_add_is_unknown(
    api: str, kind: str, path: str, extras: dict[str, object], unknown: str
) -> None:
    (pod,) = pods(holder(api, kind, path, **extras))
    if api.startswith("nobody"):
        unknown += f" {_HARDENED} limits"
    assert added(pod) == unknown


def test_a_template_reaches_the_container_of_its_name_only() -> None:
    (pod,) = pods(
        f"{{apiVersion: {KSERVE}, kind: LLMInferenceService, spec: {{template: {{containers:"
        " [{name: proxy, image: b}, {name: main, image: a}]}}}"
    )
    assert added(pod) == f"shm mounts liveness startup {_HARDENED}"
    assert added(pod._replace(containers=pod.containers[:1])) == ""


def test_a_predictor_of_kserve_becomes_a_container() -> None:
    text = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: llm}
spec:
  predictor:
    minReplicas: 1
    model:
      modelFormat: {name: huggingface}
      args: [--model_name=x]
      resources: {limits: {nvidia.com/gpu: 2}}
"""
    (pod,) = pods(text)
    (container,) = pod.containers
    assert (container.name, container.image, container.role) == (
        "kserve-container",
        None,
        "container",
    )
    assert container.path == "spec.predictor.model"
    assert text[slice(*container.span)] == "model"
    gpus = container.runtime.gpus
    assert isinstance(gpus, Known)
    assert isinstance(gpus.value.quantity, Known)
    assert gpus.value.quantity.value == 2


def test_older_predictors_name_the_framework() -> None:
    (pod,) = pods(
        "{apiVersion: serving.kserve.io/v1beta1, kind: InferenceService,"
        " spec: {predictor: {triton: {storageUri: 's3://a'}}}}"
    )
    assert pod.containers[0].path == "spec.predictor.triton"


def test_leader_and_workers_form_one_server() -> None:
    text = f"""\
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
spec:
  replicas: 2
  leaderWorkerTemplate:
    size: 4
    leaderTemplate: {{metadata: {{labels: {{role: leader}}}}, spec: {{{CONTAINERS}}}}}
    workerTemplate: {{spec: {{{CONTAINERS}}}}}
"""
    leader, worker = pods(text)
    assert leader.path == "spec.leaderWorkerTemplate.leaderTemplate.spec"
    assert worker.path == "spec.leaderWorkerTemplate.workerTemplate.spec"
    assert leader.labels == (("role", "leader"),)
    assert replicas(worker) == 2
    group = leader.containers[0].runtime.group
    assert isinstance(group, Known)
    assert group.value == 4
    (single,) = pods(text.replace("    size: 4\n", "").split("    workerTemplate")[0])
    assert single.containers[0].runtime.group == Known(1)


def test_workers_of_kserve_belong_to_their_predictor() -> None:
    text = f"""\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
spec:
  predictor:
    model: {{modelFormat: {{name: huggingface}}}}
    workerSpec: {{pipelineParallelSize: 2, {CONTAINERS}}}
"""
    predictor, worker = pods(text)
    assert worker.path == "spec.predictor.workerSpec"
    for pod in (predictor, worker):
        group = pod.containers[0].runtime.group
        assert isinstance(group, Known)
        assert group.value == 2
    predictor, _ = pods(text.replace("pipelineParallelSize: 2, ", ""))
    assert predictor.containers[0].runtime.group is UNKNOWN
    _, worker = pods(
        f"{{apiVersion: serving.kserve.io/v1, kind: LLMInferenceService, spec:"
        f" {{template: {{{CONTAINERS}}}, worker: {{{CONTAINERS}}}}}}}"
    )
    assert worker.containers[0].runtime.group is UNKNOWN


def test_head_and_workers_of_ray() -> None:
    text = f"""\
apiVersion: ray.io/v1
kind: RayService
spec:
  rayClusterConfig:
    headGroupSpec: {{template: {{spec: {{{CONTAINERS}}}}}}}
    workerGroupSpecs:
    - {{replicas: 3, template: {{spec: {{{CONTAINERS}}}}}}}
"""
    head, worker = pods(text)
    assert (replicas(head), replicas(worker)) == (ABSENT, 3)
    assert worker.path == "spec.rayClusterConfig.workerGroupSpecs[0].template.spec"
    assert worker.containers[0].runtime.group is UNKNOWN


def test_services_of_the_nim_operator_are_containers_themselves() -> None:
    text = """\
apiVersion: apps.nvidia.com/v1alpha1
kind: NIMService
metadata: {name: nim}
spec:
  image: {repository: nvcr.io/nim/meta/llama, tag: 1.3.3}
  env: [{name: A, value: b}]
  replicas: 2
"""
    (pod,) = pods(text)
    (container,) = pod.containers
    assert (container.name, container.path, replicas(pod)) == ("nim", "spec", 2)
    assert container.image is not None
    assert container.image.text == "nvcr.io/nim/meta/llama:1.3.3"
    assert isinstance(container.image.reference, Known)
    assert text[slice(*container.image.span)] == "1.3.3"
    assert container.env[0].name == "A"
    (pod,) = pods(text.replace("1.3.3", "'{{ .tag }}'"))
    assert pod.containers[0].image is not None
    assert pod.containers[0].image.reference is UNKNOWN
    (pod,) = pods(text.replace("repository", "name").replace(", tag: 1.3.3", ""))
    assert pod.containers[0].image is None


def test_the_main_container_of_a_dynamo_service() -> None:
    (pod,) = pods(
        "{apiVersion: nvidia.com/v1alpha1, kind: DynamoGraphDeployment, spec: {services: {W:"
        " {replicas: 1, extraPodSpec: {mainContainer: {image: a, args: [b]}}}}}}"
    )
    assert pod.containers[0].path == "spec.services.W.extraPodSpec.mainContainer"
    assert added(pod) == "shm gpus mounts liveness startup limits"


@pytest.mark.parametrize(
    "text",
    [
        "{apiVersion: v1, kind: ConfigMap, data: {containers: [{image: a}]}}",
        "{apiVersion: apps/v1, kind: Deployment, spec: {template: '{{ x }}'}}",
        "{apiVersion: kyverno.io/v1, kind: Policy, spec: {spec: {containers: [{image: a}]}}}",
        "{apiVersion: auto.gke.io/v1, kind: A, match: {containers: [{image: a, args: [b]}]}}",
        "{apiVersion: a.b/v1, kind: X, spec: {containers: []}}",
        "{apiVersion: a.b/v1, kind: X, spec: {containers: [{name: only}]}}",
        "{apiVersion: a.b/v1, kind: X, spec: {containers: [a, b]}}",
        "{apiVersion: a.b/v1, kind: X, spec: {image: i}}",
        "{apiVersion: a.b/v1, kind: X, spec: {image: {name: i}, args: [a]}}",
        "{apiVersion: a.b/v1, kind: X, spec: {image: '', args: [a]}}",
        "{apiVersion: a.b/v1, kind: X, spec: {model: {args: [a]}}}",
        "{apiVersion: a.b/v1, kind: X, status: {spec: {containers: [{image: a}]}}}",
    ],
)
def test_what_only_looks_like_a_pod(text: str) -> None:
    assert pods(text) == ()


def test_the_search_by_shape_goes_as_deep_and_as_wide_as_the_text() -> None:
    deep = "{a: " * 150 + "{spec: {containers: [{image: a}]}}" + "}" * 150
    assert len(pods(f"{{apiVersion: a.b/v1, kind: X, spec: {deep}}}")) == 1
    wide = "\n".join(f"  k{number}: 1" for number in range(60_000))
    text = f"apiVersion: a.b/v1\nkind: X\nspec:\n{wide}\n  pod: {{containers: [{{image: a}}]}}\n"
    assert len(pods(text)) == 1


@pytest.mark.parametrize(
    ("spec", "paths"),
    [
        ("engineConfig: {runner: {image: i, args: [a]}}", ["spec.engineConfig.runner"]),
        (
            "engine: {image: i, env: []}\n  cache: {image: {repository: r}, resources: {}}",
            ["spec.engine", "spec.cache"],
        ),
        ("image: i\n  command: [c]", ["spec"]),
        (
            "steps: [{image: i, command: [c]}, {image: j, args: [a]}]",
            ["spec.steps[0]", "spec.steps[1]"],
        ),
        ("containers: {main: {image: i, ports: []}}", ["spec.containers.main"]),
        ("initContainers: [{image: i, volumeMounts: []}]", ["spec.initContainers[0]"]),
    ],
)
def test_a_container_outside_of_any_pod_of_a_custom_resource(spec: str, paths: list[str]) -> None:
    found = pods(f"apiVersion: a.b/v1\nkind: X\nspec:\n  {spec}\n")
    assert [container.path for pod in found for container in pod.containers] == paths
    assert all(pod.partial and added(pod).startswith("shm gpus") for pod in found)


def test_what_an_operator_completes_is_not_all() -> None:
    text = "apiVersion: a.b/v1\nkind: X\nspec: {image: lmsysorg/sglang, command: [c], args: [a]}"
    (container,) = pods(text)[0].containers
    assert not launch(container).complete
    assert container.image is not None
    assert isinstance(container.image.reference, Known)
    (container,) = pods(text.replace("args: [a]", "version: v1"))[0].containers
    assert container.image is not None
    assert container.image.reference is UNKNOWN


def test_an_odd_item_hides_no_container() -> None:
    (pod,) = pods("{apiVersion: a.b/v1, kind: X, spec: {containers: [{image: a}, b]}}")
    assert len(pod.containers) == 1


@pytest.mark.parametrize(
    ("api", "kind"),
    [("v1", "Deployment"), ("apps/v1", "deployments"), ("app/v1", "Deployment")],
)
def test_what_the_object_must_have_meant_is_examined(api: str, kind: str) -> None:
    (pod,) = pods(holder(api, kind, "spec.template.spec"))
    assert pod.owner.kind == "Deployment"


@pytest.mark.parametrize("key", ["enabled", "enable", "create", "enableEngine"])
def test_a_rollout_is_no_values_that_may_be_switched_off(key: str) -> None:
    """It is of the group of Argo CD's Applications: what no controller reads hides no pod."""
    spec = f"{{{key}: false, containers: [{{name: a, image: b}}]}}"
    (pod,) = pods(
        f"{{apiVersion: argoproj.io/v1alpha1, kind: Rollout, {key}: false,"
        f" spec: {{{key}: false, template: {{{key}: false, spec: {spec}}}}}}}"
    )
    assert [one.name for one in pod.containers] == ["a"]
