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
FROM vllm/vllm-openai:v0.11.0
LABEL org.opencontainers.image.title="sample"
COPY --from=build /src /app
COPY start.sh /app/
RUN <<EOF
python3 -m pip install numpy https://example.com/wheels/one-1.0-py3-none-any.whl
conda install -c conda-forge numpy=1.26
git clone https://github.com/example/example.git && cd example && ./configure -p /opt
useradd -u 10001 app && echo "key and token of app" && bash /app/start.sh
EOF
EXPOSE 8000/tcp
USER root
HEALTHCHECK --interval=30s CMD curl -f http://localhost:8000/health || exit 1
ENTRYPOINT exec python3 /app/main.py
ENTRYPOINT []
CMD ["vllm", "serve", "Qwen/Qwen3-8B", "--host", "0.0.0.0", "--port=8000", "--dtype", "auto"]
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
          image: vllm/vllm-openai:v0.11.0
          command: [sh, -c, "exec vllm serve Qwen/Qwen3-8B-AWQ --port $PORT"]
          env:
            - {name: HF_HOME, value: /cache}
          ports: [{containerPort: 8000}]
          resources: {limits: {nvidia.com/gpu: 1, memory: 64Gi}}
          livenessProbe: {httpGet: {path: /health, port: 8000}}
          volumeMounts: [{name: cache, mountPath: /cache}]
        - name: other
          image: registry.example.com/team/server:latest
          args: [--model, Qwen/Qwen3-8B]
          resources: {limits: {nvidia.com/gpu: 1}}
      volumes: [{name: cache, emptyDir: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: sample}
spec: {selector: {app: sample}, ports: [{port: 80, targetPort: 8000}]}
"""
SAMPLES = {"dockerfile": _DOCKERFILE, "kubernetes": _MANIFEST}
