"""The rule `shared-compile-cache`."""

from __future__ import annotations

from imagelint.deployment.cachevolumes import shared_graphs
from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.MEDIUM, confidence=Confidence.LIKELY)
def shared_compile_cache(pod: Pod, ctx: Context) -> Findings:
    """Another workload may write the compiled code that the server loads.

    The cache of compiled graphs holds native libraries and pickled objects, which are run without
    any question. Whoever can write them, runs code in this server, with its keys and its requests.

    Except:
        Replicas of one workload, claims that the other mounts read-only.

    Bad (servers.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts: [{name: cache, mountPath: /root/.cache}]
          volumes: [{name: cache, persistentVolumeClaim: {claimName: cache}}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: notebook}
        spec:
          containers:
            - name: notebook
              image: quay.io/jupyter/base-notebook:2026-11-02
              volumeMounts: [{name: cache, mountPath: /cache}]
          volumes: [{name: cache, persistentVolumeClaim: {claimName: cache}}]

    Good (servers.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
              volumeMounts: [{name: cache, mountPath: /root/.cache}]
          volumes: [{name: cache, persistentVolumeClaim: {claimName: llm-cache}}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: notebook}
        spec:
          containers:
            - name: notebook
              image: quay.io/jupyter/base-notebook:2026-11-02
              volumeMounts: [{name: cache, mountPath: /cache}]
          volumes: [{name: cache, persistentVolumeClaim: {claimName: notebook-cache}}]
    """
    for shared, other in shared_graphs(pod, ctx.document, ctx.project):
        yield ctx.finding(
            shared.mount,
            f"`{other}` can write {shared.folder}, from which compiled code is loaded:"
            f" both mount the claim `{shared.claim}`",
            help="give each workload a claim of its own, or let the other one mount it read-only",
            subject=pod.owner.name,
        )
