"""Which entries of a site say something of what the program knows by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagelint.knowledge.globs import matches
from imagelint.knowledge.gpus import plain_label
from imagelint.knowledge.tables import shipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["called", "known_already"]


def called(section: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What an entry is about, by the names that tell it from others of its section."""
    match section:
        case "gpus":
            return (row["product"],)
        case "mirrors":
            return (row["prefix"].strip("/"),)
        case "base-images":
            return (f"{row['image']}:{row.get('tags', '*')}",)
        case "operators":
            return tuple(f"{kind} of {row['group']}" for kind in row["kinds"])
        case "node-labels":
            return (row["key"],)
        case "engines" if "is" in row:
            return tuple(f"{glob}:{row.get('tags', '*')}" for glob in row["images"])
        case _:
            return (row["name"],)


def known_already(section: str, name: str) -> bool:
    """Whether the tables that come along say something of what is called so."""
    find = _KNOWN.get(section)
    return find is not None and find(name)


def _gpu(name: str) -> bool:
    label = plain_label(name)
    return any(matches(label, glob) for row in _rows("gpus", "products") for glob in row["globs"])


def _image(name: str) -> bool:
    image = name.rpartition(":")[0]
    rows = (*_rows("base_images", "images"), *_rows("engines/index", "images"))
    # What any image may be called says nothing of this one.
    return any(matches(image, row["glob"]) for row in rows if not row["glob"].startswith("*"))


def _engine(name: str) -> bool:
    return _image(name) if ":" in name else name in _rows("engines/index", "engines")


def _operator(name: str) -> bool:
    kind, _, group = name.partition(" of ")
    rows = _table("operators/index")["groups"].get(group, ())
    return any(kind in row["kinds"] for row in rows)


def _model(name: str) -> bool:
    sizes = _table("models")
    named = {row["name"] for row in _rows("model_shapes", "shapes")}
    return name in {*sizes["misleading"], *sizes["numberless"], *sizes["native"], *named}


def _label(name: str) -> bool:
    return any(row["key"] == name for row in _rows("node_labels", "labels"))


_KNOWN: Mapping[str, Callable[[str], bool]] = {
    "gpus": _gpu,
    "engines": _engine,
    "base-images": _image,
    "operators": _operator,
    "models": _model,
    "node-labels": _label,
}


def _rows(table: str, part: str) -> Iterable[Any]:
    found: Iterable[Any] = _table(table)[part]
    return found


def _table(name: str) -> Mapping[str, Any]:
    found: Any = shipped(name)
    return dict(found)
