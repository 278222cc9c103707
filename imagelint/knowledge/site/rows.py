"""GPUs, models, labels of nodes and operators of a site, as rows of the tables.

Every function takes a table and the entries of a section, of which the first counts, and gives the
table with both; the table itself is left as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagelint.knowledge.gpus import plain_label
from imagelint.knowledge.kubernetes.operators import EVERYTHING
from imagelint.knowledge.site.names import key_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    Table = Mapping[str, Any]
    Rows = list[dict[str, Any]]

_SOURCE = "the policy"
_SHAPE = ("layers", "sliding", "window", "heads", "kv-heads", "head-size", "latent", "context")
_ADDED = ("shared_memory", "volumes", "environment", "arguments", "resources")


def gpus(table: Table, rows: Rows) -> dict[str, Any]:
    """Products, and the architectures that they name."""
    architectures = {
        row["capability"]: {
            "generation": row.get("generation", "of the policy"),
            "first": row["first-cuda"],
            "last": row.get("last-cuda", ""),
        }
        for row in rows[::-1]
        if "first-cuda" in row
    }
    return {
        **table,
        "products": [*map(_product, rows), *table["products"]],
        "architectures": {**table["architectures"], **architectures},
    }


def _product(row: dict[str, Any]) -> dict[str, Any]:
    labels = (row["product"], *row.get("labels", ()))
    found = {
        "name": row["product"],
        "globs": [plain_label(label) for label in labels],
        "sold": row["memory"],
        "usable": row.get("usable", row["memory"]),
        "capability": row["capability"],
    }
    return found | ({"mig": row["mig"]} if "mig" in row else {})


def accelerators(table: Table, rows: Rows) -> dict[str, Any]:
    """The slices into which products can be cut, which are resources then."""
    slices = [name for row in rows for name in row.get("mig", ())]
    return {**table, "profiles": list(dict.fromkeys((*table["profiles"], *slices)))}


def media_and_sizes(table: Table, rows: Rows) -> dict[str, Any]:
    """Sizes by name, bytes of a weight, and models that take media."""
    lower = rows[::-1]
    sizes = {row["name"]: row["parameters"] for row in lower if "parameters" in row}
    weights = {row["name"]: row["bytes"] for row in lower if "bytes" in row}
    media = [row["name"] for row in rows if row.get("media")]
    return {
        **table,
        "misleading": {**table["misleading"], **sizes},
        "native": {**table["native"], **weights},
        "media": [*table["media"], *media],
    }


def model_shapes(table: Table, rows: Rows) -> dict[str, Any]:
    """Shapes of models; the same name takes the place of ours."""
    own = [
        {"name": row["name"], **{key_of(key): row[key] for key in _SHAPE if key in row}}
        for row in rows
        if "heads" in row and "context" in row
    ]
    names = {row["name"] for row in own}
    return {
        **table,
        "shapes": [*own, *(row for row in table["shapes"] if row["name"] not in names)],
    }


def node_labels(table: Table, rows: Rows) -> dict[str, Any]:
    """Labels with their values, and those whose value names a product."""
    own = [
        {"key": row["key"], "values": row.get("values", []), "meant": row.get("meant", {})}
        for row in rows
        if "values" in row or "meant" in row
    ]
    keys = {row["key"] for row in own}
    named = [row["key"] for row in rows if row.get("product")]
    return {
        **table,
        "labels": [*own, *(row for row in table["labels"] if row["key"] not in keys)],
        "products": list(dict.fromkeys((*table["products"], *named))),
    }


def operators(table: Table, rows: Rows) -> dict[str, Any]:
    """What is made of the objects of a group: a kind that is named comes before ours."""
    groups = dict(table["groups"])
    unread, images = dict(table["unread"]), dict(table["images"])
    for row in rows[::-1]:
        group = row["group"]
        groups[group] = [_workload(row), *groups.get(group, ())]
        if row.get("makes-pods"):
            unread[group] = [*unread.get(group, ()), *row["kinds"]]
        if row.get("images"):
            images[group] = [*images.get(group, ()), *row["images"]]
    return {**table, "groups": groups, "unread": unread, "images": images}


def _workload(row: dict[str, Any]) -> dict[str, Any]:
    tells = row.get("tells", {})
    told = tells.get("options", {})
    return {
        "kinds": row["kinds"],
        "several": row.get("several", ""),
        "adds": _adds(row.get("adds", "everything")),
        "tells": {
            "engine": tells.get("engine", ""),
            "options": {key_of(name): place for name, place in told.items()},
            "words": tells.get("words", []),
            "arguments": "",
            "address": tells.get("address", ""),
        },
        "source": _SOURCE,
    }


def _adds(said: str | dict[str, Any]) -> dict[str, Any]:
    if said == "everything":
        known = EVERYTHING._asdict()
        return {name: list(v) if isinstance(v, frozenset) else v for name, v in known.items()}
    given = said if isinstance(said, dict) else {}
    return {
        "containers": given.get("containers", []),
        "privileges": given.get("privileges", []),
        "probes": given.get("probes", []),
        **{key: given.get(key.replace("_", "-"), False) for key in _ADDED},
    }
