"""The rule `nccl-transport-disabled`."""

from __future__ import annotations

from imagelint.documents.queries.start.fights import disabled_ways, loopback_interface
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM)
def nccl_transport_disabled(server: ServingCommand, ctx: Context) -> Findings:
    """GPUs are told not to use the fast ways to each other that they were given.

    `NCCL_IB_DISABLE` leaves the RDMA devices of a pod unused, and `NCCL_P2P_DISABLE` the NVLink of
    its GPUs; without peers and shared memory NCCL goes through sockets. Such variables are left
    over from a search for a fault, and tensor parallelism waits for them at every token.

    Except:
        Products that are not known to have NVLink, and GPUs that are left one of the ways. What
        disables shared memory alone, as TGI advises where there is none.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-32B, -tp, "8"]
              env: [{name: NCCL_IB_DISABLE, value: "1"}]
              resources: {limits: {nvidia.com/gpu: 8, rdma/ib: 8}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-32B, -tp, "8"]
              resources: {limits: {nvidia.com/gpu: 8, rdma/ib: 8}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: [--model, Qwen/Qwen3-32B, -tp, "2"]
            environment: {NCCL_P2P_DISABLE: 1, NCCL_SHM_DISABLE: 1}
            gpus: [{count: 2}]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            command: [--model, Qwen/Qwen3-32B, -tp, "2"]
            environment: {NCCL_SHM_DISABLE: 1}
            gpus: [{count: 2}]
    """
    for found in disabled_ways(server):
        name = found.variable.name
        yield ctx.finding(
            found.variable,
            f"`{name}`: {found.loses}",
            help=f"drop `{name}`",
            subject=name,
        )
    found_interface = loopback_interface(server)
    if found_interface is not None:
        name = found_interface.name
        yield ctx.finding(
            found_interface,
            f"`{name}`: the pods of the group look for each other on their own loopback",
            help="name the interface of the pods' network, `eth0` mostly, or drop it",
            subject=name,
        )
