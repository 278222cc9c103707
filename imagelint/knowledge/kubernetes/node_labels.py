"""Labels by which nodes say which accelerator they have, and the values that exist."""

from __future__ import annotations

from imagelint.knowledge.globs import matches
from imagelint.knowledge.tables import looked_up, table

__all__ = ["machine_labels", "meant_key", "meant_value", "product_labels", "product_of_machine"]

_ALIKE = 0.9  # of all letters of two names, those in common


@looked_up
def meant_value(key: str, value: str) -> str:
    """The value that must have been meant by one which no node has.

    Empty where it may exist: labels and products that are not known included.
    """
    for row in table("node_labels")["labels"]:
        if row["key"] != key or value in row["values"]:
            continue
        lowered = value.lower()
        for name in row["meant"]:
            if any(matches(lowered, glob) for glob in row["meant"][name]):
                return name
    return ""


@looked_up
def meant_key(key: str) -> str:
    """The label of a product that must have been meant by one of another spelling; or empty.

    `nvidia.com/gpu-product` is told, as is a letter that is missing; who adds labels of his own
    does so below a domain of his own.
    """
    known = (*product_labels(), *(row["key"] for row in table("node_labels")["labels"]))
    if key in known:
        return ""
    domain, _, name = key.partition("/")
    for one in known:
        there, _, meant = one.partition("/")
        if there == domain and (_plain(name) == _plain(meant) or _nearly(name, meant)):
            return one
    return ""


def _nearly(name: str, other: str) -> bool:
    """Whether a name is another one with a letter missing, added or mistaken."""
    from difflib import SequenceMatcher

    return SequenceMatcher(a=name, b=other, autojunk=False).ratio() > _ALIKE


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


@looked_up
def product_labels() -> tuple[str, ...]:
    """The labels whose value names the product of a GPU."""
    return tuple(table("node_labels")["products"])


@looked_up
def machine_labels() -> tuple[str, ...]:
    """The labels whose value names the type of a machine of a cloud."""
    return tuple(table("node_labels")["machines"])


@looked_up
def product_of_machine(name: str) -> str:
    """The GPU that all machines of a type have; empty where that is not known."""
    lowered = name.lower()
    for row in table("node_labels")["machine_types"]:
        if any(matches(lowered, glob) for glob in row["globs"]):
            return row["product"]
    return ""
