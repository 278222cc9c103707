"""What documents say together: whole runs over small trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.source import Source
from imagelint.deployment.attachment import Attacher
from imagelint.deployment.join import joined
from imagelint.documents.compose.document import ComposeFile
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.project import Project, by_key
from imagelint.documents.serving.command import ServingCommand
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.documents.base import Document, Key, Node
    from imagelint.documents.project import Word

DOCKERFILE = """\
FROM vllm/vllm-openai:v0.30.0
ENV HF_TOKEN=hf_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh
EXPOSE 9000
USER 1000
HEALTHCHECK CMD curl -f http://localhost:9000/health
# imagelint: allow trust-remote-code -- our own model
CMD ["--model", "/m", "--trust-remote-code"]
"""
COMPOSE = """\
services:
  llm:
    image: team/llm:dev
    build: app
    environment: {VLLM_PORT: "9000"}
  other:
    image: alpine:3.20
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  containers:
    - name: server
      image: team/llm:1.0
"""


def project_of(files: dict[str, str]) -> Project:
    documents = {name: recognise(Source(name, text)) for name, text in files.items()}
    known: dict[str, Document] = {
        name: found for name, found in documents.items() if not isinstance(found, tuple)
    }

    def load(origin: str) -> Fact[Document]:
        from imagelint.core.fact import ABSENT

        return Known(known[origin]) if origin in known else ABSENT

    def find(kind: str, key: Key, _word: Word) -> Iterator[tuple[str, Node]]:
        for origin, document in known.items():
            if document.kind == kind:
                for node in document.derived(by_key).get(key, ()):
                    yield origin, node

    return Project(load, find)


def compose(files: dict[str, str], name: str = "compose.yaml") -> ComposeFile:
    found = project_of(files).document(name, ComposeFile)
    assert isinstance(found, Known)
    result = joined(found.value, project_of(files))
    assert isinstance(result, ComposeFile)
    return result


def manifest(files: dict[str, str], name: str = "pod.yaml") -> Manifest:
    found = project_of(files).document(name, Manifest)
    assert isinstance(found, Known)
    result = joined(found.value, project_of(files))
    assert isinstance(result, Manifest)
    return result


FILES = {"app/Dockerfile": DOCKERFILE, "compose.yaml": COMPOSE, "pod.yaml": POD}


def test_a_service_gets_what_its_image_sets() -> None:
    document = compose(FILES)
    service, other = document.services
    assert other.config is None
    assert service.runtime.user == Known("1000", service.runtime.user.span)  # type: ignore[union-attr]
    assert service.runtime.declares(9000)
    assert isinstance(service.runtime.probes.liveness, Known)
    (server,) = document.nodes_of(ServingCommand)
    assert server.engine == "vllm"
    assert server.is_on("trust-remote-code")
    assert [one.name for one in server.launch.env] == ["HF_TOKEN", "VLLM_PORT"]


def test_places_lie_in_the_text_that_says_it() -> None:
    document = compose(FILES)
    (server,) = document.nodes_of(ServingCommand)
    assert document.part_at(server.span.start).source.origin == "app/Dockerfile"
    assert document.written(server.words[1].span) == '"/m"'
    image = server.launch.image
    assert image is not None
    assert document.written(image.span) == "vllm/vllm-openai:v0.30.0"


def test_what_the_other_text_conceals_and_allows_holds_here() -> None:
    document = compose(FILES)
    assert any("hf_ABC" in document.written(span) for span in document.concealed())
    (allowance,) = document.elsewhere
    assert "trust" in document.written(allowance.span)
    assert '"--trust-remote-code"' in document.written(allowance.scope)


def test_a_pod_is_not_checked_by_the_image() -> None:
    document = manifest(FILES)
    (container,) = document.pods[0].containers
    assert container.runtime.declares(9000)
    assert not isinstance(container.runtime.probes.liveness, Known)
    assert document.part_at(document.source.text.__len__() + 2).certain is False


def test_without_its_dockerfile_nothing_changes() -> None:
    files = {name: text for name, text in FILES.items() if name != "app/Dockerfile"}
    assert not compose(files).attached
    assert not manifest(files).attached


def test_a_remote_context_is_not_looked_for() -> None:
    remote = COMPOSE.replace("build: app", "build: https://example.com/app.git")
    assert not compose({**FILES, "compose.yaml": remote}).attached
    assert not manifest({**FILES, "compose.yaml": remote}).attached


def test_a_service_that_builds_nothing_runs_what_another_builds() -> None:
    document = compose({**FILES, "compose.yaml": COMPOSE.replace("alpine:3.20", "team/llm:dev")})
    assert [service.config is not None for service in document.services] == [True, True]
    assert len(document.nodes_of(ServingCommand)) == 2


def test_each_text_is_attached_once() -> None:
    twice = COMPOSE.replace("image: alpine:3.20", "build: app")
    document = compose({**FILES, "compose.yaml": twice})
    assert len(document.attached) == 1
    assert all(service.config is not None for service in document.services)


def test_the_text_of_the_document_itself_is_not_attached() -> None:
    document = recognise(Source("a", POD))
    assert isinstance(document, Manifest)
    assert Attacher(document).offset(document, certain=True) == 0


def test_stages_have_names_and_numbers() -> None:
    from imagelint.deployment.builds import stage_named

    text = "FROM alpine AS One\nFROM busybox\n"
    document = recognise(Source("Dockerfile", text))
    assert isinstance(document, Dockerfile)
    assert [
        getattr(stage_named(document, name), "index", None) for name in ("", "ONE", "1", "2")
    ] == [
        1,
        0,
        1,
        None,
    ]


RUNTIME = """\
apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata: {name: vllm}
spec:
  nodeSelector: {product: NVIDIA-L4, zone: b}
  containers:
    - name: kserve-container
      image: vllm/vllm-openai:v0.30.0
      command: [vllm, serve]
      args: [--port=8080]
      env: [{name: A, value: "1"}, {name: B, value: "2"}]
"""
PREDICTOR = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: llm}
spec:
  predictor:
    nodeSelector: {zone: c}
    model:
      modelFormat: {name: vLLM}
      runtime: vllm
      args: [--seed=1]
      env: [{name: B, value: "3"}]
"""


def test_a_predictor_is_merged_with_its_runtime() -> None:
    files = {"runtime.yaml": RUNTIME, "predictor.yaml": PREDICTOR}
    made = manifest(files, "predictor.yaml")
    (container,) = made.pods[0].containers
    words = [one.word() for key in ("command", "args") for one in container.body[key].items()]
    assert words == ["vllm", "serve", "--port=8080", "--seed=1"]
    assert [(one.name, value_or(one.value, "")) for one in container.env] == [
        ("A", "1"),
        ("B", "3"),
    ]
    assert made.pods[0].spec["nodeSelector"].pairs() == (("zone", "c"), ("product", "NVIDIA-L4"))
    places = [made.part_at(one.value_span.start).source.origin for one in container.env]
    assert places == ["runtime.yaml", "predictor.yaml"]
