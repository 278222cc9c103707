from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.report import AllowanceKind, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import Dialect, DocumentError
from imagelint.documents.complaints import DuplicateKey, ObjectWithoutKind
from imagelint.documents.kubernetes.manifest import Manifest, parse_manifest

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: llm
  namespace: serving
  labels: {app: llm}
  annotations:
    imagelint.dev/allow.host-ipc: NCCL needs it
    ignore-check.kube-linter.io/run-as-non-root: the image cannot
    kube-linter.io/ignore-all: generated
    other: x
spec:
  containers:
  - name: server
    image: vllm/vllm-openai:v0.11.0
    command: [sh, -c, "vllm serve m"]
    env:
    - {name: HF_TOKEN, value: abcdefghijkl}
    - {name: API_KEY, valueFrom: {secretKeyRef: {name: a, key: b}}}
"""


def manifest(text: str) -> Manifest:
    return parse_manifest(Source("m.yaml", text))


def names(document: Manifest) -> list[str]:
    return [type(node).__name__ for node in document.nodes()]


def test_an_object_and_what_stands_in_it_in_source_order() -> None:
    document = manifest(POD)
    (obj,) = document.objects
    assert (obj.kind, obj.api_version, obj.group, obj.name) == ("Pod", "v1", "", "llm")
    assert obj.namespace == "serving"
    assert obj.labels == (("app", "llm"),)
    assert obj.annotation("other").word() == "x"
    assert POD[slice(*obj.span)] == "llm"
    assert names(document)[:8] == [
        "KubernetesObject",
        "Pod",
        "Container",
        "ImageUse",
        "EnvVar",
        "EnvVar",
        "CommandLine",
        "Script",
    ]
    assert names(document)[8:] == ["Command", "ServingCommand"]
    assert list(document.nodes()) == list(document.nodes())
    assert next(iter(document.walk())) is document


def test_what_does_not_serve_starts_no_server() -> None:
    text = POD.replace("containers:", "initContainers:").replace("image:", "x:")
    assert names(manifest(text))[-1] == "Command"
    text = POD.replace("vllm serve m", "sleep 1").replace("vllm/vllm-openai", "busybox")
    assert names(manifest(text))[-1] == "Command"


def test_annotations_allow_for_the_object_that_has_them() -> None:
    first, second, third = manifest(POD).allowances
    assert (first.rule, first.reason) == ("host-ipc", "NCCL needs it")
    assert (first.dialect, first.kind) == (Dialect.IMAGELINT, AllowanceKind.ANNOTATION)
    assert POD[slice(*first.span)] == "imagelint.dev/allow.host-ipc"
    assert first.scope == (0, len(POD) - 1)
    assert (third.rule, third.reason) == ("*", "generated")
    assert (second.rule, second.dialect) == ("run-as-non-root", Dialect.KUBE_LINTER)


def test_values_of_secrets_are_concealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "imagelint.documents.secrets.names.is_secret_name", lambda name: name != "A"
    )
    text = POD + "---\napiVersion: v1\nkind: Secret\ndata: {a: Zm9v}\nstringData:\n  b: bar\n"
    concealed = [text[slice(*span)] for span in manifest(text).concealed()]
    assert set(concealed) == {"Zm9v", "bar", "abcdefghijkl"}


def test_comments_allow_too() -> None:
    text = POD.replace("image: v", "# imagelint: allow unpinned-image -- soon\n    image: v")
    allowances = manifest(text).allowances
    assert allowances[0].rule == "unpinned-image"
    assert text[slice(*allowances[0].scope)] == "image: vllm/vllm-openai:v0.11.0"


def test_annotations_of_a_template_speak_of_the_template() -> None:
    text = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, annotations: {kube-score/ignore: "x, y"}}
spec:
  template:
    metadata: {annotations: {checkov.io/skip1: CKV_K8S_20=why}}
    spec: {containers: [{name: c, image: d}]}
"""
    x, y, skip = manifest(text).allowances
    assert (x.rule, y.rule, x.dialect) == ("x", "y", Dialect.KUBE_SCORE)
    assert (skip.rule, skip.reason, skip.dialect) == ("CKV_K8S_20", "why", Dialect.CHECKOV)
    assert text[slice(*skip.scope)].startswith("metadata: {annotations")


def test_lists_are_taken_apart() -> None:
    text = """\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Pod
  metadata: {name: a}
  spec: {containers: [{name: c, image: d}]}
- apiVersion: v1
  kind: ConfigMapList
  items:
  - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
- {apiVersion: v1, kind: ConfigMap, metadata: {generateName: c-}}
"""
    document = manifest(text)
    assert [(obj.name, obj.path) for obj in document.objects] == [
        ("a", "items[0]"),
        ("b", "items[1].items[0]"),
        ("c-", "items[2]"),
    ]
    assert document.pods[0].containers[0].path == "items[0].spec.containers[0]"
    assert document.complaints == ()


def test_containers_at_the_same_path_of_two_objects_are_not_mixed_up() -> None:
    document = manifest(f"{POD}---\n{POD.replace('serve m', 'serve n')}")
    scripts = [getattr(node, "text", "") for node in document.nodes() if names_script(node)]
    assert scripts == ["vllm serve m", "vllm serve n"]


def names_script(node: object) -> bool:
    return type(node).__name__ == "Script"


def test_documents_that_are_no_objects_are_complaints() -> None:
    document = manifest(
        "a: 1\n---\nkind: ConfigMap\nkind: ConfigMap\n---\n---\n- x\n---\nkind: List\n---\n{}\n"
    )
    assert [
        (complaint.span.start, type(complaint), complaint.subject)
        for complaint in document.complaints
    ] == [
        (0, ObjectWithoutKind, "a"),
        (25, DuplicateKey, "kind"),
        (49, ObjectWithoutKind, ""),
    ]
    (named,) = manifest("metadata: {name: b}\n---\napiVersion: v1\nkind: Abc\n").complaints
    assert named.subject == "b"
    assert [obj.kind for obj in document.objects] == ["ConfigMap"]


def test_an_object_without_a_name_points_at_its_first_key() -> None:
    (obj,) = manifest("apiVersion: v1\nkind: {}\n").objects
    assert (obj.span, obj.name, obj.kind) == ((0, 14), "", "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a: b: c", ProblemKind.UNPARSABLE),
        ("{{- if x }}\na: 1\n{{- end }}", ProblemKind.TEMPLATE),
        ("[" * 10_000, ProblemKind.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(text: str, kind: ProblemKind) -> None:
    with pytest.raises(DocumentError) as caught:
        manifest(text)
    assert caught.value.kind is kind
    assert caught.value.span is not None
    assert caught.value.problem(Source("m.yaml", text)).kind is kind


_KEYS = st.sampled_from(
    [
        *("kind", "apiVersion", "metadata", "name", "annotations", "labels", "spec", "template"),
        *("containers", "initContainers", "image", "command", "args", "env", "value", "valueFrom"),
        *("resources", "limits", "nvidia.com/gpu", "volumes", "volumeMounts", "emptyDir", "items"),
        *("mountPath", "securityContext", "runAsUser", "predictor", "model", "ports", "replicas"),
        *("rules", "http", "paths", "backend", "service", "metrics", "triggers", "type", "hostIPC"),
    ]
)
_VALUES = st.sampled_from(
    [
        *("Pod", "Deployment", "InferenceService", "List", "v1", "apps/v1", "serving.kserve.io/v1"),
        *(
            "HorizontalPodAutoscaler",
            "autoscaling/v2",
            "keda.sh/v1alpha1",
            "ScaledObject",
            "Service",
        ),
        *(
            "Ingress",
            "networking.k8s.io/v1",
            "sh",
            "-c",
            "echo $(A) | sh",
            "1Gi",
            "/models",
            "x:1",
        ),
        *("{{ x }}", "${X}", "", None, 1, 1.5, True, "Memory", "Job", "batch/v1", "ray.io/v1"),
    ]
)


@given(
    st.recursive(
        _VALUES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6),
        max_leaves=40,
    )
)
@settings(max_examples=200, deadline=None)
def test_objects_of_any_shape_are_read(value: object) -> None:
    text = yaml.safe_dump(value)
    document = manifest(text)
    for node in document.walk():
        assert 0 <= node.span.start <= node.span.end <= len(text)
    assert all(0 <= span.start <= span.end <= len(text) for span in document.concealed())


@given(st.text(max_size=80), st.integers(0, len(POD)), st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_a_damaged_manifest_is_read_or_refused(insert: str, at: int, cut: int) -> None:
    text = POD[:at] + insert + POD[at + cut :]
    try:
        document = manifest(text)
    except DocumentError:
        return
    for node in document.walk():
        assert 0 <= node.span.start <= node.span.end <= len(text)


def test_a_model_whose_operator_makes_the_pods_is_a_gap() -> None:
    document = manifest(
        "apiVersion: kubeai.org/v1\nkind: Model\nmetadata: {name: m}\nspec: {engine: Other}\n"
    )
    (gap,) = document.gaps
    assert gap.kind is ProblemKind.UNREADABLE
    assert "pods of this Model are made by its operator" in gap.message
    assert "kubectl get" in gap.help
    assert manifest(POD).gaps == ()


HELD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: train}
spec:
  templates:
    - name: first
      container: {image: "debian:12.7", command: [ls]}
    - name: second
      resource:
        action: create
        manifest: |
          apiVersion: v1
          kind: Pod
"""


HELD_AS_TEMPLATE = """apiVersion: v1
kind: ConfigMap
metadata: {name: templates}
data:
  pod.yaml: |
    apiVersion: v1
    kind: Pod
    metadata:
      {{- with .Name }}
      name: a
      {{- end }}
    spec:
      containers:
        - name: server
          image: vllm/vllm-openai:latest
"""


def test_a_manifest_in_a_text_that_cannot_be_read_is_told() -> None:
    (gap,) = manifest(HELD_AS_TEMPLATE).gaps
    assert gap.message.startswith("the manifest in this text was not examined: ")
    assert gap.span is not None
    assert HELD_AS_TEMPLATE[gap.span.start :].startswith("|")
    assert not manifest(HELD_AS_TEMPLATE.replace("containers:", "volumes:")).gaps
    filled = manifest(HELD_AS_TEMPLATE.replace("{{-", "#"))
    assert (filled.gaps, len(filled.embedded)) == ((), 1)


def test_a_manifest_that_is_a_text_is_not_passed_over() -> None:
    (gap,) = manifest(HELD).gaps
    assert gap.message == "a manifest that is written as a text is not examined"
    assert gap.span is not None
    assert HELD[gap.span.start :].startswith("|")
    assert not manifest(HELD.replace("manifest:", "other:")).gaps
