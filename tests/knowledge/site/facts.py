"""A site that knows something of everything, for tests."""

from __future__ import annotations

import json

from imagelint.core.sitefacts import SiteFacts

SITE = """\
asof: 2026-11-20
source: wiki.example.com/gpus
stale-after: 90
gpus:
  - product: ACME-X200-96GB
    labels: [x200, "acme-x2*"]
    memory: 96
    usable: 92
    capability: "13.0"
    generation: Next
    first-cuda: "13.1"
    last-cuda: "14.0"
    mig: [1g.12gb, 5g.60gb]
    note: in rack 7
engines:
  - is: vllm
    images: ["registry.example.com/llm/serve"]
    tags: "{version}-corp*"
    bare: true
  - name: acme-serve
    title: ACME Serve
    images: ["registry.example.com/llm/acme-serve*"]
    tags: "v{version}"
    programs: [acme-serve, python -m acme.serve]
    port: 9000
    health: /healthz
    readiness: /ready
    generation: [/v1/chat/completions]
    opens: early
    variables: {ACME_TP: tp}
    options: {model: [model], tensor-parallel: [tp], port: [port]}
    flags: [log-level]
    switches: [fast]
    user: "1000"
    metrics: /metrics
    traits:
      needs-gpu: true
      all-gpus: false
      one-process: false
      spills-to-cpu: false
      loads-on-request: false
    drain-seconds: 60
  - name: fork
    like: vllm
    programs: [fork-serve]
  - name: tgi
    port: 8080
mirrors:
  - {prefix: registry.example.com/mirror, upstream: docker.io}
  - {prefix: registry.example.com/mirror/nvidia, upstream: nvcr.io/nvidia}
base-images:
  - image: registry.example.com/base/cuda
    tags: "{cuda}-*"
    user: "1000"
    compiler: false
    lacks: [curl, wget]
    drops: false
    runtime: slim
  - image: registry.example.com/base/ml
    cuda: "12.4.1"
    root: true
    compiler: true
operators:
  - group: serving.example.com
    kinds: [ModelServer]
    adds:
      containers: ["*"]
      privileges: [runAsNonRoot]
      probes: [readiness, liveness, startup]
      shared-memory: true
      volumes: true
      environment: true
      arguments: false
      resources: false
    tells:
      engine: acme-serve
      address: model.uri
      words: [ARGS]
      options: {tensor-parallel: parallel.tensor}
    images: [image]
    several: workers
    makes-pods: true
  - {group: other.example.com, kinds: ["*"], adds: nothing}
  - {group: third.example.com, kinds: ["*"], adds: everything}
models:
  - name: corp-llm
    parameters: 120
    bytes: 1
    media: true
    layers: 80
    heads: 64
    kv-heads: 8
    head-size: 128
    context: 131072
  - {name: corp-mla, latent: 576, layers: 61, heads: 128, context: 131072, sliding: 3, window: 4096}
node-labels:
  - {key: example.com/gpu, product: true, values: [X200], meant: {X200: ["x-200*"]}}
"""


def facts(section: str, *rows: dict[str, object], origin: str = "site.yaml") -> SiteFacts:
    """One section of a file."""
    return SiteFacts(section, origin, json.dumps(rows))
