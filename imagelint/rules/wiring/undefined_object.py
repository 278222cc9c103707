"""The rule `undefined-object`."""

from __future__ import annotations

from imagelint.deployment.references import CLAIM, is_partial, owner_of, references
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.kubernetes.wiring.nodes import Referring, ScaledObject
from imagelint.documents.queries.links.names import Name, undefined
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# Kubernetes, OpenShift and Istio make these in every namespace.
_ALWAYS = frozenset(
    ("default", "kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert")
)
# Addresses of models in their objects name claims (`pvc://`) that they never make.
_ADDRESSING = ("serving.kserve.io", "kubeai.org")
# No operator makes these of what somebody else writes.
_WRITTEN = frozenset(
    (
        *("Deployment", "StatefulSet", "DaemonSet", "AnalysisTemplate"),
        *("ClusterAnalysisTemplate", "MetricTemplate", "NIMCache", "ModelServer"),
    )
)


@rule(
    (Pod, ScaledObject, Referring),
    Severity.HIGH,
    confidence=Confidence.LIKELY,
    references=("kube-linter non-existent-service-account",),
)
def undefined_object(referring: Pod | ScaledObject | Referring, ctx: Context) -> Findings:
    """A claim, a ConfigMap, a Secret, an account, an authentication … is needed and not there.

    A pod stays `Pending`, or `ContainerCreating`, until somebody makes it; without its account no
    pod is made at all. A trigger of KEDA asks nothing without its `authenticationRef`: the number
    of replicas stays what it is. A Rollout of Argo stops without the workload or the templates of
    analyses that it names, a Canary of Flagger never begins without its `targetRef`, a pool of
    inference answers nothing without the Service of its picker, a NIMService never becomes ready
    without its NIMCache, a ModelRoute of Kthena leads nowhere without its ModelServer.

    Except:
        References that are `optional`, objects that operators make (`ExternalSecret`,
        `SealedSecret`, `Certificate` …). What may be defined outside of what is examined: without
        `closed: true` in the policy, or `--closed`, only misspelt names of what stands in the same
        file, or is rendered with it.

    Bad (pod.yaml):
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: llm-settings}
        data: {MODEL_ID: Qwen/Qwen3-8B}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.0
              envFrom: [{configMapRef: {name: llm-setings}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: llm-settings}
        data: {MODEL_ID: Qwen/Qwen3-8B}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.0
              envFrom: [{configMapRef: {name: llm-settings}}]
    """
    if is_partial(referring):
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    told = set(_ALWAYS)
    for one in references(referring):
        if one.name in told:
            continue
        owner, written = owner_of(referring), one.kind in _WRITTEN
        addressed = one.kind == CLAIM and owner.group in _ADDRESSING
        made = not written and not addressed
        name = Name(one.kind, one.name, owner.namespace, made=made, exact=not written)
        found = undefined(name, scope)
        if found is None:
            continue
        told.add(one.name)
        article = "an" if one.kind[0] in "AEIOU" else "a"
        yield ctx.finding(
            one.place,
            f"there is no {one.kind} `{one.name}`"
            + (f", but {article} {one.kind} `{found.name}`" if found.name else ""),
            help=f"write `{found.name}`" if found.name else "define it, or name one that is there",
            subject=one.name,
            confidence=Confidence.CERTAIN if found.certain else None,
        )
