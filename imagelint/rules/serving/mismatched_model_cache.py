"""The rule `mismatched-model-cache`."""

from __future__ import annotations

from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH, confidence=Confidence.LIKELY)
def mismatched_model_cache(pod: Pod, ctx: Context) -> Findings:
    """A server reads a cache that was filled for another model, or for other GPUs.

    What the cache holds is chosen when it is filled: the profiles of one image, compiled for a
    number and a kind of GPUs. A server of another image, or upon other GPUs, finds none that it can
    run: it ends, or downloads everything again into the volume at each start.

    Except:
        Caches that are filled from elsewhere than the registry, or with profiles by name. Images
        that are called alike in two registries, caches that are not in sight, and GPUs that the
        operator gives by the profile.

    Bad (server.yaml):
        apiVersion: apps.nvidia.com/v1alpha1
        kind: NIMCache
        metadata: {name: llama}
        spec:
          source:
            ngc:
              modelPuller: nvcr.io/nim/meta/llama-3.1-70b-instruct:1.8.0
              authSecret: ngc
          storage: {pvc: {create: true, size: 200Gi, volumeAccessMode: ReadWriteMany}}
        ---
        apiVersion: apps.nvidia.com/v1alpha1
        kind: NIMService
        metadata: {name: llama}
        spec:
          image: {repository: nvcr.io/nim/meta/llama-3.1-8b-instruct, tag: 1.8.0}
          authSecret: ngc
          storage: {nimCache: {name: llama}}

    Good (server.yaml):
        apiVersion: apps.nvidia.com/v1alpha1
        kind: NIMCache
        metadata: {name: llama}
        spec:
          source:
            ngc:
              modelPuller: nvcr.io/nim/meta/llama-3.1-8b-instruct:1.8.0
              authSecret: ngc
          storage: {pvc: {create: true, size: 200Gi, volumeAccessMode: ReadWriteMany}}
        ---
        apiVersion: apps.nvidia.com/v1alpha1
        kind: NIMService
        metadata: {name: llama}
        spec:
          image: {repository: nvcr.io/nim/meta/llama-3.1-8b-instruct, tag: 1.8.0}
          authSecret: ngc
          storage: {nimCache: {name: llama}}
    """
    from imagelint.deployment.modelcaches import differences, model_cache

    manifest = ctx.document
    cache = model_cache(pod, manifest, ctx.project) if isinstance(manifest, Manifest) else None
    if cache is None:
        return
    for one in differences(pod, cache):
        yield ctx.finding(
            one.place,
            f"the cache `{cache.name}` holds {one.holds}, and the server has {one.has}",
            help="fill a cache for this server, or let it have what the cache was filled for",
            subject=cache.name,
            notes=(ctx.note("it is filled so here", one.told, of=cache.origin),),
        )
