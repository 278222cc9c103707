"""What a change brings, against the difference of two whole runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Program

CHECK = ("check", "--policy", "strict", "--policy", "gpu-serving", "--no-cache", "--format", "json")
DOCKERFILE = """\
FROM vllm/vllm-openai:v0.9.0
RUN apt-get update && apt-get install -y git
COPY requirements.txt start.sh /srv/
RUN pip install -r /srv/requirements.txt
ENTRYPOINT ["/srv/start.sh"]
"""
SCRIPT = "#!/bin/sh\nexec vllm serve Qwen/Qwen3-8B --tensor-parallel-size 2\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec:
  selector: {matchLabels: {app: llm}}
  template:
    metadata: {labels: {app: llm}}
    spec:
      containers:
        - name: server
          image: registry.example.com/llm:1
          envFrom: [{configMapRef: {name: settings}}]
          resources: {limits: {nvidia.com/gpu: 2}}
"""
SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {HF_HOME: /models, VLLM_PORT: "8000"}
"""
KUSTOMIZATION = "resources: [../base/deploy.yaml]\nnamePrefix: prod-\n"
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec: {replicas: 2, template: {spec: {hostNetwork: true}}}
"""
CHART = "apiVersion: v2\nname: llm\nversion: 0.1.0\n"
TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata: {name: llm}
spec:
  hostNetwork: {{ .Values.host }}
  containers:
    - {name: server, image: "{{ .Values.image }}"}
"""
COMPOSE = "services:\n  llm:\n    image: vllm/vllm-openai:latest\n    ports: ['8000:8000']\n"
FILES = {
    "app/Dockerfile": DOCKERFILE,
    "app/requirements.txt": "torch==2.5.1\nrequests\n",
    "app/start.sh": SCRIPT,
    "base/deploy.yaml": DEPLOYMENT,
    "base/settings.yaml": SETTINGS,
    "prod/kustomization.yaml": KUSTOMIZATION,
    "chart/Chart.yaml": CHART,
    "chart/values.yaml": "image: vllm/vllm-openai:v0.9.0\nhost: false\n",
    "chart/templates/pod.yaml": TEMPLATE,
    "compose.yaml": COMPOSE,
    "broken.yaml": "apiVersion: v1\nkind: Pod\nspec: [\n",
}


def _write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _edit(name: str, old: str, new: str) -> Callable[[], None]:
    def apply() -> None:
        text = Path(name).read_text(encoding="utf-8")
        assert old in text
        _write(name, text.replace(old, new))

    return apply


def _patched() -> None:
    _write("prod/patch.yaml", PATCH)
    _write("prod/kustomization.yaml", f"{KUSTOMIZATION}patches: [{{path: patch.yaml}}]\n")


CHANGES: dict[str, Callable[[], None]] = {
    "nothing": lambda: None,
    "a line above": _edit("app/Dockerfile", "FROM", "# a line\nFROM"),
    "the same once more": _edit(
        "app/Dockerfile", "COPY", "RUN apt-get update && apt-get install -y git\nCOPY"
    ),
    "requirements beside": _edit("app/requirements.txt", "torch==2.5.1", "torch"),
    "a script that is started": _edit("app/start.sh", "size 2", "size 3"),
    "a ConfigMap": _edit("base/settings.yaml", 'VLLM_PORT: "8000"', "HF_TOKEN: x"),
    "a ConfigMap goes": lambda: Path("base/settings.yaml").unlink(),
    "values of a chart": _edit("chart/values.yaml", "host: false", "host: true"),
    "a template goes": lambda: Path("chart/templates/pod.yaml").unlink(),
    "a chart goes": lambda: shutil.rmtree("chart"),
    "a patch comes": _patched,
    "a kustomization goes": lambda: shutil.rmtree("prod"),
    "a base": _edit("base/deploy.yaml", "gpu: 2", "gpu: 4"),
    "a service": _edit("compose.yaml", "latest", "v0.9.0"),
    "a file comes": lambda: _write("new/Dockerfile", "FROM debian\n"),
    "a file is mended": _edit("broken.yaml", "spec: [", "spec: {hostPID: true}"),
    "a file breaks": _edit("compose.yaml", "services:", "services: ["),
}


def git(*arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("committed")
    before = Path.cwd()
    os.chdir(folder)
    for name, text in FILES.items():
        _write(name, text)
    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "first")
    os.chdir(before)
    return folder


@pytest.fixture(scope="module")
def known_before() -> list[Any]:
    """The report before any change, once it was made."""
    return []


def known(report: dict[str, Any]) -> Counter[tuple[str, ...]]:
    """All that a report says, in words that survive edits elsewhere, by how often."""
    every = (each for one in report["findings"] for each in (one, *one["parts"]))
    return Counter(
        (
            each["rule"],
            each["location"]["origin"],
            each["subject"],
            _words(each["location"]),
        )
        for each in every
    )


def _words(place: dict[str, Any]) -> str:
    lines = place["excerpt"]["lines"]
    if len(lines) != 1:
        return "".join(lines)
    start, end = place["start"]["column"] - 1, place["end"]["column"] - 1
    return str(lines[0][start:end] or lines[0])


def checked(program: Program, *more: str) -> Any:
    return json.loads(program(*CHECK, *more).out)


@pytest.mark.parametrize("name", CHANGES)
def test_it_is_the_difference_of_two_runs(
    name: str, here: Path, committed: Path, program: Program, known_before: list[Any]
) -> None:
    shutil.copytree(committed, here, dirs_exist_ok=True)
    known_before[:] = known_before or [checked(program)]
    before = known_before[0]
    CHANGES[name]()
    now, since = checked(program), checked(program, "--since", "HEAD")
    assert known(since) == known(now) - known(before), name
    counts = since["since"]
    told = counts["unchanged"] + sum(known(since).values())
    assert told == sum(known(now).values())
    assert counts["mended"] == (known(before) - known(now)).total()


def test_many_changes_at_once(here: Path, committed: Path, program: Program) -> None:
    shutil.copytree(committed, here, dirs_exist_ok=True)
    before = checked(program)
    names = ["a file comes", "requirements beside", "a chart goes", "a patch comes", "a line above"]
    for name in names:
        CHANGES[name]()
    now, since = checked(program), checked(program, "--since", "HEAD")
    assert known(since) == known(now) - known(before)
    assert since["findings"]
