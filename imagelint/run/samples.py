"""A document of each kind that there may be many of, with most of what such documents hold."""

from __future__ import annotations

_DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG VERSION=3.12
FROM python:${VERSION}-slim AS build
ENV HOME=/root TOKENIZERS_PARALLELISM="false"
WORKDIR /src
COPY --chown=0:0 requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip \\
    apt-get update && apt-get install -y --no-install-recommends curl git-lfs=3.* \\
    && curl -fsSL https://example.com/tool-1.2.tar.gz -o tool.tar.gz | tee log \\
    && echo "0000  tool.tar.gz" | sha256sum -c - && tar xf tool.tar.gz \\
    && pip install --no-cache-dir -r requirements.txt 'torch==2.5.1' && rm -rf /var/lib/apt/lists/*
RUN if [ "$VERSION" = 3.12 ]; then for one in $(ls /src); do bash -c "test -e $one"; done; fi
FROM alpine AS tools
FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04
LABEL org.opencontainers.image.title="sample"
COPY --from=build /src /app
RUN <<EOF
python3 -m pip install numpy
EOF
EXPOSE 8000/tcp
USER root
HEALTHCHECK --interval=30s CMD curl -f http://localhost:8000/health || exit 1
ENTRYPOINT exec python3 /app/main.py
ENTRYPOINT []
CMD ["python3", "/app/main.py"]
"""
_MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: sample, labels: {app: sample}}
spec:
  selector: {matchLabels: {app: sample}}
  template:
    metadata: {labels: {app: sample}}
    spec:
      containers:
        - name: server
          image: registry.example.com/team/server:latest
          command: [sh, -c, "exec python3 /app/main.py --port 8000"]
          env:
            - {name: HF_HOME, value: /cache}
          ports: [{containerPort: 8000}]
          resources: {limits: {nvidia.com/gpu: 1, memory: 64Gi}}
          livenessProbe: {httpGet: {path: /health, port: 8000}}
          volumeMounts: [{name: cache, mountPath: /cache}]
      volumes: [{name: cache, emptyDir: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: sample}
spec: {selector: {app: sample}, ports: [{port: 80, targetPort: 8000}]}
"""
SAMPLES = {"dockerfile": _DOCKERFILE, "kubernetes": _MANIFEST}
