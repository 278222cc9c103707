"""All that is wrong with a file of facts, each at its place."""

from __future__ import annotations

from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic
from imagelint.knowledge.site.names import engine_names
from imagelint.knowledge.site.tags import CUDA, VERSION, tag_fault
from imagelint.policy.site.schema import knowledge_schema
from imagelint.policy.suggest import did_you_mean
from imagelint.policy.validate import schema_complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.policy.text import Data, Keys, PolicyText

_MOST = 100
_ADDS = 'name the containers to which it is added: `containers: ["*"]` is all of them'
_TAKEN = ("index",)
_EITHER = "`is` names the engine that images hold, `name` is an engine of your own"


def complaints(text: PolicyText) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a file of facts, in the order of the text."""
    if text.root is None:
        return (Diagnostic("it says nothing", f"{text.source.origin}:1:1"),)
    found = [*islice(schema_complaints(text, knowledge_schema()), _MOST)]
    data = text.data if isinstance(text.data, dict) else {}
    if not found:
        found += islice(_meant(text, data), _MOST)
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _place(said: Diagnostic) -> tuple[int, int]:
    _, line, column = said.at.rsplit(":", 2)
    return int(line), int(column)


def _meant(text: PolicyText, data: dict[str, Data]) -> Iterator[Diagnostic]:
    """What the schema cannot say."""
    yield from _numbers(text, data, ())
    own = [row["name"] for row in _rows(data, "engines") if "name" in row]
    known = (*engine_names(), *filter(None, map(str, own)))
    for index, row in enumerate(_rows(data, "engines")):
        yield from _engine(text, row, ("engines", index))
    for index, row in enumerate(_rows(data, "operators")):
        yield from _operator(text, row, ("operators", index), known)
    for index, row in enumerate(_rows(data, "base-images")):
        keys = ("base-images", index)
        yield from _tags(text, row, keys, CUDA)
        if "cuda" in row and CUDA in str(row.get("tags", "")):
            said = f"the tag tells the release by {CUDA}: `cuda` cannot tell another"
            yield Diagnostic(said, text.at(text.key_span((*keys, "cuda"))))
        if row.get("root") is True and _is_user(row.get("user")):
            said = "it runs either as root or as a user"
            yield Diagnostic(said, text.at(text.key_span((*keys, "root"))))


def _is_user(said: Data) -> bool:
    return isinstance(said, str) and said.partition(":")[0] not in ("0", "root")


def _engine(text: PolicyText, row: dict[str, Data], keys: Keys) -> Iterator[Diagnostic]:
    if ("is" in row) == ("name" in row):
        said = "an entry says either `is` or `name`"
        yield Diagnostic(said, text.at(text.span(keys)), _EITHER)
        return
    if "is" in row:
        extra = sorted(row.keys() - {"is", "images", "tags", "bare", "note"})
        if not row.get("images"):
            yield Diagnostic("`images` is missing: which hold it", text.at(text.span(keys)))
        for key in extra:
            at = text.at(text.key_span((*keys, key)))
            yield Diagnostic(f"`{key}` is for an engine of your own", at, _EITHER)
    else:
        yield from _own_engine(text, row, keys)
    yield from _tags(text, row, keys, VERSION)


def _own_engine(text: PolicyText, row: dict[str, Data], keys: Keys) -> Iterator[Diagnostic]:
    programs = row.get("programs")
    for index, said in enumerate(programs if isinstance(programs, tuple) else ()):
        if isinstance(said, str) and said.split() in (["python"], ["python", "-m"]):
            at = text.at(text.span((*keys, "programs", index)))
            yield Diagnostic(f"`{said}` may start anything", at, "name the module: python -m acme")
    if row["name"] in _TAKEN:
        message = f"no engine can be named `{row['name']}`"
        yield Diagnostic(message, _at(text, keys, "name"))
    elif "like" not in row and row["name"] not in engine_names():
        for key in ("port", "health"):
            if key not in row:
                message = f"`{key}` is missing: the engine is `like` no other"
                yield Diagnostic(message, text.at(text.span(keys)))


def _operator(
    text: PolicyText, row: dict[str, Data], keys: Keys, engines: tuple[str, ...]
) -> Iterator[Diagnostic]:
    adds, tells = row.get("adds"), row.get("tells")
    if isinstance(adds, dict):
        something = any(value for key, value in adds.items() if key not in ("containers", "note"))
        if something and not adds["containers"]:
            yield Diagnostic("nothing is added to no container", _at(text, keys, "adds"), _ADDS)
    engine = tells.get("engine") if isinstance(tells, dict) else None
    if isinstance(engine, str) and engine not in engines:
        said = f"no engine is named `{engine}`"
        at = text.at(text.span((*keys, "tells", "engine")))
        yield Diagnostic(said, at, did_you_mean(engine, engines))


def _tags(text: PolicyText, row: dict[str, Data], keys: Keys, word: str) -> Iterator[Diagnostic]:
    tags = row.get("tags")
    fault = tag_fault(tags, word) if isinstance(tags, str) else ""
    if fault:
        yield Diagnostic(f"the tag `{tags}` {fault}", _at(text, keys, "tags"))


def _at(text: PolicyText, keys: Keys, key: str) -> str:
    return text.at(text.span((*keys, key)))


def _numbers(text: PolicyText, data: Data, keys: tuple[str | int, ...]) -> Iterator[Diagnostic]:
    """Numbers that are none, or infinite: a schema compares them with nothing."""
    if isinstance(data, float) and not isfinite(data):
        yield Diagnostic("that is no number", text.at(text.span(keys)))
    inside = data.items() if isinstance(data, dict) else ()
    listed = enumerate(data) if isinstance(data, tuple) else ()
    for key, value in (*inside, *listed):
        yield from _numbers(text, value, (*keys, key))


def _rows(data: dict[str, Data], section: str) -> list[dict[str, Data]]:
    rows = data.get(section)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, tuple) else []
