"""The tables of `knowledge/`: read, held to their form, and joined to the index of engines."""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from imagelint.documents.serving.options import OPTIONS
from imagelint.knowledge.engine_schema import EngineTable
from imagelint.knowledge.kubernetes.operator_schema import OperatorTable
from imagelint.knowledge.kubernetes.operators import OF_CONTAINER
from imagelint.knowledge.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from imagelint.documents.serving.options import Option
    from imagelint.knowledge.engine_schema import (
        EngineIndex,
        IndexedEvidence,
        IndexedImage,
        IndexedProgram,
    )
    from imagelint.knowledge.kubernetes.operator_schema import (
        OperatorIndex,
        ServiceRow,
        WorkloadRow,
    )

_WORDS = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}
# What a table of names and values may hold besides: where they come from.
_SOURCE = "source"
# Such tables of an engine that must; where names of options come from is said beside the flags.
_SOURCED = ("environment", "defaults", "image_defaults")


class BadTableError(Exception):
    """Tables that do not have their form: one line for each complaint, with its place."""


class Form:
    """What a place in a table must hold."""

    def __init__(self, type_: Any) -> None:
        """Take the type apart, as `schema` writes it: `NotRequired`, then `Annotated`."""
        self.required = get_origin(type_) is not NotRequired
        inner = type_ if self.required else get_args(type_)[0]
        annotated = get_origin(inner) is Annotated
        self.meaning = get_args(inner)[1] if annotated else ""
        self.type = get_args(inner)[0] if annotated else inner

    def complaints(self, value: object, place: str) -> Iterator[str]:
        """What is wrong with a value, each with its place."""
        origin, arguments = get_origin(self.type), get_args(self.type)
        if is_typeddict(self.type):
            yield from _of_table(value, self.type, place)
        elif origin is list and isinstance(value, list):
            for at, item in enumerate(value):
                yield from Form(arguments[0]).complaints(item, f"{place}[{at}]")
        elif origin is dict and isinstance(value, dict):
            for key, item in value.items():
                if key != _SOURCE or not isinstance(item, str):
                    yield from Form(arguments[1]).complaints(item, f"{place}.{key}")
        elif not self._holds(value):
            yield f"{place}: {value!r} is not {self.in_words()}{self._means()}"

    def missing(self, place: str) -> str:
        """The complaint about a required key that is not there."""
        return f"{place} is missing: {self.in_words()}{self._means()}"

    def _holds(self, value: object) -> bool:
        origin, arguments = get_origin(self.type), get_args(self.type)
        if origin is Literal:
            return value in arguments
        if origin in (UnionType, Union):
            return any(not [*Form(one).complaints(value, "")] for one in arguments)
        if self.type is float:
            return isinstance(value, int | float) and not isinstance(value, bool)
        return type(value) is self.type

    def in_words(self) -> str:
        """The type in words."""
        origin, arguments = get_origin(self.type), get_args(self.type)
        if origin is Literal:
            return "one of " + ", ".join(repr(one) for one in arguments)
        if origin in (UnionType, Union):
            return " or ".join(Form(one).in_words() for one in arguments)
        if origin is list:
            return "a list"
        return _WORDS.get(self.type, "a table")

    def _means(self) -> str:
        return f" ({self.meaning})" if self.meaning else ""


def _of_table(value: object, type_: Any, place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place}: {value!r} is not a table"
        return
    forms = {key: Form(hint) for key, hint in get_type_hints(type_, include_extras=True).items()}
    for key, item in value.items():
        below = f"{place}.{key}" if place else key
        if key in forms:
            yield from forms[key].complaints(item, below)
        else:
            near = get_close_matches(key, forms, 1)
            yield f"{below} is unknown" + (f": did you mean {near[0]}?" if near else "")
    for key, form in forms.items():
        if form.required and key not in value:
            yield form.missing(f"{place}.{key}" if place else key)


def complaints(name: str, data: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the table of that name (`gpus`, `engines/vllm`), each with its key."""
    if name.startswith("operators/"):
        yield from _of_operator(data)
        return
    for key in _SOURCED if name.startswith("engines/") else () if _SOURCE in data else data:
        if isinstance(data.get(key), dict) and _SOURCE not in data[key]:
            yield f"{key}.{_SOURCE} is missing: where its facts are written"
    if not name.startswith("engines/"):
        if name in TABLES:
            yield from Form(TABLES[name]).complaints(data, "")
        else:
            yield "the table has no form in imagelint/knowledge/schema.py"
        return
    found = [*Form(EngineTable).complaints(data, "")]
    yield from found
    if not found:
        yield from _of_engine(name, cast("EngineTable", data))


def _of_engine(name: str, data: EngineTable) -> Iterator[str]:
    """What types cannot say about an engine."""
    if data["name"] != name.removeprefix("engines/"):
        yield f"name: {data['name']!r} is not the name of the file"
    yield from _of_options(data)
    if not data["names"]["images"] and not data["names"]["programs"]:
        yield "names.images and names.programs are empty: nothing is ever recognised"
    for at, removed in enumerate(data["removed"]):
        if ("flag" in removed) == ("variable" in removed):
            yield f"removed[{at}] needs either flag or variable"
    if data["start"]["bare"] and data["start"]["entry"]:
        yield "start.entry: an image that runs what it is given has no entry point"


def _of_operator(data: Mapping[str, Any]) -> Iterator[str]:
    found = [*Form(OperatorTable).complaints(data, "")]
    yield from found
    if found:
        return
    known = {option.name for option in OPTIONS}
    for at, row in enumerate(cast("OperatorTable", data)["workloads"]):
        place = f"workloads[{at}]"
        for name in row["tells"]["options"]:
            if name not in known | OF_CONTAINER:
                yield f"{place}.tells.options.{name} is no option"
        added = any(value for key, value in row["adds"].items() if key != "containers")
        if added != bool(row["adds"]["containers"]):
            yield f"{place}.adds.containers: who adds something names the containers, and only then"


def _of_options(data: EngineTable) -> Iterator[str]:
    known = {option.name: option for option in OPTIONS}
    for name in known:
        if name not in data["options"]:
            yield f"options.{name} is missing: the names of its flag, or [] where there is none"
    where: dict[str, Iterable[str]] = {
        "options": data["options"],
        "elsewhere.options": data["elsewhere"]["options"],
        "start.positional": [data["start"]["positional"]] if data["start"]["positional"] else [],
    }
    for place, names in where.items():
        for name in names:
            if name not in known and name != _SOURCE:
                yield f"{place}: {name!r} is no option of imagelint/documents/serving/options.py"
    for place in ("defaults", "image_defaults"):
        yield from _of_defaults(place, data[place], known)  # type: ignore[literal-required]


def _of_defaults(
    place: str, values: Mapping[str, object], known: Mapping[str, Option[object]]
) -> Iterator[str]:
    for name, value in values.items():
        if name == _SOURCE:
            continue
        if name not in known:
            yield f"{place}.{name} is no option of imagelint/documents/serving/options.py"
        elif known[name].convert(str(value)) is None:
            yield f"{place}.{name}: {value!r} is no value of that option"


def read_tables(folder: Path) -> dict[str, dict[str, Any]]:
    """Every table below a folder by its name, with the index of engines, which is made of them.

    Of the operators' tables there is the index alone: it holds all that is asked.

    Raises:
        BadTableError: a table does not have its form; all complaints at once.
    """
    tables: dict[str, dict[str, Any]] = {}
    wrong: list[str] = []
    for path in sorted(folder.rglob("*.toml")):
        place = path.relative_to(folder).as_posix()
        name = place.removesuffix(".toml")
        tables[name] = tomllib.loads(path.read_text(encoding="utf-8"))
        wrong += (f"{place}: {complaint}" for complaint in complaints(name, tables[name]))
    if not wrong:
        tables["inventory"] = {"tables": [_inventory_row(*one) for one in sorted(tables.items())]}
        engines = [tables[name] for name in sorted(tables) if name.startswith("engines/")]
        tables["engines/index"] = {**index(cast("Sequence[EngineTable]", engines))}
        wrong += (f"engines: {one}" for one in _ambiguous(tables["engines/index"]))
        operators = [tables.pop(name) for name in sorted(tables) if name.startswith("operators/")]
        rows = operator_index(cast("Sequence[OperatorTable]", operators))
        tables["operators/index"] = {**rows}
    if wrong:
        raise BadTableError("\n".join(wrong))
    return tables


def _inventory_row(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """What the inventory says of a table: of an operator, its release is where it was read."""
    parts = [
        part["source"] for part in table.values() if isinstance(part, dict) and _SOURCE in part
    ]
    read = f"{table['title']} {table['release']}" if "release" in table else "; ".join(parts)
    source = table.get(_SOURCE) or read
    dates = {key: table[key] for key in ("asof", "stale_after")}
    return {"name": name, **dates, "source": source}


def index(engines: Sequence[EngineTable]) -> EngineIndex:
    """All by which engines are recognised: it is what is read while none is in sight.

    What is more exact stands first: longer commands, globs with a registry, longer globs.
    """
    names = [(table["name"], table["names"]) for table in engines]
    programs: list[IndexedProgram] = [
        {"words": words, "engine": engine if serves else "", "worker": rows is one["workers"]}
        for engine, one in names
        for serves, rows in (
            (True, one["programs"]),
            (True, one["workers"]),
            (False, one["other_programs"]),
        )
        for words in rows
    ]
    images: list[IndexedImage] = [
        {**row, "engine": engine} for engine, one in names for row in one["images"]
    ]
    return {
        "engines": [engine for engine, _ in names],
        "programs": sorted(programs, key=lambda row: (-len(row["words"]), row["words"])),
        "images": sorted(images, key=lambda row: _exactness(str(row["glob"]))),
        "owners": [{**row, "engine": engine} for engine, one in names for row in one["owners"]],
        "evidence": [_evidence(table) for table in engines],
        "predictors": sorted(key for _, one in names for key in one["predictors"]),
        "pulls": sorted(words for _, one in names for words in one["pulls"]),
        "packages": sorted(name for _, one in names for name in one["packages"]),
        "jit_packages": sorted(name for _, one in names for name in one["jit_packages"]),
        "cluster_scripts": sorted(
            words for table in engines for words in table["traits"]["cluster_scripts"]
        ),
        "cluster_variables": sorted(
            name for table in engines for name in table["traits"]["cluster_variables"]
        ),
    }


def _evidence(table: EngineTable) -> IndexedEvidence:
    row = table["evidence"]
    return {
        "engine": table["name"],
        "image_words": row["image_words"],
        "flags": row["flags"],
        "variables": row["variables"],
        "formats": row["formats"],
        "default_formats": row["default_formats"],
    }


def operator_index(operators: Sequence[OperatorTable]) -> OperatorIndex:
    """The rows of all operators by API group."""
    groups: dict[str, list[WorkloadRow]] = {}
    unread: dict[str, list[str]] = {}
    images: dict[str, list[str]] = {}
    serviceless: dict[str, list[str]] = {}
    services: dict[str, list[ServiceRow]] = {}
    named = (("unread", unread), ("images", images), ("serviceless", serviceless))
    for operator in operators:
        for group in operator["groups"]:
            groups.setdefault(group, []).extend(operator["workloads"])
            if operator["services"]:
                services.setdefault(group, []).extend(operator["services"])
            for key, found in named:
                names: list[str] = cast("Any", operator)[key]
                if names:
                    found.setdefault(group, []).extend(names)
    return {
        "groups": groups,
        "unread": unread,
        "images": images,
        "serviceless": serviceless,
        "services": services,
    }


def _exactness(glob: str) -> tuple[bool, int, str]:
    return glob.startswith("*"), -len(glob.replace("*", "")), glob


def _ambiguous(rows: Mapping[str, Any]) -> Iterator[str]:
    """What would be recognised as two engines."""
    for table, key in (("images", "glob"), ("programs", "words")):
        seen: dict[str, str] = {}
        for row in rows[table]:
            first = seen.setdefault(str(row[key]), row["engine"])
            if first != row["engine"]:
                yield f"{table}: {row[key]!r} belongs to {first!r} and to {row['engine']!r}"
