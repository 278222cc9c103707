"""Writes the inputs: files in the manner of real ones, each a little different."""

from __future__ import annotations

import json
import random
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SMALL = """\
FROM python:3.12.7-slim
WORKDIR /app
COPY requirements.txt .
RUN apt-get update && apt-get install -y --no-install-recommends curl \\
    && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir -r requirements.txt
CMD ["python", "-m", "app"]
"""
_BASES = ("python:3.12.7-slim", "debian:bookworm", "nvidia/cuda:12.4.1-runtime-ubuntu22.04")
_PACKAGES = ("curl", "git", "build-essential", "libgomp1", "ca-certificates", "tini", "jq", "wget")
_WHEELS = ("torch==2.5.1", "vllm==0.11.0", "transformers", "fastapi==0.115.0", "uvicorn")
_IMAGES = ("vllm/vllm-openai:v0.11.0", "nginx:1.29.1", "lmsysorg/sglang:latest", "busybox")


def write_dockerfiles(folder: Path, number: int) -> None:
    """Variations of a small Dockerfile with two or three RUN instructions."""
    for index in range(number):
        chance = random.Random(index)  # noqa: S311 - the same files every time
        packages = " ".join(chance.sample(_PACKAGES, 4))
        place = folder / f"service{index:05d}"
        place.mkdir(parents=True)
        lines = [
            f"FROM {chance.choice(_BASES)} AS build",
            f"ARG VERSION=1.{index}",
            "WORKDIR /app",
            "COPY . .",
            f"RUN apt-get update && apt-get install -y --no-install-recommends {packages} \\",
            "    && rm -rf /var/lib/apt/lists/*",
            f"RUN pip install --no-cache-dir {' '.join(chance.sample(_WHEELS, 3))}",
            f"FROM {chance.choice(_BASES)}",
            f"ENV SERVICE=service{index} PORT={8000 + index % 100}",
            "COPY --from=build /app /app",
            f"RUN useradd -u 10001 app{index % 10} && chown -R 10001 /app",
            *(["USER 10001"] if index % 2 else []),
            f'CMD ["python", "-m", "app{index}"]',
        ]
        (place / "Dockerfile").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_manifests(folder: Path, number: int) -> None:
    """Deployments with their services."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(number):
        chance = random.Random(index)  # noqa: S311 - the same files every time
        gpus = chance.choice((1, 2, 8))
        text = f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: server{index}
  namespace: team{index % 7}
  labels: {{app: server{index}}}
spec:
  replicas: {1 + index % 4}
  selector: {{matchLabels: {{app: server{index}}}}}
  template:
    metadata: {{labels: {{app: server{index}}}}}
    spec:
      containers:
        - name: server
          image: {chance.choice(_IMAGES)}
          args: ["--model", "Qwen/Qwen3-8B", "--tensor-parallel-size", "{gpus}"]
          ports: [{{containerPort: 8000}}]
          env:
            - {{name: LOG_LEVEL, value: info}}
          resources:
            limits: {{nvidia.com/gpu: {gpus}, memory: 64Gi}}
          livenessProbe:
            httpGet: {{path: /health, port: 8000}}
            initialDelaySeconds: {30 + index}
---
apiVersion: v1
kind: Service
metadata: {{name: server{index}, namespace: team{index % 7}}}
spec:
  selector: {{app: server{index}}}
  ports: [{{port: 80, targetPort: 8000}}]
"""
        (folder / f"server{index:05d}.yaml").write_text(text, encoding="utf-8")


def write_queries(folder: Path, number: int) -> None:
    """Dashboards and files of rules in turn, each with 25 expressions."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(number):
        chance = random.Random(index)  # noqa: S311 - the same files every time
        asked = [_expression(chance, index * 25 + at) for at in range(25)]
        if index % 2:
            rules = "".join(f"  - alert: A{at}\n    expr: {one}\n" for at, one in enumerate(asked))
            text = f"groups:\n- name: llm\n  rules:\n{rules}"
        else:
            text = json.dumps({"panels": [_panel(one) for one in asked]}, indent=2)
        name = f"alerts{index}.yml" if index % 2 else f"board{index}.json"
        (folder / name).write_text(text, encoding="utf-8")


def _expression(chance: random.Random, number: int) -> str:
    metric = chance.choice(("vllm:time_to_first_token_seconds", "tgi_request_duration"))
    matchers = f'namespace="n{number}", pod=~"llm-{number % 7}-.*"'
    share = chance.choice((0.5, 0.9, 0.99))
    return chance.choice(
        (
            f"histogram_quantile({share}, sum by (le) (rate({metric}_bucket{{{matchers}}}[5m])))",
            f"rate({metric}_sum{{{matchers}}}[5m]) / rate({metric}_count{{{matchers}}}[5m])",
            f"avg_over_time(vllm:kv_cache_usage_perc{{{matchers}}}[10m]) > {share}",
            f"max by (pod) (vllm:num_requests_waiting{{{matchers}}}) > {number % 50}",
        )
    )


def _panel(expression: str) -> dict[str, object]:
    source = {"type": "prometheus", "uid": "metrics"}
    drawn = {"lineWidth": 1, "fillOpacity": 10, "showPoints": "never", "spanNulls": False}
    return {
        "title": expression[:20],
        "type": "timeseries",
        "datasource": source,
        "fieldConfig": {"defaults": {"custom": drawn, "unit": "s"}, "overrides": []},
        "gridPos": {"h": 8, "w": 12, "x": 0, "y": 0},
        "targets": [{"datasource": source, "expr": expression, "legendFormat": "{{pod}}"}],
    }


def write_stages(folder: Path, number: int) -> None:
    """One Dockerfile with stages, one installation each."""
    parts = (
        f"FROM debian:bookworm AS stage{index}\n"
        f"RUN apt-get update && apt-get install -y package{index} && pip install wheel{index}\n"
        for index in range(number)
    )
    _write(folder / "Dockerfile", parts)


def write_runs(folder: Path, number: int) -> None:
    """One Dockerfile with one stage of many RUN instructions."""
    parts = (
        f"RUN apt-get install -y package{index}"
        f" && curl -o {index}.tgz https://example.com/{index}.tgz && pip install wheel{index}\n"
        for index in range(number)
    )
    _write(folder / "Dockerfile", ("FROM debian:bookworm\n", *parts))


def write_pods(folder: Path, number: int) -> None:
    """One file of pods that share the memory of their nodes."""
    _write(folder / "pods.yaml", map(_POD.format, range(number)))


def write_linked(folder: Path, number: int) -> None:
    """One file of objects: a server, what leads to it, and what scales it."""
    _write(folder / "linked.yaml", map(_LINKED.format, range(number // 4)))


def copy_tree(tree: Path, folder: Path, number: int) -> None:
    """Copies of a tree of files beside each other."""
    for index in range(number):
        shutil.copytree(tree, folder / f"copy{index}", symlinks=True)


def _write(path: Path, parts: Iterable[str]) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("".join(parts), encoding="utf-8")


_POD = """\
---
apiVersion: v1
kind: Pod
metadata: {{name: pod{0}, labels: {{app: pod{0}}}}}
spec:
  hostIPC: true
  containers:
    - {{name: main, image: "nginx:1.29.1"}}
"""
_LINKED = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: server{0}, namespace: team}}
spec:
  selector: {{matchLabels: {{app: server{0}}}}}
  template:
    metadata: {{labels: {{app: server{0}}}}}
    spec:
      containers:
        - name: server
          image: vllm/vllm-openai:v0.11.0
          args: ["--model", "Qwen/Qwen3-8B"]
          resources: {{limits: {{nvidia.com/gpu: 1}}}}
---
apiVersion: v1
kind: Service
metadata: {{name: service{0}, namespace: team}}
spec: {{selector: {{app: server{0}}}, ports: [{{port: 80, targetPort: 8000}}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: route{0}
  namespace: team
  annotations: {{nginx.ingress.kubernetes.io/proxy-read-timeout: "30"}}
spec:
  ingressClassName: nginx
  defaultBackend: {{service: {{name: service{0}, port: {{number: 80}}}}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: scaler{0}, namespace: team}}
spec:
  scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: server{0}}}
  maxReplicas: 4
  metrics:
    - type: Resource
      resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 60}}}}
"""
