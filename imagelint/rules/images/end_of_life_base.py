"""The rule `end-of-life-base`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.reference import parse_reference
from imagelint.documents.image.layers.nodes import InstalledSystem
from imagelint.documents.shared import ImageUse
from imagelint.knowledge.serving.lifetimes import end_of_life
from imagelint.rules.api import Context, Findings, Severity, rule


@rule((ImageUse, InstalledSystem), Severity.MEDIUM)
def end_of_life_base(use: ImageUse | InstalledSystem, ctx: Context) -> Findings:
    r"""What the image is built upon gets no fixes any more.

    After a distribution's last day no hole in it is closed, and scanners have no advisories for
    it: a report without findings means nothing. NVIDIA deletes the images of CUDA releases half a
    year after their end, and a build upon them fails from that day on. Paid support (Ubuntu Pro,
    ELTS) is not seen: waive the rule where there is one.

    Except:
        Stages that are not shipped, and digests without a tag.

    Bad:
        FROM nvidia/cuda:11.3.1-runtime-ubuntu20.04
        CMD ["server"]

    Good:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        CMD ["server"]

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: shell}
        spec:
          containers:
            - name: shell
              image: ubuntu:18.04
              command: [sleep, infinity]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: shell}
        spec:
          containers:
            - name: shell
              image: ubuntu:24.04
              command: [sleep, infinity]

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "etc/os-release", "content": "ID=ubuntu\nVERSION_ID=20.04\n"}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "etc/os-release", "content": "ID=ubuntu\nVERSION_ID=24.04\n"}]}]}
    """
    if isinstance(use, InstalledSystem):
        image = parse_reference(f"{use.name}:{use.version}")
    elif use.final and not use.built and isinstance(use.tag, Known):
        image = use.known
    else:
        return
    ended = None if image is None else end_of_life(image)
    if ended is not None:
        yield ctx.finding(
            use,
            f"{ended.name} gets no fixes any more since {ended.ended}",
            help=f"take a release that gets fixes, such as `{ended.successor}`",
            subject=str(image),
        )
