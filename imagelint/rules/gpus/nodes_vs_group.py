"""The rule `nodes-vs-group`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_NODES = "nnodes"


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def nodes_vs_group(server: ServingCommand, ctx: Context) -> Findings:
    """The server waits for another number of nodes than its group has pods.

    The processes of all nodes must join before the first weight is loaded. With too few pods the
    server waits until its timeout and begins anew, for ever; those beyond the number are refused.

    Except:
        Numbers that a variable gives (`$(LWS_GROUP_SIZE)`), and workloads whose pods form no group.

    Bad (group.yaml):
        apiVersion: leaderworkerset.x-k8s.io/v1
        kind: LeaderWorkerSet
        metadata: {name: llm}
        spec:
          leaderWorkerTemplate:
            size: 2
            workerTemplate:
              spec:
                containers:
                  - name: server
                    image: lmsysorg/sglang:v0.5.9
                    command: [python3, -m, sglang.launch_server]
                    args: [--model-path, Qwen/Qwen3-8B, --tp, "16", --nnodes, "4"]
                    resources: {limits: {nvidia.com/gpu: 8}}

    Good (group.yaml):
        apiVersion: leaderworkerset.x-k8s.io/v1
        kind: LeaderWorkerSet
        metadata: {name: llm}
        spec:
          leaderWorkerTemplate:
            size: 2
            workerTemplate:
              spec:
                containers:
                  - name: server
                    image: lmsysorg/sglang:v0.5.9
                    command: [python3, -m, sglang.launch_server]
                    args: [--model-path, Qwen/Qwen3-8B, --tp, "16", --nnodes, "2"]
                    resources: {limits: {nvidia.com/gpu: 8}}
    """
    group, switch = server.launch.runtime.group, server.find_switch(_NODES)
    if switch is None or not isinstance(switch.value, Known) or not isinstance(group, Known):
        return
    nodes = parse_count(switch.value.value)
    if group.value > 1 and nodes is not None and nodes not in (0, group.value):
        yield ctx.finding(
            switch,
            f"{title(server)} is one of {nodes} nodes, and its group has {group.value} pods",
            help=f"write `{group.value}`, or give the group as many pods",
            subject=switch.written,
        )
