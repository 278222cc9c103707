"""The names of resources that containers ask for.

kubernetes/kubernetes:pkg/apis/core/validation/validation.go (validateContainerResourceName),
pkg/apis/core/v1/helper/helpers.go (IsNativeResource, IsOvercommitAllowed)
"""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern
from imagelint.knowledge.tables import looked_up, table

_STANDARD = frozenset(("cpu", "memory", "ephemeral-storage"))
_HUGE_PAGES = "hugepages-"
_PROFILE = pattern(r"nvidia\.com/mig[-_]?(?:\d{1,2}c\.)?(\d{1,3})g[-_.]?(\d{1,4})gb", re.ASCII)
_NAME = pattern(r"[A-Za-z0-9./_-]+")
_RDMA = ("rdma", "hostdev", "efa", "infiniband", "roce")
_SEPARATORS = pattern(r"[-_.]")


def is_name(text: str) -> bool:
    """Whether a text is the name of a resource, and no template."""
    return _NAME.fullmatch(text) is not None


def is_standard(name: str) -> bool:
    """Whether a name without a domain is one that the API server knows."""
    return name in _STANDARD or name.startswith(_HUGE_PAGES)


def may_be_overcommitted(name: str) -> bool:
    """Whether a request may be lower than its limit, or have none."""
    domain, slash, _ = name.rpartition("/")
    native = not slash or domain == "kubernetes.io" or domain.endswith(".kubernetes.io")
    return native and not name.startswith(_HUGE_PAGES)


def is_extended(name: str) -> bool:
    """Whether a resource is counted by a device plug-in or the like: only whole ones exist."""
    return "/" in name and not may_be_overcommitted(name)


def is_rdma(name: str) -> bool:
    """Whether a resource is a device for RDMA.

    Those of the shared device plug-in (`rdma/hca_shared_devices_a`), of NVIDIA's network operator
    (`nvidia.com/rdma_shared_device_a`, `nvidia.com/hostdev`), and EFA of AWS:
    Mellanox/k8s-rdma-shared-dev-plugin:README.md, Mellanox/network-operator:README.md,
    aws/eks-charts:stable/aws-efa-k8s-device-plugin
    """
    domain, _, rest = name.partition("/")
    return domain == "rdma" or any(word in rest for word in _RDMA)


@looked_up
def meant_accelerator(name: str) -> str:
    """The resource of an accelerator that somebody must have meant; empty where the name is right.

    A domain or a name one letter off, a plural, other cases and separators. Names of domains
    that are like none are left alone, and so are digits: `nvidia.com/gpu2` may be a name that a
    device plug-in was told.
    """
    known = table("accelerators")
    if name in known["alike"] or any(name == row["glob"] for row in known["resources"]):
        return ""
    whole = [row["glob"] for row in known["resources"] if not set(row["glob"]) & set("*?[")]
    plain = _plain(name)
    return next((one for one in whole if _plain(one) == plain or _one_off(name, one)), "")


def nearest_profile(name: str) -> str | None:
    """The instance nearest to that in the name of a resource, None where the name is right.

    Empty where none is near.
    """
    match = _PROFILE.match(name.lower())
    if match is None:
        return None
    parts, size = match[1], int(match[2])
    profiles = table("accelerators")["profiles"]
    profile = f"{parts}g.{size}gb"
    if profile in profiles and profile in name and name.startswith("nvidia.com/mig-"):
        return None
    sizes = [int(one.removesuffix("gb").partition("g.")[2]) for one in profiles]
    alike = [at for at, one in enumerate(profiles) if one.startswith(f"{parts}g.")]
    return profiles[min(alike, key=lambda at: abs(sizes[at] - size))] if alike else ""


def _plain(name: str) -> str:
    """A name without cases, separators, the plural and `.com`."""
    domain, _, rest = name.lower().rpartition("/")
    return domain.removesuffix(".com") + "/" + _SEPARATORS.sub("", rest).removesuffix("s")


def _one_off(name: str, known: str) -> bool:
    """Whether one letter is too much, missing, wrong, or has changed places with the next."""
    if abs(len(name) - len(known)) > 1:
        return False
    start = 0
    while name[start : start + 1] == known[start : start + 1] != "":
        start += 1
    mine, theirs = name[start:], known[start:]
    if set(mine[:1] + theirs[:1]) & set("0123456789./"):
        return False
    swapped = mine[:2] == theirs[1::-1] and mine[2:] == theirs[2:]
    return swapped or mine[1:] == theirs[1:] or mine[1:] == theirs or mine == theirs[1:]
