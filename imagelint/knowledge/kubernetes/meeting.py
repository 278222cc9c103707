"""How processes on several nodes are told at which port they meet.

docs.ray.io/en/latest/cluster/cli.html (`ray start --port`: 6379 when it is not given);
sgl-project/sglang: python/sglang/srt/server_args.py (`--dist-init-addr`); vllm-project/vllm:
vllm/engine/arg_utils.py (`--master-port`), examples/online_serving/multi-node-serving.sh; read in
November 2026.
"""

from __future__ import annotations

CLUSTER = "ray"
"""The program that joins nodes by `start`: the head with `--head --port`, others by `--address`."""

HELPER = "multi-node-serving.sh"
"""The script that calls it, for the leader and for its workers, and its flag for the port."""
HELPER_PORT = "ray_port"

USUAL_PORT = "6379"
"""Where both of them have the head when they are told no port."""

COMMON_FLAGS = ("dist-init-addr", "nccl-init-addr", "master-port")
"""Flags of servers that are told the leader and the others alike: an address, or a port."""
