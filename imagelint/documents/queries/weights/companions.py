"""Questions about what a server fetches besides its model: tokenizer, draft model, adapters."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.serving.values import is_hub_id
from imagelint.knowledge.serving.hubs import companions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.switches import Switch
    from imagelint.knowledge.serving.hubs import Companion

# The first part of a path from the working folder, in the form of a name on the hub.
_FOLDER = pattern(
    r"(?:adapter|checkpoint|lora|model|output|tokenizer|weight)s?|data|mnt|opt|out|workspace",
    re.IGNORECASE,
)
# Methods of speculation stand in the place of a model.
_METHODS = frozenset(("ngram", "[ngram]"))


class FetchedCompanion(NamedTuple):
    """A repository of the hub that a switch names, and the revision that is asked for.

    `pin` is how a revision is told, with `{}` in its place; empty where nothing can tell it.
    """

    switch: Switch
    what: str
    name: str
    revision: Fact[str]
    pin: str


class _Named(NamedTuple):
    """A name as it is written, with the revision that stands beside it."""

    name: str
    revision: Fact[str] = ABSENT


def fetched_companions(server: ServingCommand) -> Iterator[FetchedCompanion]:
    """What a server certainly fetches from the hub besides its model."""
    model = server.model.value if isinstance(server.model, Known) else ""
    for row in companions(server.engine):
        switch = server.find_switch(row.flag)
        if switch is None or not isinstance(switch.value, Known):
            continue
        for name, beside in _named(row.form, switch.value.value):
            if name != model and _is_repository(name):
                revision = _revision(server, row) if beside is ABSENT else beside
                yield FetchedCompanion(switch, row.what, name, revision, _pin(server, row))


def _is_repository(name: str) -> bool:
    """Whether a name is one of the hub and no path from the folder in which the server runs."""
    owner, slash, _ = name.partition("/")
    return bool(slash) and not _FOLDER.fullmatch(owner) and is_hub_id(name)


def _revision(server: ServingCommand, row: Companion) -> Fact[str]:
    for flag in row.revisions:
        told = server.switch(flag)
        if told is not ABSENT:
            return told
    return ABSENT if server.complete else UNKNOWN


def _pin(server: ServingCommand, row: Companion) -> str:
    if row.form == "json":
        return '`"revision": "{}"`'
    if row.form == "list":
        return "`@{}` behind its name"
    if not row.own:
        return ""
    flag = row.revisions[0]
    return f"`{flag.replace('-', '_')}: {{}}`" if server.keyed else f"`--{flag} {{}}`"


def _named(form: str, value: str) -> Iterator[_Named]:
    """The names in the value of a flag."""
    if form == "name":
        yield _Named(value)
    elif form == "json":
        yield from _of_object(value, "model")
    elif form == "list":
        for part in value.split(","):
            place, at, revision = part.strip().partition("@")
            yield _Named(place.rpartition("=")[2], Known(revision) if at else ABSENT)
    elif value.startswith("{"):
        # Several objects are rare; what does not parse is left to the server.
        yield from (_Named(one.name) for one in _of_object(value, "path"))
    else:
        yield from (_Named(part.rpartition("=")[2]) for part in value.split())


def _of_object(value: str, key: str) -> Iterator[_Named]:
    """The name that an object holds; nothing where the text is no object, or names none."""
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return
    name = found.get(key) if isinstance(found, dict) else None
    if isinstance(name, str) and name not in _METHODS:
        revision = found.get("revision")
        yield _Named(name, Known(revision) if isinstance(revision, str) else ABSENT)
