"""Images that do the work of the host itself: exporters of its metrics, what registers emulators.

That they share its namespaces or are privileged is how their own projects say to run them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.knowledge.globs import matches
from imagelint.knowledge.site.mirrors import original
from imagelint.knowledge.tables import looked_up

if TYPE_CHECKING:
    from imagelint.knowledge.recognition import Image

_AGENTS = (
    # https://github.com/prometheus/node_exporter#docker
    *("docker.io/prom/node-exporter", "quay.io/prometheus/node-exporter", "*/node-exporter"),
    # https://github.com/google/cadvisor/blob/master/docs/running.md
    *("gcr.io/cadvisor/cadvisor", "ghcr.io/google/cadvisor", "*/cadvisor"),
    # https://github.com/ncabatoff/process-exporter#docker
    "docker.io/ncabatoff/process-exporter",
    # https://github.com/NVIDIA/dcgm-exporter#quickstart
    "*/dcgm-exporter",
    # https://docs.habana.ai/en/latest/Orchestration/Prometheus_Metric_Exporter.html
    "vault.habana.ai/gaudi-metric-exporter/metric-exporter",
    # https://learn.netdata.cloud/docs/netdata-agent/installation/docker
    "docker.io/netdata/netdata",
)
_REGISTERS = (
    "docker.io/tonistiigi/binfmt",
    "docker.io/linuxkit/binfmt",
    "docker.io/aptman/qus",
    # https://github.com/multiarch/qemu-user-static#getting-started, and its copies
    "*/qemu-user-static",
)


def is_node_agent_image(image: Image) -> bool:
    """Whether an image does the work of the host on which it runs."""
    return _is_of(image, _AGENTS)


def registers_emulators(image: Image) -> bool:
    """Whether an image tells the kernel, once, how foreign programs are run, and ends.

    It has to be privileged for that: https://docs.docker.com/build/building/multi-platform/
    """
    return _is_of(image, _REGISTERS)


def _is_of(image: Image, globs: tuple[str, ...]) -> bool:
    known = original(image)
    return _is_named(f"{known.registry}/{known.repository}", globs)


@looked_up
def _is_named(name: str, globs: tuple[str, ...]) -> bool:
    return any(matches(name, glob) for glob in globs)
