"""Hosts as folders, with configuration files and what programs would say, in words of our own.

What `nvidia-smi` says of one GPU was recorded on real ones (`recorded/`); of several GPUs and of
slices it follows NVIDIA's document type `nvsmi_device_v12.dtd`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOUNTS = """\
/dev/nvme0n1p2 / ext4 rw,relatime 0 0
tmpfs /dev/shm tmpfs rw,nosuid,nodev,size=65536k 0 0
filer:/models /srv/model\\040files nfs4 rw 0 0
"""
DOCKER = """{
  "runtimes": {"nvidia": {"path": "nvidia-container-runtime", "args": []}},
  "default-runtime": "nvidia",
  "default-shm-size": "8g",
  "data-root": "/srv/docker"
}"""
CONTAINERD = """\
version = 3
[plugins."io.containerd.cri.v1.runtime"]
  enable_cdi = true
  [plugins."io.containerd.cri.v1.runtime".containerd]
    default_runtime_name = "nvidia"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.nvidia]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.nvidia.options]
        BinaryName = "/usr/bin/nvidia-container-runtime"
"""
CDI = """\
cdiVersion: "0.5.0"
kind: nvidia.com/gpu
devices:
  - name: "0"
    containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}
  - name: all
    containerEdits: {deviceNodes: [{path: /dev/nvidia0}]}
"""


def gpu(product: str = "NVIDIA H100 80GB HBM3", memory: str = "81559 MiB", mig: str = "N/A") -> str:
    """A GPU as `nvidia-smi` describes it; with `mig` two slices, where that is on."""
    sliced = (
        "<mig_device><index>0</index><fb_memory_usage><total>40448 MiB</total></fb_memory_usage>"
        "</mig_device>"
    ) * 2
    return f"""
  <gpu id="00000000:0A:00.0">
    <product_name>{product}</product_name>
    <mig_mode><current_mig>{mig}</current_mig><pending_mig>{mig}</pending_mig></mig_mode>
    <mig_devices>{sliced if mig == "Enabled" else "None"}</mig_devices>
    <fb_memory_usage><total>{memory}</total><used>3 MiB</used></fb_memory_usage>
  </gpu>"""


def smi(*gpus: str, driver: str = "580.95.05", cuda: str = "13.0") -> str:
    """What `nvidia-smi -q -x` says."""
    return f"""<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
  <timestamp>Thu Nov 26 12:00:00 2026</timestamp>
  <driver_version>{driver}</driver_version>
  <cuda_version>{cuda}</cuda_version>
  <attached_gpus>{len(gpus)}</attached_gpus>{"".join(gpus)}
</nvidia_smi_log>
"""


def write(root: Path, files: Mapping[str, str]) -> None:
    """Files by their paths below a root."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def machine(root: Path, gpus: int = 1) -> None:
    """What Linux says of a machine with some GPUs on its bus."""
    write(root, {"proc/meminfo": "MemTotal:  65536 kB\nMemFree: 1 kB\n", "proc/mounts": MOUNTS})
    devices = root / "sys" / "bus" / "pci" / "devices"
    for at in range(gpus):
        write(devices, {f"{at}/vendor": "0x10de\n", f"{at}/class": "0x030200\n"})
    write(devices, {"9/vendor": "0x10de\n", "9/class": "0x040300\n"})  # its sound
    write(root, {"sys/class/block/nvme0n1p2/partition": "2\n"})


def program(folder: Path, name: str, said: str, code: int = 0) -> None:
    """A program that says something and ends."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\nexit {code}\n", encoding="utf-8")
    path.chmod(0o755)
