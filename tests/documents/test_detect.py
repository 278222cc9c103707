from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.detect import candidate, detect, parse

DOCKERFILE = '# syntax=docker/dockerfile:1\nFROM alpine:3.20\nCMD ["sh"]\n'
MANIFEST = "# a pod\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
COMPOSE = "version: '3'\nservices:\n  # the web\n  web:\n    image: nginx\n"
JSON = '{\n  "kind": "Pod",\n  "apiVersion": "v1",\n  "metadata": {}\n}\n'
HELM = "{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n"
EMBEDDED = (
    "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    {{- if x }}\n    b\n    {{- end }}\n"
)


@pytest.mark.parametrize(
    ("origin", "text", "kind"),
    [
        ("Dockerfile", DOCKERFILE, "dockerfile"),
        ("a/b/Dockerfile.cuda", DOCKERFILE, "dockerfile"),
        ("Dockerfile_amd", DOCKERFILE, "dockerfile"),
        ("Dockerfile-uv", DOCKERFILE, "dockerfile"),
        ("x.dockerfile", DOCKERFILE, "dockerfile"),
        ("cpu.Dockerfile", DOCKERFILE, "dockerfile"),
        ("Containerfile", DOCKERFILE, "dockerfile"),
        ("gpu.Dockerfile.prod", DOCKERFILE, "dockerfile"),
        ("gpu-containerfile_prod", DOCKERFILE, "dockerfile"),
        ("gpu.Dockerfile.prod", "nonsense\n", ""),
        ("gpu.Dockerfile.j2", "FROM a\n{% if x %}\n", "template"),
        (".Dockerfile", DOCKERFILE, "dockerfile"),
        ("llm.manifest", MANIFEST, "kubernetes"),
        ("assets.manifest", "CACHE MANIFEST\n/a.css\n", ""),
        ("DOCKERFILE", DOCKERFILE, "dockerfile"),
        ("Dockerfile", "", "dockerfile"),
        ("Dockerfile", "\ufeffRUN x\n", "dockerfile"),
        ("Dockerfile", "nonsense\n", "dockerfile"),
        ("Dockerfile.cuda", "RUN x\n", "dockerfile"),
        ("Dockerfile.cuda", "", "dockerfile"),
        ("Dockerfile.cuda", "nonsense\n", ""),
        ("s.json", '{"predicateType": "https://imagelint.dev/scorecard/v1"}', "scorecard"),
        ("s.json", '{"type": "https://imagelint.dev/scorecard/v1"}', ""),
        ("Dockerfile", MANIFEST, "kubernetes"),
        ("Dockerfile", COMPOSE, "compose"),
        ("Dockerfile", '{"a": 1}', ""),
        ("Dockerfile", "#!/bin/sh\necho\n", ""),
        ("Dockerfile", "#!/usr/bin/env x\nFROM a\n", "dockerfile"),
        ("Dockerfile", "<html></html>", ""),
        ("Dockerfile", "\0ELF", ""),
        ("dockerfile.go", "package x\n", ""),
        ("Dockerfile.j2", "FROM a\n{% if x %}\n", "template"),
        ("Dockerfile.template", "FROM {{ base }}\n", "template"),
        ("Dockerfile-slim.template", "FROM debian:%%SUITE%%\n", "template"),
        ("Dockerfile-part.template", "RUN a\n", "template"),
        ("Dockerfile.template", "nothing of that\n", ""),
        ("Dockerfile.in", "FROM a\n", "dockerfile"),
        ("Containerfile.in", "FROM @BASE@\n", "template"),
        ("Dockerfile.in", "FROM a\nRUN install @PREFIX@/bin\n", "template"),
        ("Dockerfile.in", "# @BASE@\nFROM a\nRUN mail me@example.com # @A@\n", "dockerfile"),
        ("Dockerfile.in", '#include "base.docker"\nFROM ${BASE}\n', "template"),
        ("Dockerfile.in", "#define _ENTRY_ /bin/a\nFROM a\nRUN a && \\N\n", "template"),
        ("Dockerfile.in", "# include what is needed\nFROM a\n", "dockerfile"),
        ("Dockerfile", '#include "a"\nFROM a\n', "dockerfile"),
        ("Dockerfile", "FROM __BASEIMAGE__\n", "template"),
        ("Dockerfile", "FROM %%BASE%% AS build\nRUN a\n", "template"),
        ("Dockerfile", "FROM a\n__CROSS_BUILD_COPY__\nRUN b\n", "template"),
        ("Dockerfile", "FROM a\nRUN cat <<EOF\nx\nEOF\n__COPY__\n", "template"),
        ("Dockerfile", "FROM a\nRUN cat <<__EOF__ >b\nx\n__EOF__\n", "dockerfile"),
        ("Dockerfile", "FROM a\nCOPY <<-'A' <<B /c/\n\t@x@\n\tA\n{% if x %}\nB\n", "dockerfile"),
        ("Dockerfile", "FROM a\nRUN cat <<<b\n# <<c\n__COPY__\n", "template"),
        ("Dockerfile", "FROM a\nENV NAME=__NAME__\n", "dockerfile"),
        ("Dockerfile", "FROM {{ base }}\n", "template"),
        ("Dockerfile", "FROM a\nRUN docker inspect -f '{{- .X }}'\n", "dockerfile"),
        ("deploy.yaml", MANIFEST, "kubernetes"),
        ("deploy.yml", MANIFEST.replace("\n", "\r\n"), "kubernetes"),
        ("deploy.yaml", "- apiVersion: v1\n  kind: Pod\n", "kubernetes"),
        ("pod.json", JSON, "kubernetes"),
        ("pod.json", '{"apiVersion": "v1"}', ""),
        ("pod.json", '{"a": 1}', ""),
        ("state.json", f'{{"version": 3, "resources": [{JSON}]}}', ""),
        ("pods.json", f'{{"items": [{JSON}]}}', "kubernetes"),
        ("pod.json", f"// by hand\n/* and */ {JSON}", "kubernetes"),
        ("settings.json", '// by hand\n{"kind": "a"}', ""),
        ("a.service.d/b.conf", "[Service]\nEnvironment=A=b\n", "systemd-unit"),
        ("a.service.d/b.conf", "[Service]\n# Environment=A=b\n", ""),
        ("pod.json", '{"spec": {"a": {"kind": "b", "apiVersion": "v1"}}, ', "kubernetes"),
        ("templates/deploy.yaml", HELM, "template"),
        ("deploy.yaml", HELM, "template"),
        ("deploy.yaml", EMBEDDED, "kubernetes"),
        ("deploy.yaml", EMBEDDED + "x: y: z\n{{- a }}\n", "template"),
        ("chart/templates/all.yaml", '{{- include "a.b" . }}\n', "template"),
        ("chart/templates/plain.yaml", "a: 1\n", ""),
        ("Chart.yaml", "apiVersion: v2\nname: x\n", "chart"),
        ("values.yaml", COMPOSE, "values"),
        ("values-prod.yaml", MANIFEST, "kubernetes"),
        ("values.yaml", "a: 1\nextra:\n- apiVersion: v1\n  kind: Pod\n", "values"),
        ("more.yaml", "extra:\n- apiVersion: v1\n  kind: Pod\n", ""),
        ("list.yaml", "kind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n", "kubernetes"),
        ("list.yaml", "items:\n- apiVersion: v1\n  kind: Pod\n", "kubernetes"),
        ("list.yaml", "a: 1\n--- # b\n\n# c\n- apiVersion: v1\n  kind: Pod\n", "kubernetes"),
        ("roles/web/tasks/compose.yml", "---\n- name: a\n  ansible.builtin.x: {}\n", ""),
        ("roles/web/files/compose.yml", "---\n- name: a\n", "compose"),
        ("tasks/compose.yml", COMPOSE, "compose"),
        ("values-prod.yaml", "apiVersion: 1\n", "values"),
        ("late.yaml", "# long\n" * 40_000 + MANIFEST, "kubernetes"),
        ("late.yaml", "# long\n" * 40_000 + COMPOSE, "compose"),
        ("Dockerfile.cuda", "# long\n" * 40_000 + "FROM a\n", "dockerfile"),
        ("Dockerfile.cuda", "# long\n" * 40_000 + "RUN a\n", "dockerfile"),
        ("odd.yaml", "  apiVersion: v1\n  kind: Pod\n", "kubernetes"),
        ("odd.yaml", "{apiVersion: v1, kind: Pod}\n", "kubernetes"),
        ("odd.yaml", "a: b\n--- {kind: Pod, apiVersion: v1}\n", "kubernetes"),
        ("odd.yaml", "? apiVersion\n: v1\n? kind\n: Pod\n", "kubernetes"),
        ("odd.yaml", "!!str apiVersion: v1\nkind: Pod\n", "kubernetes"),
        ("odd.yaml", '"api\\x56ersion": v1\n"k\\u0069nd": Pod\n', "kubernetes"),
        ("odd.yaml", "apiVersion: v1\rkind: Pod\r", "kubernetes"),
        ("odd.yaml", "- {apiVersion: v1, kind: Pod}\n", "kubernetes"),
        ("odd.yaml", "{services: {web: {image: nginx}}}\n", "compose"),
        ("odd.yaml", "# a\n---\n  services:\n    web: {build: .}\n", "compose"),
        ("odd.yaml", "  services:\n    web: {command: a}\n", ""),
        ("odd.yaml", "a: {apiVersion: v1, kind: Pod}\n", ""),
        ("odd.yaml", "{apiVersion: v1, kind: Pod\n", "kubernetes"),
        ("odd.yaml", "services: {web: {build: .}}\n", "compose"),
        ("odd.yaml", "services:\n  web: {image: nginx, privileged: true}\n", "compose"),
        ("odd.yaml", "services:\n  web: {command: a}\n", ""),
        ("own.yaml", "services:\n  web:\n    container:\n      image: nginx\n", ""),
        ("own.yaml", "services:\n  web:\n    - image: nginx\nweb:\n  image: nginx\n", ""),
        ("own.yaml", "services:\n web:\n  # a\n  ports: [1]\n  image: nginx\n", "compose"),
        ("own.yaml", "x-a: &a {image: nginx}\nservices:\n  web:\n    <<: *a\n", "compose"),
        ("own.yaml", "x-a: &a\n  image: nginx\nservices:\n  web: *a\n", "compose"),
        ("own.yaml", "services:\n  a:\n      x:\n        y: 1\n  b:\n    build: .\n", "compose"),
        ("Dockerfile.txt", DOCKERFILE, "dockerfile"),
        ("Dockerfile-notes.txt", "how it is built\nFROM a\n", ""),
        ("build.docker", DOCKERFILE, "dockerfile"),
        ("values.schema.json", JSON, "kubernetes"),
        ("values.schema.json", '{"properties": {"kind": {}, "apiVersion": {}}}', ""),
        ("ci.yaml", "kind: x\n", ""),
        ("ci.yaml", "on: push\njobs:\n  a:\n    services:\n      b:\n        image: c\n", ""),
        ("ci.yaml", "services:\n  - docker:dind\njob:\n  image: x\n", ""),
        (".gitlab-ci.yml", COMPOSE, ""),
        ("compose.yaml", COMPOSE, "compose"),
        ("docker-compose.gpu.yml", COMPOSE, "compose"),
        ("docker-compose-dev.yaml", "volumes: {}\n", "compose"),
        ("stack.yaml", COMPOSE, "compose"),
        ("compose.yaml", MANIFEST, "kubernetes"),
        ("requirements.txt", "a==1\n", "requirements"),
        ("requirements-dev.txt", "", "requirements"),
        ("requirements_cuda.txt", "", "requirements"),
        ("dev-requirements.txt", "", "requirements"),
        ("requirements.in", "", "requirements"),
        ("constraints.txt", "", "requirements"),
        ("requirements/base.txt", "", "requirements"),
        ("a/requirements/full/x.txt", "", "requirements"),
        ("notes.txt", "a==1\n", ""),
        (".dockerignore", "*\n", "ignore"),
        ("Dockerfile.dockerignore", "*\n", "ignore"),
        (".containerignore", "*\n", "ignore"),
        (".imagelint.yaml", "name: x\n", "policy"),
        ("imagelint.yml", "name: x\n", "policy"),
        (".imagelint.json", "{}", "policy"),
        (".imagelintrc", "", "policy"),
        ("imagelint.json", "{}", ""),
        ("-", DOCKERFILE, "dockerfile"),
        ("-", MANIFEST, "kubernetes"),
        ("-", COMPOSE, "compose"),
        ("-", "hello\n", ""),
        ("main.py", "FROM x\n", ""),
        ("data.yaml", "a\0b", ""),
        ("envoy-compose.yaml", "node: {id: a}\nadmin: {}\n", ""),
        ("run-compose.yml", "on: push\njobs: {a: {services: {b: {image: c}}}}\n", ""),
        ("check.yml", "services:\n  a:\n    image: b\nsteps: []\n", ""),
        ("gpu-compose.yaml", "services: {a: {image: b}}\n", "compose"),
        ("docker-compose.yml", "anything: {}\n", "compose"),
        ("Dockerfile", "FROM a:${templateOption:variant}\n", "template"),
        ("web.dockerfile", "FROM a\n$[ADD_TOOLS]\nRUN b\n", "template"),
        ("web.dockerfile", "FROM a\nRUN echo $[1+1]\n", "dockerfile"),
        ("board.json", '{"panels": [{"targets": [{"expr": "up"}]}]}', "dashboard"),
        ("dockerfiles/vllm-gpu", "# serving\nARG A=b\nFROM ${A}\n", "dockerfile"),
        ("a/containerfiles/gpu/vllm", "FROM a\n", "dockerfile"),
        ("dockerfiles/names", "vllm\nsglang\n", ""),
        ("vocab.json", '{"panels": 21877, "vizConfig": 21878, "elements": 9, "expr": 219}', ""),
    ],
)
def test_kinds(origin: str, text: str, kind: str) -> None:
    assert detect(origin, text) == kind
    if kind and origin not in ("-", "data.yaml", "build.docker"):
        assert candidate(origin)


@pytest.mark.parametrize(
    "name",
    [
        "main.py",
        "README.md",
        "notes.txt",
        "a.yaml.bak",
        "mydockerfile",
        "Dockerfile~",
        "dockerfiles/README",
    ],
)
def test_files_that_are_not_even_opened(name: str) -> None:
    assert not candidate(name)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("dockerfile", DOCKERFILE),
        ("kubernetes", MANIFEST),
        ("compose", COMPOSE),
        ("requirements", "a==1\n"),
        ("ignore", "*\n"),
        ("policy", "name: x\n"),
    ],
)
def test_each_kind_has_its_reader(kind: str, text: str) -> None:
    assert parse(Source("x", text), kind).kind == kind


@pytest.mark.parametrize(("text", "at"), [(HELM, 0), ("FROM a\n{% if x %}\n", 7), ("plain", 0)])
def test_templates_are_problems(text: str, at: int) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(Source("x", text), "template")
    assert caught.value.kind is ProblemKind.TEMPLATE
    assert caught.value.span == (at, at)
    assert "render it first" in caught.value.help


@given(
    st.sampled_from(["Dockerfile", "a.yaml", "compose.yml", "a.json", "-", "requirements.txt"]),
    st.lists(
        st.sampled_from(
            [
                *("FROM x\n", "apiVersion: v1\n", "kind: Pod\n", "services:\n", "  a:\n", "  "),
                *("    image: b\n", "{{- x }}\n", "{", "}", "\0", "\ufeff", "\r\n", ": ", "- "),
            ]
        ),
        max_size=10,
    ).map("".join)
    | st.text(max_size=40),
)
@settings(max_examples=150, deadline=None)
def test_any_text_is_of_some_kind_and_read_or_refused(origin: str, text: str) -> None:
    kind = detect(origin, text)
    if not kind:
        return
    document = attempt(Source(origin, text), kind)
    if isinstance(document, DocumentError):
        assert document.message
        return
    for node in document.walk():
        assert 0 <= node.span.start <= node.span.end <= len(text)


def attempt(source: Source, kind: str) -> Document | DocumentError:
    try:
        return parse(source, kind)
    except DocumentError as error:
        return error


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("apiVersion: v1\n    kind: Pod\n  metadata:\n", "kubernetes"),
        ("apiVersion: apps/v1\nkindd: Deployment\nspec: {replicas: 1}\n", "kubernetes"),
        ("apiVersion: serving.kserve.io/v1\nkid: X\nmetadata: {name: a}\n", "kubernetes"),
        ("apiVersoin: apps/v1\nkind: Deployment\nspec: {replicas: 1}\n", "kubernetes"),
        ("apiVersion: v1\nmetadata:\n    kind: Pod\n", "kubernetes"),
        ("kind: [\nmetadata: {name: a}\n", ""),
        ("kind: Pod\nmetadata: {name: a\n", "kubernetes"),
        ("kind: Recipe\nmetadata: {name: a\n", ""),
        ("kind: Recipe\nmetadata: {name: a}\n", ""),
        ("kind: Workspace\nmetadata: {name: a}\ninference: {preset: {name: a}}\n", "kubernetes"),
        ("kind: Recipe\nmetadata: {author: a}\ninference: {preset: {name: a}}\n", ""),
        ("kind: Recipe\nmetadata: {name: a}\ninference: {preset: {name: a}}\n", ""),
        ("kind: youtube#video\nmetadata: {name: a}\nsnippet: {title: a}\n", ""),
        ("kind: 3\nmetadata: {name: a}\ndata: {a: b}\n", ""),
        ("kind: Recipe\nmetadata: {name: {en: a}}\nconfig: {a: b}\n", ""),
        ("- kind: Function\n  metadata: {name: a}\n  signature: {args: []}\n", ""),
        ("kind: Recipe\nmetadata: {name: a}\nspec: {size: 1}\n", ""),
        ("- kind: Recipe\n  metadata: {name: a}\n  spec: {size: 1}\n", ""),
        ("kind: Recipe\nmetadata: {name: a}\nspec: {r: {image: a, args: [b]}}\n", "kubernetes"),
        ("kind: Service\nmetadata: {name: a}\nspec: {mode: HTTP, config: {a: b}}\n", ""),
        ("kind: Service\nmetadata: {name: a}\nspec: {ports: []}\n", "kubernetes"),
        ("kind: Service\nmetadata: {name: a}\nspec: true\n", "kubernetes"),
        ("kind: Role\nmetadata: {name: a}\nspec: {allow: {logins: [root]}}\n", ""),
        ("kind: Role\nmetadata: {name: a}\nrules: []\n", "kubernetes"),
        ("apiVersion: octelium/v1\nkind: Service\nspec: {mode: HTTP}\n", ""),
        ("apiVersion: app/v1\nkind: Deployment\nspec: {replicas: 1}\n", "kubernetes"),
        ("apiVersion: v1alpha1\nkind: LinkConfig\nname: a\n", ""),
        ("apiVersion: octelium/v1\nmetadata: {name: a}\nspec: {a: b}\n", ""),
        ('{"apiVersion": "tool/1", "kind": "Recipe", "metadata": {}}\n', ""),
        ("apiVersion: ${API}\nkind: Recipe\nmetadata: {name: a}\n", "kubernetes"),
        ("apiVersion: v2\nmetadata: {name: a}\n", ""),
        ("apiVersion: v1\nname: chart\n", ""),
    ],
)
def test_broken_manifests_are_manifests(text: str, kind: str) -> None:
    assert detect("server.yaml", text) == kind


def test_a_template_is_a_problem_at_its_first_braces() -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n{{- end }}\n"
    with pytest.raises(DocumentError) as caught:
        parse(Source("pod.yaml", text), "kubernetes")
    assert caught.value.kind is ProblemKind.TEMPLATE
    assert caught.value.span == (text.index("{{"),) * 2
