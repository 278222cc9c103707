from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.custom.definition import CustomRule
from imagelint.custom.subjects import FIELDS, SUBJECTS
from imagelint.policy.model import Policy, RuleSetting
from imagelint.rules import catalog
from imagelint.run.trials.texts import examine_texts

if TYPE_CHECKING:
    from imagelint.core.report import Report

DOCKERFILE = """\
FROM registry.example.com/llm/base:1.2 AS base
LABEL team=search "tier"=${TIER}
ENV MODEL=llama HF_HOME=/models
ARG TOKEN
FROM base
LABEL owner=me
RUN apt-get install -y curl=8.5 && pip install torch==2.4.0
EXPOSE 8000
USER 1000:2000
WORKDIR /app
ENTRYPOINT ["vllm", "serve", "org/model"]
"""
POD = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: llm
  namespace: dev
  labels: {app: llm, team: search}
  annotations: {owner: me}
spec:
  replicas: 2
  selector: {matchLabels: {app: llm}}
  template:
    metadata:
      labels: {app: llm}
    spec:
      hostNetwork: true
      initContainers:
        - {name: fetch, image: "busybox:1.36"}
      containers:
        - name: server
          image: vllm/vllm-openai:v0.9.1
          args: [--model, org/model, --tensor-parallel-size, "2"]
          env:
            - {name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: token}}}
            - {name: MODE, value: fast}
          resources:
            limits: {nvidia.com/gpu: 2, memory: 64Gi}
        - name: other
          image: "{{ .Values.image }}"
          command: [sleep, "60"]
          envFrom: [{secretRef: {name: all}}]
"""
COMPOSE = """\
services:
  llm:
    image: ghcr.io/example/llm:1
    labels: [team=search]
    environment: {MODE: fast}
    deploy:
      resources: {reservations: {devices: [{driver: nvidia, count: 2, capabilities: [gpu]}]}}
  web:
    build: .
    labels: {team: ui}
"""
SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: llm, namespace: dev}
spec:
  minReplicas: 1
  maxReplicas: 9
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: llm, namespace: dev, annotations: {kubernetes.io/ingress.class: nginx}}
spec:
  rules:
    - http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: llm, port: {number: 80}}}}
"""
FILES = {
    "Dockerfile": DOCKERFILE,
    "pod.yaml": POD,
    "compose.yaml": COMPOSE,
    "scaler.yaml": SCALER,
    "requirements.txt": "torch==2.4.0\nnumpy>=1\n",
}


def report(subject: str, condition: str, message: str = "found", at: str = "") -> Report:
    """What a rule says about the files above."""
    rule = CustomRule("acme.rule", subject, condition, message, at)
    policy = Policy(rules={rule.name: RuleSetting("on")}, custom={rule.name: rule})
    return examine_texts(FILES, policy)


def told(subject: str, condition: str, message: str = "found", at: str = "") -> list[str]:
    """The findings as `file:line:column message`."""
    found = report(subject, condition, message, at)
    assert found.problems == ()
    return [
        f"{one.location.origin}:{one.location.start.line}:{one.location.start.column} {one.message}"
        for one in found.findings
    ]


# What a rule is about, its condition, and the word at which the first finding stands.
TABLE = r"""
- stage: stage.final && stage.user == "1000" => 1000:2000
- stage: has(stage.group) && stage.group == "2000" => 1000:2000
- stage: stage.final && !stage.runs_as_root => 1000:2000
- stage: has(stage.name) && stage.name == "base" => FROM registry.example.com/llm/base:1.2 AS base
- stage: stage.number == 1 => FROM base
- stage: stage.shipped && !stage.final => FROM registry.example.com/llm/base:1.2 AS base
- stage: has(stage.base) && stage.base.tag == "1.2" => registry.example.com/llm/base:1.2
- stage: stage.final && stage.root.registry == "registry.example.com"
  => registry.example.com/llm/base:1.2
- stage: stage.final && stage.workdir == "/app" => /app
- stage: has(stage.labels.owner) && stage.labels.owner == "me" => owner=me
- stage: stage.final && !("cost" in stage.labels) => FROM base
- stage: stage.final && stage.env.MODEL == "llama" => llama
- stage: stage.final && stage.exposed == [8000] => FROM base
- stage: stage.final && stage.entrypoint[0] == "vllm" => "vllm"
- stage: stage.final && !stage.healthcheck => FROM base
- stage: !stage.scratch && stage.final => FROM base
- stage: stage.instructions.exists(i, i.keyword == "EXPOSE") => EXPOSE
- instruction: instruction.keyword == "EXPOSE" && !instruction.json => EXPOSE 8000
- instruction: instruction.text == "8000" && instruction.stage == 1 => EXPOSE 8000
- instruction: instruction.keyword == "WORKDIR" && "/app" in instruction.words => WORKDIR /app
- command: command.program == "pip" && command.unconditional => pip install torch==2.4.0
- command: command.packages.exists(p, p.name == "torch") => torch==2.4.0
- command: command.arguments.exists(a, a == "-y") => -y
- requirement: requirement.name == "numpy" && requirement.specifier == ">=1" => numpy>=1
- requirement: has(requirement.version) && requirement.version == "2.4.0" => torch==2.4.0
- image: image.role == "base" && image.repository == "llm/base" => registry.example.com/llm/base:1.2
- image: image.role == "compose" && image.name == "ghcr.io/example/llm" => ghcr.io/example/llm:1
- variable: variable.name == "HF_HOME" && variable.value == "/models" => /models
- variable: variable.name == "MODE" && variable.origin == "pod" => {name: MODE, value: fast}
- variable: has(variable.reference) && variable.reference == "secretKeyRef"
  => {name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: token}}}
- object: object.kind == "Deployment" && object.namespace == "dev" => dev
- object: object.kind == "Deployment" && object.labels.team == "search" => search
- object: has(object.annotations.owner) => me
- object: object.group == "apps" && object.spec.replicas > 1 => 2
- pod: !("team" in pod.labels) => labels
- pod: !has(pod.labels.team) && pod.replicas == 2 => 2
- pod: pod.spec.hostNetwork => true
- pod: pod.containers.exists(c, c.role == 'init') => fetch
- pod: pod.containers.exists(c, c.image.tag == "v0.9.1") => vllm/vllm-openai:v0.9.1
- pod: pod.object.name == "llm" => llm
- container: container.name == "server" => server
- container: container.gpus > 1.0 => 2
- container: has(container.limits.memory) && quantity(container.limits.memory) > 3.0e10 => 64Gi
- container: "nvidia.com/gpu" in container.limits => limits
- container: has(container.env.MODE) && container.env.MODE == "fast" => fast
- container: container.name == "other" && container.command[0] == "sleep" => sleep
- container: container.object.namespace == "dev" && has(container.env.HF_TOKEN)
  => {name: HF_TOKEN, valueFrom: {secretKeyRef: {name: hf, key: token}}}
- service: service.name == "llm" && service.labels.team == "search" => team=search
- service: service.builds => web
- service: service.gpus == 2.0 => driver: nvidia
- service: service.name == "web" && service.labels.team == "ui" => ui
- server: server.engine == "vllm" && server.place == "pod" => org/model
- server: server.place == "image" && server.model == "org/model" => "org/model"
- server: server.place == "pod" && server.flags["tensor-parallel-size"] == "2" => 2
- autoscaler: autoscaler.maximum > 5 && autoscaler.minimum == 1 => 1
- autoscaler: autoscaler.target_name == "llm" => llm
- route: "llm" in route.services && route.kind == "Ingress" => llm
"""


def case(row: str) -> tuple[str, str, str]:
    """A row of the table above."""
    subject, _, rest = row.partition(": ")
    condition, _, word = rest.partition("=> ")
    return subject, condition.strip(), word.strip()


CASES = tuple(map(case, TABLE.split("\n- ")[1:]))


@pytest.mark.parametrize(("subject", "condition", "word"), CASES)
def test_a_condition_speaks_about_the_word_that_it_read_last(
    subject: str, condition: str, word: str
) -> None:
    found = report(subject, condition)
    assert found.problems == ()
    location = found.findings[0].location
    assert FILES[location.origin][location.span.start : location.span.end] == word


@pytest.mark.parametrize(
    ("subject", "condition"),
    [
        # An image of a template, in whichever way it is asked for.
        ("container", 'container.name == "other" && container.image.registry == "docker.io"'),
        ("container", 'container.name == "other" && container.image.registry != "docker.io"'),
        # What envFrom may set.
        ("container", 'container.name == "other" && has(container.env.HF_TOKEN)'),
        ("container", 'container.name == "other" && !has(container.env.HF_TOKEN)'),
        # The value of a secret.
        ("container", 'container.name == "server" && container.env.HF_TOKEN == ""'),
        ("container", 'container.name == "server" && container.env.HF_TOKEN != ""'),
        # A label with a variable in it, and what the base image may set.
        ("stage", 'stage.labels.tier == "gold"'),
        ("stage", 'stage.labels.tier != "gold"'),
        ("stage", 'stage.final && has(stage.env.PATH) && stage.env.PATH == "/bin"'),
        ("stage", "stage.final && !has(stage.env.PATH)"),
        # A pod one of whose containers is not known.
        ("pod", 'pod.containers.all(c, c.image.registry == "docker.io")'),
    ],
)
def test_what_is_not_known_is_neither_so_nor_otherwise(subject: str, condition: str) -> None:
    assert told(subject, condition) == []


def test_the_message_tells_values_and_leaves_out_what_is_not_known() -> None:
    said = told(
        "container",
        'container.role == "container" && has(container.name)',
        "{{ container.name }} of {{container.object.name}} runs {{ container.image.name }},"
        " {{ container.gpus }} GPUs, {{ has(container.env.MODE) }}",
    )
    assert [one.partition(" ")[2] for one in said] == [
        "server of llm runs docker.io/vllm/vllm-openai, 2 GPUs, true",
        "other of llm runs …, 0 GPUs, …",
    ]


@pytest.mark.parametrize(
    ("at", "line", "word"),
    [
        ("container.limits.memory", 26, "64Gi"),
        ("container.image", 20, "vllm/vllm-openai:v0.9.1"),
        ("container.limits", 26, "limits"),
        ("container.command", 19, "name: server"),  # what is not there would stand in the container
        ("container.body.securityContext", 19, "name: server"),
        ("container.object.name", 4, "llm"),
    ],
)
def test_a_finding_stands_where_the_rule_says(at: str, line: int, word: str) -> None:
    (finding,) = report("container", "container.gpus > 1.0", at=at).findings
    assert finding.location.start.line == line
    assert POD[finding.location.span.start :].startswith(word)


IMAGE = """\
{"inspected": "registry.example.com/llm:1",
 "config": {"os": "linux", "architecture": "arm64", "created": "2026-11-26T08:00:00Z",
  "config": {"User": "10001", "Env": ["MODE=fast", "HF_TOKEN=hunter2-abc", "PATH=/bin"],
   "Entrypoint": ["vllm", "serve"], "Cmd": ["org/model"], "WorkingDir": "/app",
   "Labels": {"team": "search"}, "ExposedPorts": {"8000/tcp": {}}, "Volumes": {"/data": {}},
   "StopSignal": "SIGINT", "Healthcheck": {"Test": ["CMD", "check"]}}}}
"""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('config.labels.team == "search"', True),
        ('"owner" in config.labels', False),
        ('!("owner" in config.labels)', True),
        ('config.env.MODE == "fast"', True),
        ('config.env.HF_TOKEN == "hunter2-abc"', False),
        ('config.env.HF_TOKEN != "hunter2-abc"', False),
        ("has(config.env.HF_TOKEN)", True),
        ('config.user == "10001"', True),
        ('config.entrypoint[0] == "vllm" && "org/model" in config.cmd', True),
        ('config.workdir == "/app" && config.exposed == ["8000/tcp"]', True),
        ('config.volumes.exists(v, v == "/data")', True),
        ('config.stop_signal == "SIGINT" && config.health_check[1] == "check"', True),
        ('config.os == "linux" && config.architecture == "arm64"', True),
        ('config.created.startsWith("2026-")', True),
        ('config.image == "registry.example.com/llm:1" && !has(config.digest)', True),
    ],
)
def test_a_condition_is_about_the_configuration_of_an_image(
    condition: str,
    expected: bool,  # noqa: FBT001 - whether there is a finding
) -> None:
    rule = CustomRule("acme.rule", "config", condition, "{{ config.env.HF_TOKEN }}", "")
    policy = Policy(rules={rule.name: RuleSetting("on")}, custom={rule.name: rule})
    found = examine_texts({"image.json": IMAGE}, policy)
    assert found.problems == ()
    assert [one.message for one in found.findings] == ["…"] * expected


PREDICTOR = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: llm}
spec:
  predictor:
    priorityClassName: serving
    model: {modelFormat: {name: huggingface}, resources: {limits: {nvidia.com/gpu: 1}}}
"""


def test_the_spec_of_pods_is_read_where_it_is_written() -> None:
    rule = CustomRule("a.b", "pod", 'pod.spec.priorityClassName == "serving"', "found")
    policy = Policy(rules={rule.name: RuleSetting("on")}, custom={rule.name: rule})
    found = examine_texts({"kserve.yaml": PREDICTOR}, policy)
    assert [one.location.start.line for one in found.findings] == [6]


def test_the_file_is_a_variable_too() -> None:
    said = told("stage", 'file.name == "Dockerfile" && file.kind == "dockerfile" && stage.final')
    assert said == ["Dockerfile:5:1 found"]
    assert told("stage", 'file.path != "Dockerfile"') == []


def test_a_condition_without_a_value_is_a_problem_not_a_pass() -> None:
    (problem,) = report("stage", 'stage.base.tag == "1.2" && stage.final').problems
    assert problem.kind.value == "unjudged"
    assert problem.origin == "Dockerfile"
    assert "the rule acme.rule cannot tell: there is no `stage.base`" in problem.detail
    assert "policy test" in problem.help
    problem = report("stage", "stage.number").problems[0]
    assert "neither true nor false" in problem.detail


def test_a_condition_that_takes_too_long_is_a_problem_and_not_asked_again() -> None:
    many = "[" + ", ".join(map(str, range(100))) + "]"
    hostile = f"{many}.all(a, {many}.all(b, {many}.all(c, a + b + c >= 0)))"
    found = report("instruction", hostile)
    (problem,) = found.problems
    assert "steps" in problem.detail


@pytest.mark.parametrize("word", SUBJECTS)
def test_a_subject_is_documented(word: str) -> None:
    subject = SUBJECTS[word]
    assert subject.doc.endswith(".")
    assert len(FIELDS[word]) == len(subject.attributes)
    assert catalog.find(subject.example) == (subject.example,)
    if word != "requirement":  # ours are about all of its file
        types = set(map(catalog.key_of, subject.types))
        assert types & set(catalog.subjects(subject.example))
    for attribute in subject.attributes:
        inner = attribute.kind.removeprefix("list(").removesuffix(")")
        assert inner in {"string", "int", "double", "bool", "map", "yaml", *SUBJECTS}
        assert attribute.doc


@pytest.mark.parametrize(
    ("word", "field"),
    [
        (word, field)
        for word, fields in FIELDS.items()
        for field in fields
        if word != "vulnerability"
    ],
)
def test_every_field_can_be_read(word: str, field: str) -> None:
    found = report(
        word, f"has({word}.{field}) || !has({word}.{field})", f"{{{{ {word}.{field} }}}}"
    )
    assert found.problems == ()
    assert all(one.message for one in found.findings)
