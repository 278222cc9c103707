"""The page about what rules in Python can be about: types, their fields, a rule of each."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from imagelint.documents.base import Complaint
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """\
# What rules in Python are about

Written from the code. A rule takes one of these types, `@rule(Stage, …)`, and is called for each
node of that type; complaints of readers, one type a kind, are left out. What a rule in CEL can ask
stands [on a page of its own](custom-rules-reference.md).

| type | rules | for example |
|---|---|---|
"""


def subjects_page() -> str:
    """The text of `docs/rule-subjects.md`."""
    about: dict[str, list[str]] = {}
    for name in catalog.names():
        for key in catalog.subjects(name):
            about.setdefault(key, []).append(name)
    kinds = {key: _kind(key) for key in about}
    kept = sorted(
        (key for key, kind in kinds.items() if not issubclass(kind, Complaint)),
        key=lambda key: (-len(about[key]), key),
    )
    rows = "".join(_row(kinds[key], about[key]) for key in kept)
    return _HEAD + rows + "".join(_section(kinds[key], about[key]) for key in kept)


def _kind(key: str) -> type:
    module, _, name = key.partition(":")
    found = getattr(import_module(f"imagelint.{module}"), name)
    if not isinstance(found, type):
        raise TypeError(f"{key} is no type")
    return found


def _row(kind: type, rules: list[str]) -> str:
    name = kind.__qualname__
    return f"| [`{name}`](#{name.lower()}) | {len(rules)} | {_link(rules[0])} |\n"


def _section(kind: type, rules: list[str]) -> str:
    summary = (kind.__doc__ or "").partition("\n")[0]
    shown = ", ".join(map(_link, rules[:3]))
    lines = [f"\n## {kind.__qualname__}\n", f"{summary}\n"]
    lines.append(f"`from {kind.__module__} import {kind.__qualname__}`\n")
    for title, names in _parts(kind):
        lines.append(f"{title}: {', '.join(f'`{each}`' for each in names)}\n")
    lines.append(f"Rules about it: {shown}{' …' if rules[3:] else ''}\n")
    return "\n".join(lines)


def _parts(kind: type) -> Iterator[tuple[str, list[str]]]:
    """The fields, and what can be asked besides, as far as that is public."""
    fields = list(getattr(kind, "_fields", ()))
    if fields:
        yield "Fields", fields
    asked = [
        name
        for name, value in vars(kind).items()
        if not name.startswith("_") and name not in fields and isinstance(value, property)
    ]
    if asked:
        yield "Asked of it", asked
    methods = [
        f"{name}()"
        for name, value in vars(kind).items()
        if not name.startswith("_") and callable(value) and name not in fields
    ]
    if methods:
        yield "Methods", methods


def _link(rule: str) -> str:
    return f"[`{rule}`](rules/{rule}.md)"
