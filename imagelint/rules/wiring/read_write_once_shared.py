"""The rule `read-write-once-shared`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.deployment.objects import Neighbourhood
from imagelint.deployment.references import attaches_once, references, stays_on_one_node
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.links.scalers import scalers_of_pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.fact import Fact

_CLAIM = "PersistentVolumeClaim"


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
    claims = [one for one in references(pod) if one.kind == _CLAIM]
    manifest = ctx.document
    if not claims or pod.selector is None or not isinstance(manifest, Manifest):
        return
    count = _replicas(pod, Scope(manifest, ctx.project, ctx.environment.closed))
    if not isinstance(count, Known) or count.value < 2 or stays_on_one_node(pod):  # noqa: PLR2004 - several
        return
    around = Neighbourhood(manifest, ctx.project)
    for one in claims:
        found = around.object(_CLAIM, one.name, pod.owner.namespace)
        mode = attaches_once(found.object) if found is not None else ""
        if not mode:
            continue
        yield ctx.finding(
            one.place,
            f"{count.value} replicas mount the claim `{one.name}`, which is {mode}",
            help="make it `ReadWriteMany`, or give each replica a claim of its own",
            subject=one.name,
        )


def _replicas(pod: Pod, scope: Scope) -> Fact[int]:
    """How many there may be at once."""
    scaled = scalers_of_pod(pod, scope)
    for _, scaler in scaled.nodes if scaled.here else ():
        return scaler.maximum
    return pod.replicas
