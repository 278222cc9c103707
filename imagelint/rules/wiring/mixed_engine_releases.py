"""The rule `mixed-engine-releases`."""

from __future__ import annotations

from imagelint.deployment.groups.podgroups import leader_of, main_container, running, told_release
from imagelint.documents.kubernetes.objects import Pod
from imagelint.knowledge.versions import compare_versions
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH)
def mixed_engine_releases(pod: Pod, ctx: Context) -> Findings:
    """The pods of one group run different releases of the engine.

    Head and workers speak a protocol that belongs to one release: Ray refuses a node of another
    one, or of another Python; the processes of other engines fail when they first exchange objects,
    or wait for each other.

    Except:
        Images whose tags do not tell the release. The release that an object only names
        (`rayVersion`) is of medium severity: the operator goes by it, the cluster does not.

    Bad (group.yaml):
        apiVersion: leaderworkerset.x-k8s.io/v1
        kind: LeaderWorkerSet
        metadata: {name: llm}
        spec:
          leaderWorkerTemplate:
            size: 2
            leaderTemplate:
              spec:
                containers:
                  - {name: leader, image: "vllm/vllm-openai:v0.14.1"}
            workerTemplate:
              spec:
                containers:
                  - {name: worker, image: "vllm/vllm-openai:v0.13.0"}

    Good (group.yaml):
        apiVersion: leaderworkerset.x-k8s.io/v1
        kind: LeaderWorkerSet
        metadata: {name: llm}
        spec:
          leaderWorkerTemplate:
            size: 2
            leaderTemplate:
              spec:
                containers:
                  - {name: leader, image: "vllm/vllm-openai:v0.14.1"}
            workerTemplate:
              spec:
                containers:
                  - {name: worker, image: "vllm/vllm-openai:v0.14.1"}
    """
    container = main_container(pod)
    mine, leader = running(container), leader_of(ctx.document, pod)
    if mine is None or container is None or container.image is None:
        return
    other = running(main_container(leader)) if leader is not None else None
    if other is not None and (differs := mine.apart(other)):
        yield ctx.finding(
            container.image,
            f"it runs {differs[0]}, and the head of its group {differs[1]}",
            help="take one image, or two of the same release, for all pods of the group",
            subject=container.name,
        )
    told = told_release(pod, mine)
    if told is not None and compare_versions(told.release, mine.release) not in (0, None):
        yield ctx.finding(
            told.place,
            f"`{told.field}` says {told.release},"
            f" and the image of the head is {mine.title} {mine.release}",
            help=f"write `{told.field}: {mine.release}`, or take the image of {told.release}",
            subject=pod.owner.name,
            severity=Severity.MEDIUM,
        )
