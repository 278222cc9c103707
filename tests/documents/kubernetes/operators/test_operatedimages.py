"""Images that objects of operators name, and kinds of which nothing else is known."""

from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.shared import ImageUse


def images(text: str) -> list[tuple[str, str]]:
    found = parse_manifest(Source("a.yaml", text)).nodes_of(ImageUse)
    return [(one.text, one.path) for one in found]


def obj(version: str, kind: str, spec: str) -> str:
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec: {spec}\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            obj("apps.nvidia.com/v1alpha1", "NIMCache", "{source: {ngc: {modelPuller: 'a/b:1'}}}"),
            [("a/b:1", "spec.source.ngc.modelPuller")],
        ),
        (
            obj(
                "apps.nvidia.com/v1alpha1",
                "NemoEvaluator",
                "{evaluationImages: {x: 'a/x:1', y: 'a/y'}, image: {repository: a/e, tag: '2'}}",
            ),
            [
                ("a/x:1", "spec.evaluationImages.x"),
                ("a/y", "spec.evaluationImages.y"),
                ("a/e:2", "spec.image"),
            ],
        ),
        (
            obj(
                "production-stack.vllm.ai/v1alpha1",
                "VLLMRuntime",
                "{deploymentConfig: {image: {registry: docker.io, name: 'a/b:1'}}}",
            ),
            [("docker.io/a/b:1", "spec.deploymentConfig.image")],
        ),
        (
            obj("mlops.seldon.io/v1alpha1", "Server", "{podSpec: {containers: [{image: 'a:1'}]}}"),
            [("a:1", "spec.podSpec.containers[0].image")],
        ),
        (
            obj(
                "serving.kserve.io/v1beta1",
                "InferenceService",
                "{predictor: {model: {modelFormat: {name: x}, storageUri: 'oci://a.example/m:1'}}}",
            ),
            [("a.example/m:1", "spec.predictor.model.storageUri")],
        ),
        (
            obj(
                "serving.kserve.io/v1alpha1",
                "LLMInferenceService",
                "{model: {uri: oci://a.example/m, name: hf://a/b}, template: {}}",
            ),
            [("a.example/m", "spec.model.uri")],
        ),
        (
            obj(
                "serving.kserve.io/v1alpha1", "LLMInferenceService", '{model: {uri: "oci:\\x2f/a"}}'
            ),
            [],
        ),
        (obj("example.com/v1", "Album", "{image: cover.png}"), []),
        (obj("substratus.ai/v1", "Model", "{image: a/loader}"), [("a/loader", "spec.image")]),
        (obj("substratus.ai/v1", "Model", "{image: {name: null}}"), []),
    ],
)
def test_images_stand_where_an_operator_has_them(text: str, found: list[tuple[str, str]]) -> None:
    assert images(text) == found


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("kaito.sh/v1alpha1", "InferenceSet"),
        ("kubeai.org/v1", "Model"),
        ("inference.llmaz.io/v1alpha1", "Playground"),
        ("ome.io/v1beta1", "InferenceService"),
        ("production-stack.vllm.ai/v1alpha1", "VLLMRouter"),
        ("mlops.seldon.io/v1alpha1", "SeldonRuntime"),
        ("machinelearning.seldon.io/v1", "SeldonDeployment"),
        ("workload.serving.volcano.sh/v1alpha1", "ModelBooster"),
        ("inference.llmkube.dev/v1alpha1", "InferenceService"),
        ("vllm.ai/v1alpha1", "SemanticRouter"),
        ("orchestration.aibrix.ai/v1alpha1", "KVCache"),
        ("nvidia.com/v1alpha1", "DynamoGraphDeployment"),
        ("serving.kserve.io/v1beta1", "InferenceService"),
    ],
)
def test_what_nobody_can_read_of_an_operator_is_told(version: str, kind: str) -> None:
    text = obj(version, kind, "{model: {name: x}}")
    (gap,) = parse_manifest(Source("a.yaml", text)).unread()
    assert f"the pods of this {kind} are made by its operator" in gap.message


@pytest.mark.parametrize(
    ("version", "kind", "spec"),
    [
        ("mlops.seldon.io/v1alpha1", "Model", "{storageUri: 'gs://a'}"),
        ("ome.io/v1beta1", "ClusterBaseModel", "{storage: {}}"),
        ("model.aibrix.ai/v1alpha1", "ModelAdapter", "{artifactURL: 'huggingface://a/b'}"),
        (
            "workload.serving.volcano.sh/v1alpha1",
            "ModelServing",
            "{template: {roles: [{entryTemplate: {spec: {containers: [{image: 'a:1'}]}}}]}}",
        ),
    ],
)
def test_what_makes_no_pods_or_holds_them_is_not(version: str, kind: str, spec: str) -> None:
    assert parse_manifest(Source("a.yaml", obj(version, kind, spec))).unread() == ()
