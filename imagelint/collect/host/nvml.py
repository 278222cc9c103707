"""What the driver's library says where `nvidia-smi` is not there: `pynvml`, if it is installed.

https://docs.nvidia.com/deploy/nvml-api/
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from imagelint.core.serving.host import Driver, HostGpu, MigDevice

if TYPE_CHECKING:
    from types import ModuleType

_MIB = 2**20
_THOUSAND, _TEN = 1000, 10


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
    memory = library.nvmlDeviceGetMemoryInfo(handle).total // _MIB
    product = _text(library.nvmlDeviceGetName(handle))
    try:
        mode, _ = library.nvmlDeviceGetMigMode(handle)
    except library.NVMLError:
        return HostGpu(product, memory)
    slices = tuple(_slices(library, handle)) if mode else ()
    return HostGpu(product, memory, bool(mode), slices)


def _slices(library: ModuleType, handle: object) -> list[MigDevice]:
    found = []
    for at in range(library.nvmlDeviceGetMaxMigDeviceCount(handle)):
        try:
            device = library.nvmlDeviceGetMigDeviceHandleByIndex(handle, at)
        except library.NVMLError:
            continue
        found.append(MigDevice(library.nvmlDeviceGetMemoryInfo(device).total // _MIB))
    return found


def _text(said: str | bytes) -> str:
    """Older releases of the library give bytes."""
    return said.decode() if isinstance(said, bytes) else said
