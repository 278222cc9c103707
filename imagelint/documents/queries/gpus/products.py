"""Which GPU a container will get, by what its nodes must be or what the policy declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known

if TYPE_CHECKING:
    from imagelint.documents.runtime.model import Runtime


def product_label(runtime: Runtime, declared: str | None) -> str:
    """The label of the product, empty where nothing in sight names it.

    `declared` is what the policy says of NVIDIA's GPUs.
    """
    named = runtime.gpu_product
    if isinstance(named, Known):
        label: str = named.value
        return label
    gpus = runtime.gpus
    resource = gpus.value.resource if isinstance(gpus, Known) else ""
    nvidia = runtime.platform.own_host or resource.startswith("nvidia.com/")
    return (declared or "") if nvidia else ""
