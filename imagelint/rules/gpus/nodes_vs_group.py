"""The rule `nodes-vs-group`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.quantity import parse_count
from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.nodes import misled_workers
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_NODES = "nnodes"


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def nodes_vs_group(server: ServingCommand, ctx: Context) -> Findings:
    """The server waits for another number of nodes than its group has pods.

    The processes of all nodes must join before the first weight is loaded. With too few pods the
    server waits until its timeout and begins anew, for ever; those beyond the number are refused.
    So it is where those behind the leader look for it on their own machine
    (`--dist-init-addr localhost:20000`), or all say that they are node 0.

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
    group = server.launch.runtime.group
    if not isinstance(group, Known) or group.value <= 1:
        return
    switch = server.find_switch(_NODES)
    told = switch.value if switch is not None else None
    nodes = parse_count(told.value) if isinstance(told, Known) else None
    if switch is not None and nodes is not None and nodes not in (0, group.value):
        yield ctx.finding(
            switch,
            f"{title(server)} is one of {nodes} nodes, and its group has {group.value} pods",
            help=f"write `{group.value}`, or give the group as many pods",
            subject=switch.written,
        )
    for fault in misled_workers(server):
        yield ctx.finding(fault.switch, fault.said, help=fault.help, subject=fault.switch.written)
