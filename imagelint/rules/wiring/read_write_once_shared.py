"""The rule `read-write-once-shared`."""

from __future__ import annotations

from imagelint.deployment.objects import Neighbourhood
from imagelint.deployment.references import (
    CLAIM,
    attaches_once,
    modes,
    mounting_pods,
    references,
    stays_on_one_node,
)
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH, confidence=Confidence.LIKELY)
def read_write_once_shared(pod: Pod, ctx: Context) -> Findings:
    """Several replicas mount a claim that is attached to one node at a time.

    The pods that come to another node wait for the volume (`Multi-Attach error`) as long as the
    first one lives, each with the GPUs that it has been given. `ReadWriteOncePod` lets in a single
    pod, wherever it runs.

    Except:
        Pods that are kept on one node, or close to each other, volumes that are local to a node,
        and claims that are not in sight.

    Bad (server.yaml):
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: models}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 100Gi}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          replicas: 2
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
              volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]

    Good (server.yaml):
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: models}
        spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 100Gi}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          replicas: 2
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
              volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]
    """
    claims = [one for one in references(pod) if one.kind == CLAIM]
    manifest = ctx.document
    if not isinstance(manifest, Manifest) or stays_on_one_node(pod):
        return
    if not pod.owner.is_own:
        yield from _of_caches(pod, manifest, ctx)
    around = Neighbourhood(manifest, ctx.project)
    for one in claims:
        count = mounting_pods(pod, one.name, Scope(manifest, ctx.project, ctx.environment.closed))
        found = around.object(CLAIM, one.name, pod.owner.namespace) if count > 1 else None
        mode = attaches_once(found.object) if found is not None else ""
        if found is None or not mode:
            continue
        what = "replicas" if pod.group is None else "pods of its groups"
        yield ctx.finding(
            one.place,
            f"{count} {what} mount the claim `{one.name}`, which is {mode}",
            help="make it `ReadWriteMany`, or give each replica a claim of its own",
            subject=one.name,
            notes=(ctx.note(f"it is {mode} here", modes(found.object), of=found.origin),),
        )


def _of_caches(pod: Pod, manifest: Manifest, ctx: Context) -> Findings:
    """What an operator mounts from what its own objects say of it."""
    from imagelint.deployment.modelcaches import shared_storage

    one = shared_storage(pod, manifest, ctx.project)
    if one is None:
        return
    of = f"cache `{one.name}`" if one.origin else f"volume of `{one.name}`"
    told = (ctx.note(f"it is {one.mode} here", one.told, of=one.origin),) if one.origin else ()
    yield ctx.finding(
        one.place,
        f"{one.replicas} replicas mount the {of}, which is {one.mode}",
        help="make it `ReadWriteMany`, or give each replica a claim of its own",
        subject=one.name,
        notes=told,
    )
