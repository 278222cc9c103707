"""The rule `leader-port-mismatch`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Pod, Severity.HIGH)
def leader_port_mismatch(pod: Pod, ctx: Context) -> Findings:
    """The pods of a group look for their leader on a port that it does not open.

    Ray, and the processes of a model on several nodes, meet at one port of the first of them. The
    others ask there until their time is over, and end; the server never starts, while all GPUs of
    the group are taken.

    Except:
        Ports that a variable gives, and groups whose leader says nothing of it.

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
                  - name: leader
                    image: vllm/vllm-openai:v0.30.0
                    command: [sh, -c, "ray start --head --port=6380; vllm serve Qwen/Qwen3-32B"]
            workerTemplate:
              spec:
                containers:
                  - name: worker
                    image: vllm/vllm-openai:v0.30.0
                    command: [sh, -c, "ray start --address=$(LWS_LEADER_ADDRESS):6379 --block"]

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
                  - name: leader
                    image: vllm/vllm-openai:v0.30.0
                    command: [sh, -c, "ray start --head --port=6379; vllm serve Qwen/Qwen3-32B"]
            workerTemplate:
              spec:
                containers:
                  - name: worker
                    image: vllm/vllm-openai:v0.30.0
                    command: [sh, -c, "ray start --address=$(LWS_LEADER_ADDRESS):6379 --block"]
    """
    from imagelint.deployment.groups.meeting import missed_leaders

    for one in missed_leaders(pod, ctx.document):
        yield ctx.finding(
            one.place,
            f"it looks for its leader on port {one.asked}, and that is on {one.there}",
            help=f"write {one.there} here, or open {one.asked} there",
            subject=pod.owner.name,
        )
