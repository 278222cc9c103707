"""Variables and flags of a server that fight with what it is given, or with its model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.booleans import hub_variable, nccl_variable
from imagelint.documents.queries.serving import gpu_count, is_offline, switched_on, variable
from imagelint.documents.queries.weights.modelcache import hub_of, may_hold_weights, volumes
from imagelint.documents.serving.options import QUANTIZATION
from imagelint.knowledge.models import model_name
from imagelint.knowledge.serving.floors import STRICT_FORMATS, is_linked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shared import EnvVar

_RDMA = pattern(r"(?:rdma/.*|.*(?:rdma|roce|infiniband).*)")
_FORMATS = pattern(r"(?<![a-z0-9])(awq|gptq|fp8|nvfp4|fp4|mxfp4|gguf|exl2)(?![a-z0-9])")
# Formats that are told as they are named, and those that are made of plain weights while loading.
_TOLD, _MADE = ("awq", "gptq"), ("fp8", "bitsandbytes")
# What ModelOpt writes is read as it is, whatever the flag says, and so is GGUF; the checkpoints of
# others by these names may be either. Sources: vllm-project/vllm:vllm/config/model.py
# (_verify_quantization), and its modelopt.py with what overrides the flag.
_READ_AS_THEY_ARE = frozenset(("nvfp4", "fp4", "mxfp4", "gguf"))
_OF_MODELOPT = "nvidia/"
_INTERFACES = ("NCCL_SOCKET_IFNAME", "GLOO_SOCKET_IFNAME", "TP_SOCKET_IFNAME")
_OFFLINE = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


class Disabled(NamedTuple):
    """A way between GPUs that a variable closes, and what is lost by it."""

    variable: EnvVar
    loses: str


def disabled_ways(server: ServingCommand) -> Iterator[Disabled]:
    """The ways between GPUs that a server is given, and told not to take."""
    runtime = server.launch.runtime
    limits = runtime.resources.limits
    names = [one.name for one in limits.value] if isinstance(limits, Known) else []
    rdma = next((name for name in names if _RDMA.fullmatch(name)), "")
    if rdma:
        yield from _off(server, "NCCL_IB_DISABLE", f"{rdma} is asked for, and not used")
    count = value_or(gpu_count(server), 0)
    if count < 2:  # noqa: PLR2004 - more than one
        return
    product = value_or(runtime.gpu_product, "")
    if switched_on(server, "NCCL_SHM_DISABLE", nccl_variable):
        loses = f"{count} GPUs reach each other by the network alone"
    elif is_linked(product):
        loses = f"{count} GPUs do not use their NVLink"
    else:
        return
    yield from _off(server, "NCCL_P2P_DISABLE", loses)


def loopback_interface(server: ServingCommand) -> EnvVar | None:
    """The variable by which the pods of a group look for each other on their own loopback."""
    if value_or(server.launch.runtime.group, 1) < 2:  # noqa: PLR2004 - more than one
        return None
    for name in _INTERFACES:
        found = variable(server, name)
        if found is not None and _names_loopback(value_or(found.value, "")):
            return found
    return None


def _names_loopback(value: str) -> bool:
    """Whether interfaces are the loopback alone: `lo`, `=lo`; `^lo` are all but that."""
    return value.strip().removeprefix("=") == "lo"


def _off(server: ServingCommand, name: str, loses: str) -> Iterator[Disabled]:
    found = variable(server, name)
    if found is not None and switched_on(server, name, nccl_variable):
        yield Disabled(found, loses)


def offline_without_weights(document: Document, server: ServingCommand) -> EnvVar | None:
    """The variable that keeps a server from a model which it certainly does not have."""
    ours = server.own_image and server.complete and server.is_remote_model
    if not ours or not is_offline(server) or not hub_of(server).commits:
        return None
    mounts = volumes(server)
    if not isinstance(mounts, Known):
        return None
    holding = [mount for mount in mounts.value if may_hold_weights(mount)]
    if holding:
        from imagelint.documents.queries.weights.hubdownloads import may_be_filled

        if any(may_be_filled(document, server, mount) for mount in holding):
            return None
    return next(
        variable(server, name) for name in _OFFLINE if switched_on(server, name, hub_variable)
    )


def contradicted_format(server: ServingCommand) -> tuple[Known[str], str] | None:
    """The quantization that a flag names, and another one that the model's name speaks of.

    The other one is empty where the name tells that there is none.
    """
    told = server.option(QUANTIZATION)
    if server.engine not in STRICT_FORMATS or not isinstance(told, Known):
        return None
    flag = told.value.removesuffix("_marlin")
    if flag not in (*_TOLD, *_MADE) or not isinstance(server.model, Known):
        return None
    from imagelint.knowledge.weights import is_surely_plain

    model = server.model.value
    formats = _FORMATS.findall(model_name(model).lower())
    if not formats and flag in _TOLD and is_surely_plain(model):
        return told, ""
    if model.startswith(_OF_MODELOPT) or not _READ_AS_THEY_ARE.isdisjoint(formats):
        return None
    return (told, formats[-1]) if formats and flag not in formats else None
