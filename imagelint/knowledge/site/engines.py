"""Engines of a site: images that hold one of ours, and engines of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imagelint.knowledge.site.names import engine_names, key_of
from imagelint.knowledge.site.tags import VERSION, glob_of, tag_pattern
from imagelint.knowledge.tables import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    Table = Mapping[str, Any]
    Rows = list[dict[str, Any]]

_SOURCE = "the policy"
_NEAREST = "infinity"
"""Of all engines the one of which the least is said: where ours say something, it says no."""


def engine_index(table: Table, rows: Rows) -> dict[str, Any]:
    """By what they are recognised."""
    names = [row["name"] for row in rows if "name" in row]
    programs = [
        {"words": words, "engine": row["name"], "worker": False}
        for row in rows
        for words in map(_words, row.get("programs", ()))
        if "name" in row
    ]
    images = [
        _image(glob, row, row.get("is") or row.get("name", ""))
        for row in rows
        for glob in row.get("images", ())
    ]
    return {
        **table,
        "engines": sorted({*table["engines"], *names}),
        "programs": [*sorted(programs, key=lambda one: -len(one["words"])), *table["programs"]],
        "images": [*images, *table["images"]],
    }


def _words(command: str) -> list[str]:
    """The first words of a command as tables have them: no `-m` behind `python`."""
    words = command.split()
    return [words[0], *words[2:]] if words[0] == "python" and words[1:2] == ["-m"] else words


def _image(glob: str, row: dict[str, Any], engine: str) -> dict[str, Any]:
    tags = row.get("tags", "*")
    found = {"glob": glob, "engine": engine, "upstream": True, "tags": glob_of(tags, VERSION)}
    if VERSION in tags:
        found["release"] = tag_pattern(tags, VERSION)
    return found | ({"bare": True} if row.get("bare") else {})


def own_engine(name: str, rows: Rows) -> object:
    """The table of an engine with what is said of it: of ours, or of one like one of ours.

    Raises:
        ModuleNotFoundError: nobody says anything of an engine of that name.
    """
    said = [row for row in rows if row.get("name") == name]
    if not said:
        return shipped(f"engines/{name}")
    found = _begun(name, said)
    for row in said[::-1]:
        found = _changed(found, row)
    return found


def _begun(name: str, said: Rows) -> dict[str, Any]:
    like = next((row["like"] for row in said if "like" in row), name)
    # Names that differ in a dash lead to the same module.
    table: Any = shipped(f"engines/{like}") if like in engine_names() else _blank()
    title = table["title"] if table["name"] == name else name
    return {**table, "name": name, "title": title}


def _blank() -> dict[str, Any]:
    """An engine of which nothing is known."""
    table: Any = shipped(f"engines/{_NEAREST}")
    return {
        **table,
        "kind": "generation",
        "options": {name: [] for name in table["options"]},
        "start": {**table["start"], "entry": [], "hub": False},
        "defaults": {"source": _SOURCE},
        "environment": {"source": _SOURCE},
        "elsewhere": {**table["elsewhere"], "options": [*table["options"]]},
        "endpoints": {
            **table["endpoints"],
            **dict.fromkeys(("liveness", "readiness", "startup"), ""),
            # What else it answers, nobody says.
            "health": ["*"],
            "open": [],
            "prefix_flags": [],
            "opens": "unknown",
            "waits": False,
            "by_python": False,
        },
        "image": {**table["image"], "root": False},
        "exposure": {**table["exposure"], "authentication": "elsewhere", "key_flags": []},
    }


def _changed(table: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """A table with what an entry says."""
    options = {key_of(name): flags for name, flags in row.get("options", {}).items()}
    elsewhere = [name for name in table["elsewhere"]["options"] if name not in options]
    defaults = {"port": row["port"]} if "port" in row else {}
    traits = {key_of(name): value for name, value in row.get("traits", {}).items()}
    flags = table["flags"]
    return {
        **table,
        "title": row.get("title", table["title"]),
        "options": {**table["options"], **options},
        "elsewhere": {**table["elsewhere"], "options": elsewhere},
        "defaults": {**table["defaults"], **defaults},
        "traits": {**table["traits"], **traits},
        "environment": {**table["environment"], **row.get("variables", {})},
        "flags": {
            **flags,
            "booleans": [*flags["booleans"], *row.get("switches", ())],
            "aliases": {**flags["aliases"], **{name: [] for name in row.get("flags", ())}},
        },
        "endpoints": {**table["endpoints"], **_endpoints(table["endpoints"], row)},
        "metrics": {**table["metrics"], **_metrics(row)},
        "image": {**table["image"], **_image_user(row)},
        "stop": {**table["stop"], **_stop(row)},
    }


def _endpoints(known: Mapping[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    health, ready = row.get("health", ""), row.get("readiness") or row.get("health", "")
    found: dict[str, Any] = {}
    if health or ready:
        paths = filter(None, (health, ready, *known["health"]))
        found = {"health": list(dict.fromkeys(paths)), "readiness": ready, "startup": ready}
        found["liveness"] = health or known["liveness"]
        found["waits"] = "readiness" in row or known["waits"]
    if "generation" in row:
        found["generation"] = row["generation"]
    return found | ({"opens": row["opens"]} if "opens" in row else {})


def _metrics(row: dict[str, Any]) -> dict[str, Any]:
    return {"default": "on", "path": row["metrics"], "prometheus": True} if "metrics" in row else {}


def _image_user(row: dict[str, Any]) -> dict[str, Any]:
    user = row.get("user")
    if user is None:
        return {}
    root = user.partition(":")[0] in ("0", "root")
    return {"root": root, "user": "" if root else user}


def _stop(row: dict[str, Any]) -> dict[str, Any]:
    return {"drain_seconds": row["drain-seconds"]} if "drain-seconds" in row else {}
