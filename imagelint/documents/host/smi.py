"""What `nvidia-smi -q -x` and `/proc/driver/nvidia/version` say.

The XML has the form of NVIDIA's `nvsmi_device_v13.dtd`, which drivers of release 580 write, and
`nvsmi_device_v12.dtd` before it; what a board does not have is `N/A`, and a board without slices
has the word `None` in the place of a list.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.serving.host import Ailment, Driver, HostGpu, MigDevice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_MEBIBYTES = pattern(r"(\d{1,9}) MiB", re.ASCII)
_VERSION = pattern(r"NVRM version:.*?\s(\d{3,4}(?:\.\d{1,4}){1,2})\s", re.ASCII)
_ENABLED, _DISABLED = "Enabled", "Disabled"
_YES, _NONE = "Yes", "None"
_PENDING = (
    "remapped_rows/remapped_row_pending",
    "retired_pages/pending_retirement",
    "retired_pages/pending_blacklist",
)
_RECOVERY = {
    "Reset": "`nvidia-smi --gpu-reset`",
    "Reboot": "restart the machine",
    "Drain P2P": "drain it, then restart the machine",
    "Drain and Reset": "drain it, then `nvidia-smi --gpu-reset`",
}


def read_smi(text: str) -> Driver:
    """The driver and its GPUs.

    Raises:
        ValueError: that is not what `nvidia-smi` writes.
    """
    from xml.etree import ElementTree as ET

    try:
        root = ET.fromstring(text)  # noqa: S314
    except ET.ParseError as error:
        raise ValueError(f"is no XML: {error}") from None
    version = _text(root, "driver_version")
    if root.tag != "nvidia_smi_log" or not version:
        raise ValueError("is not what nvidia-smi writes")
    gpus = tuple(map(_gpu, root.findall("gpu")))
    attached = _text(root, "attached_gpus")
    if attached and attached != str(len(gpus)):
        raise ValueError(f"tells of {len(gpus)} GPUs where it says that {attached} are attached")
    return Driver(version, _text(root, "cuda_version"), gpus)


def read_kernel_version(text: str) -> str:
    """The version in `/proc/driver/nvidia/version`; empty where there is none."""
    found = _VERSION.search(text)
    return found[1] if found else ""


def _gpu(element: Element) -> HostGpu:
    mode = _text(element, "mig_mode/current_mig")
    mig = {_ENABLED: True, _DISABLED: False}.get(mode)
    slices = tuple(
        MigDevice(_memory(device), _memory(device, "reserved") or 0)
        for device in element.findall("mig_devices/mig_device")
    )
    brand = _text(element, "product_brand")
    reserved = _memory(element, "reserved") or 0
    product = _text(element, "product_name")
    return HostGpu(
        product,
        _memory(element),
        mig,
        slices,
        brand=brand,
        reserved=reserved,
        used=_memory(element, "used") or 0,
        ailments=tuple(_ailments(element)),
    )


def _ailments(element: Element) -> Iterator[Ailment]:
    """What the driver tells of the state of a GPU.

    https://docs.nvidia.com/deploy/a100-gpu-mem-error-mgmt/ (rows that are remapped, at a reset),
    https://docs.nvidia.com/deploy/dynamic-page-retirement/ (of GPUs before Ampere)
    """
    action = _text(element, "gpu_recovery_action")
    if action and action != _NONE:
        yield Ailment(f"the driver asks for `{action}`", _RECOVERY.get(action, "drain it"))
    if _text(element, "remapped_rows/remapped_row_failure") == _YES:
        yield Ailment("a row of its memory could not be remapped", "have it replaced")
    if any(_text(element, path) == _YES for path in _PENDING):
        said = "a part of its memory is to be taken out of use at the next reset"
        yield Ailment(said, "drain it, then `nvidia-smi --gpu-reset`", grave=False)
    current, pending = (_text(element, f"mig_mode/{one}_mig") for one in ("current", "pending"))
    if current and pending and current != pending:
        said = f"MIG is to be {'on' if pending == _ENABLED else 'off'} after the next reset"
        yield Ailment(said, "drain it, then `nvidia-smi --gpu-reset`", grave=False)


def _memory(element: Element, which: str = "total") -> int | None:
    found = _MEBIBYTES.fullmatch(_text(element, f"fb_memory_usage/{which}"))
    return int(found[1]) if found else None


def _text(element: Element, path: str) -> str:
    said = (element.findtext(path) or "").strip()
    return "" if said == "N/A" else said
