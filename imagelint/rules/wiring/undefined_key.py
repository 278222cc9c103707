"""The rule `undefined-key`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.nearest import nearest
from imagelint.deployment.objects import Neighbourhood
from imagelint.deployment.references import is_partial, keys_of, owner_of, references
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.kubernetes.wiring.nodes import Referring
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((Pod, Referring), Severity.HIGH)
def undefined_key(referring: Pod | Referring, ctx: Context) -> Findings:
    """A key of a ConfigMap or Secret is wanted that the object does not have.

    The container is not started (`CreateContainerConfigError`), its volume is not mounted, the
    trigger of KEDA has no password, until somebody adds the key: the names must be the same to the
    letter.

    Except:
        References that are `optional`, objects that are empty or that something else fills in, and
        those of other folders, of which another one of that name may be meant.

    Bad (pod.yaml):
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: llm}
        data: {MODEL_ID: Qwen/Qwen3-8B}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.0
              env: [{name: MODEL, valueFrom: {configMapKeyRef: {name: llm, key: MODEL}}}]

    Good (pod.yaml):
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: llm}
        data: {MODEL_ID: Qwen/Qwen3-8B}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.0
              env: [{name: MODEL, valueFrom: {configMapKeyRef: {name: llm, key: MODEL_ID}}}]
    """
    wanted = [one for one in references(referring) if isinstance(one.key, Known)]
    manifest = ctx.document
    if not wanted or not isinstance(manifest, Manifest) or is_partial(referring):
        return
    around = Neighbourhood(manifest, ctx.project)
    for one in wanted:
        found = around.object(one.kind, one.name, owner_of(referring).namespace, makers=True)
        keys = keys_of(found.object) if found is not None else None
        key = one.key.value if isinstance(one.key, Known) else ""
        if found is None or keys is None or key in keys or not around.is_beside(found):
            continue
        meant = nearest(key, keys) or (min(keys) if len(keys) == 1 else "")
        yield ctx.finding(
            one.key_place,
            f"the {one.kind} `{one.name}` has no key `{key}`",
            help=f"write `key: {meant}`" if meant else f"add `{key}` to the {one.kind}",
            subject=one.name,
            confidence=None if found.manifest is manifest else Confidence.LIKELY,
        )
