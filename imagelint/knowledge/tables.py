"""The tables of this package.

They are written by hand as TOML, held to the form of `schema` and compiled to Python by
`make generate`, so that no run of the program has to parse or check them; a test holds both to be
the same.

A policy may know more. What holds is set by `hold`, for the whole process, before a document is
read that is judged by it: from then on every table has the policy's entries in it. What readers
remember of a table is therefore remembered by `looked_up`, which forgets it then, and which tells
what was looked up for an answer.
"""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, cast, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.core.sitefacts import SiteFacts
    from imagelint.knowledge import engine_schema, schema
    from imagelint.knowledge.containers import base_schema, scanner_schema
    from imagelint.knowledge.kubernetes import constraint_schema, operator_schema
    from imagelint.knowledge.serving import forms
    from imagelint.knowledge.settings import forms as settings_forms
    from imagelint.knowledge.web import forms as web_forms

__all__ = ["Lookups", "engine_table", "hold", "looked_up", "module_of", "shipped"]
__all__ += ["consulted", "count", "counted", "forgetting", "fresh_lookups", "site_facts", "table"]
__all__ += ["uncounted"]

P = ParamSpec("P")
R = TypeVar("R")


class Lookups:
    """What holds in this process, and which tables were looked up since somebody asked.

    `facts` are those of the policy, `held` the tables with them by name, `tables` the names of
    those that were looked up, `forget` empties what readers remember.
    """

    __slots__ = ("facts", "forget", "held", "tables")

    def __init__(self) -> None:
        self.facts: tuple[SiteFacts, ...] = ()
        self.held: dict[str, object] = {}
        self.tables: set[str] = set()
        self.forget: list[Callable[[], None]] = []


_LOOKUPS = Lookups()


def looked_up(ask: Callable[P, R]) -> Callable[P, R]:
    """A reader that remembers its answers, as `functools.cache` does, as long as the tables hold.

    With each answer it remembers which tables it was looked up in. An answer to arguments that are
    given by name is not remembered.
    """
    answers: dict[tuple[object, ...], tuple[R, frozenset[str]]] = {}
    forgetting(answers.clear)

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        if kwargs:
            return ask(*args, **kwargs)
        known = answers.get(args)
        if known is not None:
            if known[1]:
                _LOOKUPS.tables.update(known[1])
            return known[0]
        answers[args] = found = counted(lambda: ask(*args, **kwargs))
        return found[0]

    return answer


def counted(ask: Callable[[], R]) -> tuple[R, frozenset[str]]:
    """What a function answers, and the tables in which it looked that up."""
    outer = _LOOKUPS.tables
    _LOOKUPS.tables = set()
    try:
        found = ask()
    finally:
        inner = frozenset(_LOOKUPS.tables)
        outer |= inner
        _LOOKUPS.tables = outer
    return found, inner


def count(tables: frozenset[str]) -> None:
    """That something was looked up in some tables, though longer ago."""
    _LOOKUPS.tables |= tables


def forgetting(forget: Callable[[], None]) -> None:
    """What is to be done when other tables hold: to forget what was looked up in these."""
    _LOOKUPS.forget.append(forget)


def hold(facts: tuple[SiteFacts, ...]) -> None:
    """From now on the tables hold what a policy knows as well; nothing: as we have them."""
    if facts != _LOOKUPS.facts:
        _LOOKUPS.facts = facts
        _LOOKUPS.held.clear()
        for forget in _LOOKUPS.forget:
            forget()


def uncounted(ask: Callable[[], R]) -> R:
    """What a function answers; what it looks up is not told to whoever counts that.

    That is for what is remembered of a document: nobody can tell who asks for it first.
    """
    outer, _LOOKUPS.tables = _LOOKUPS.tables, set()
    try:
        return ask()
    finally:
        _LOOKUPS.tables = outer


def site_facts() -> tuple[SiteFacts, ...]:
    """The facts of the policy that holds, the highest last."""
    return _LOOKUPS.facts


def consulted(name: str) -> None:
    """That something was looked up: a table, or a section of a site's facts (`mirrors`)."""
    _LOOKUPS.tables.add(name)


def fresh_lookups() -> set[str]:
    """From now on, the names of what is looked up; who asked before is told no more."""
    _LOOKUPS.tables = set()
    return _LOOKUPS.tables


@overload
def table(name: Literal["accelerators"]) -> schema.AcceleratorTable: ...
@overload
def table(name: Literal["advisories"]) -> schema.AdvisoryTable: ...
@overload
def table(name: Literal["base_images"]) -> base_schema.BaseImageTable: ...
@overload
def table(name: Literal["containers/programs"]) -> schema.ProgramTable: ...
@overload
def table(name: Literal["containers/scanners"]) -> scanner_schema.ScannerTable: ...
@overload
def table(name: Literal["cuda"]) -> schema.CudaTable: ...
@overload
def table(name: Literal["engines/index"]) -> engine_schema.EngineIndex: ...
@overload
def table(name: Literal["engine_flags"]) -> forms.EngineFlagsTable: ...
@overload
def table(name: Literal["enumerations"]) -> schema.EnumerationTable: ...
@overload
def table(name: Literal["flag_conflicts"]) -> forms.FlagConflictTable: ...
@overload
def table(name: Literal["flag_numbers"]) -> forms.FlagNumberTable: ...
@overload
def table(name: Literal["flag_words"]) -> forms.FlagWordsTable: ...
@overload
def table(name: Literal["gpu_floors"]) -> forms.GpuFloorTable: ...
@overload
def table(name: Literal["gpus"]) -> schema.GpuTable: ...
@overload
def table(name: Literal["gateways"]) -> settings_forms.GatewayTable: ...
@overload
def table(name: Literal["model_releases"]) -> settings_forms.ModelReleaseTable: ...
@overload
def table(name: Literal["path_flags"]) -> settings_forms.PathFlagTable: ...
@overload
def table(name: Literal["host_memory"]) -> settings_forms.HostMemoryTable: ...
@overload
def table(name: Literal["hubs"]) -> schema.HubTable: ...
@overload
def table(name: Literal["inventory"]) -> forms.Inventory: ...
@overload
def table(name: Literal["kubernetes/charts"]) -> operator_schema.ChartTable: ...
@overload
def table(name: Literal["kubernetes/constraints"]) -> constraint_schema.ConstraintTable: ...
@overload
def table(
    name: Literal["kubernetes/custom_resources"],
) -> constraint_schema.CustomResourceTable: ...
@overload
def table(name: Literal["kubernetes_kinds"]) -> schema.KubernetesKindsTable: ...
@overload
def table(name: Literal["lifetimes"]) -> schema.LifetimeTable: ...
@overload
def table(name: Literal["metrics"]) -> forms.MetricTable: ...
@overload
def table(name: Literal["model_shapes"]) -> forms.ModelShapeTable: ...
@overload
def table(name: Literal["models"]) -> schema.ModelTable: ...
@overload
def table(name: Literal["node_labels"]) -> forms.NodeLabelTable: ...
@overload
def table(name: Literal["operators/index"]) -> operator_schema.OperatorIndex: ...
@overload
def table(name: Literal["other_servers"]) -> forms.OtherServerTable: ...
@overload
def table(name: Literal["pod_security"]) -> schema.PodSecurityTable: ...
@overload
def table(name: Literal["query_languages"]) -> forms.QueryLanguageTable: ...
@overload
def table(name: Literal["routes"]) -> forms.RouteTable: ...
@overload
def table(name: Literal["setting_keys"]) -> settings_forms.SettingKeyTable: ...
@overload
def table(name: Literal["signals"]) -> forms.SignalTable: ...
@overload
def table(name: Literal["variables"]) -> forms.VariableTable: ...
@overload
def table(name: Literal["web_servers"]) -> web_forms.WebServerTable: ...
@overload
def table(name: Literal["weights"]) -> schema.WeightTable: ...


def table(name: str) -> Any:
    """The table of that name, such as `cuda`."""
    return _compiled(name)


def engine_table(name: str) -> engine_schema.EngineTable:
    """The table of an engine.

    Raises:
        ModuleNotFoundError: there is no such engine.
    """
    return cast("engine_schema.EngineTable", _compiled(f"engines/{name}"))


def _compiled(name: str) -> object:
    _LOOKUPS.tables.add(name)
    held = _LOOKUPS.held.get(name)
    if held is None:
        held = _LOOKUPS.held[name] = _read(name)
    return held


def _read(name: str) -> object:
    """A table with what the policy knows."""
    if not _LOOKUPS.facts:
        return shipped(name)
    from imagelint.knowledge.site.extend import extended

    return extended(name, _LOOKUPS.facts)


def shipped(name: str) -> object:
    """A table as it comes with the program.

    Raises:
        ModuleNotFoundError: there is none of that name.
    """
    return import_module(f"imagelint.knowledge.compiled.{module_of(name)}").TABLE


def module_of(name: str) -> str:
    """The module that holds a table: `engines_llama_cpp` for `engines/llama.cpp`."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)
