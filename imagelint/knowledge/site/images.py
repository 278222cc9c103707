"""The base images of a site, as rows of the tables that tell something of images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagelint.knowledge.site.tags import CUDA, glob_of, tag_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Table = Mapping[str, Any]
    Rows = list[dict[str, Any]]

_SOURCE = "the policy"
_ROOT = ("0", "root")


def base_images(table: Table, rows: Rows) -> dict[str, Any]:
    """As whom they run."""
    own = [
        {
            "glob": row["image"],
            "tags": _tags(row),
            "root": _is_root(row),
            "user": "" if _is_root(row) else row.get("user", ""),
            "drops": row.get("drops", False),
            "runtime": row.get("runtime", ""),
        }
        for row in rows
        if "user" in row or "root" in row
    ]
    return {**table, "images": [*own, *table["images"]]}


def _is_root(row: dict[str, Any]) -> bool:
    named = row.get("user", "").partition(":")[0]
    return bool(row.get("root", named in _ROOT))


def lacking_images(table: Table, rows: Rows) -> dict[str, Any]:
    """Which programs they lack."""
    own = [
        {"glob": row["image"], "tags": _tags(row), "lacks": row["lacks"], "source": _SOURCE}
        for row in rows
        if "lacks" in row
    ]
    return {**table, "images": [*own, *table["images"]]}


def released_images(table: Table, rows: Rows) -> dict[str, Any]:
    """Which CUDA they hold, and whether its compiler."""
    compiled = [
        {
            "glob": row["image"],
            "tags": [_tags(row)],
            "compiled": row["compiler"],
            "source": _SOURCE,
        }
        for row in rows
        if "compiler" in row
    ]
    return {
        **table,
        "uncompiled": [*compiled, *table["uncompiled"]],
        "bundled": [*_bundled(rows), *table["bundled"]],
    }


def _bundled(rows: Rows) -> Iterator[dict[str, Any]]:
    for row in rows:
        tags = row.get("tags", "*")
        if "cuda" in row or CUDA in tags:
            pattern = tag_pattern(tags, CUDA)
            said = {"cuda": row.get("cuda", ""), "since": {}, "source": _SOURCE}
            yield {"glob": row["image"], "release": pattern, **said}


def _tags(row: dict[str, Any]) -> str:
    return glob_of(row.get("tags", "*"), CUDA)
