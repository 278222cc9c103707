"""What the driver's library says where `nvidia-smi` is not there: `pynvml`, if it is installed.

https://docs.nvidia.com/deploy/nvml-api/
"""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING

from imagelint.core.serving.host import Driver, HostGpu, MigDevice

if TYPE_CHECKING:
    from types import ModuleType

_MIB = 2**20
_THOUSAND, _TEN = 1000, 10
# `nvmlBrandType_t` of nvml.h, in the words of `nvidia-smi`.
_BRANDS = {
    1: "Quadro",
    2: "Tesla",
    3: "NVS",
    4: "GRID",
    5: "GeForce",
    6: "Titan",
    12: "Quadro RTX",
    13: "NVIDIA RTX",
    14: "NVIDIA",
    15: "GeForce RTX",
    16: "Titan RTX",
}


def ask_nvml() -> Driver | None:
    """The driver and its GPUs; None where the library cannot be asked."""
    try:
        library = import_module("pynvml")
        library.nvmlInit()
    except ModuleNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - the library raises what it likes where there is no driver
        return Driver(why=f"NVML: {error}")
    try:
        number = library.nvmlSystemGetCudaDriverVersion()
        count = library.nvmlDeviceGetCount()
        handles = [library.nvmlDeviceGetHandleByIndex(at) for at in range(count)]
        gpus = tuple(_gpu(library, handle) for handle in handles)
        cuda = f"{number // _THOUSAND}.{number % _THOUSAND // _TEN}"
        return Driver(_text(library.nvmlSystemGetDriverVersion()), cuda, gpus)
    except library.NVMLError as error:
        return Driver(why=f"NVML: {error}")
    finally:
        library.nvmlShutdown()


def _gpu(library: ModuleType, handle: object) -> HostGpu:
    memory, reserved = _memory(library, handle)
    product = _text(library.nvmlDeviceGetName(handle))
    found = HostGpu(product, memory, brand=_brand(library, handle), reserved=reserved)
    try:
        mode, _ = library.nvmlDeviceGetMigMode(handle)
    except library.NVMLError:
        return found
    slices = tuple(_slices(library, handle)) if mode else ()
    return found._replace(mig=bool(mode), slices=slices)


def _memory(library: ModuleType, handle: object) -> tuple[int, int]:
    """MiB, and how many of them the driver keeps: only the second version of the answer tells."""
    try:
        said = library.nvmlDeviceGetMemoryInfo(handle, version=library.nvmlMemory_v2)
    except (AttributeError, TypeError, library.NVMLError):
        return library.nvmlDeviceGetMemoryInfo(handle).total // _MIB, 0
    return said.total // _MIB, math.ceil(said.reserved / _MIB)


def _brand(library: ModuleType, handle: object) -> str:
    try:
        return _BRANDS.get(library.nvmlDeviceGetBrand(handle), "")
    except library.NVMLError:
        return ""


def _slices(library: ModuleType, handle: object) -> list[MigDevice]:
    found = []
    for at in range(library.nvmlDeviceGetMaxMigDeviceCount(handle)):
        try:
            device = library.nvmlDeviceGetMigDeviceHandleByIndex(handle, at)
        except library.NVMLError:
            continue
        found.append(MigDevice(*_memory(library, device)))
    return found


def _text(said: str | bytes) -> str:
    """Older releases of the library give bytes."""
    return said.decode() if isinstance(said, bytes) else said
