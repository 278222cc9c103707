"""The tables of this package.

They are written by hand as TOML, held to the form of `schema` and compiled to Python by
`make generate`, so that no run of the program has to parse or check them; a test holds both to be
the same.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, cast, overload

if TYPE_CHECKING:
    from imagelint.knowledge import engine_schema, schema
    from imagelint.knowledge.containers import scanner_schema
    from imagelint.knowledge.kubernetes import constraint_schema, operator_schema
    from imagelint.knowledge.serving import forms

__all__ = ["engine_table", "module_of", "table"]


@overload
def table(name: Literal["accelerators"]) -> schema.AcceleratorTable: ...
@overload
def table(name: Literal["advisories"]) -> schema.AdvisoryTable: ...
@overload
def table(name: Literal["base_images"]) -> schema.BaseImageTable: ...
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
def table(name: Literal["gpu_floors"]) -> forms.GpuFloorTable: ...
@overload
def table(name: Literal["gpus"]) -> schema.GpuTable: ...
@overload
def table(name: Literal["hubs"]) -> schema.HubTable: ...
@overload
def table(name: Literal["inventory"]) -> forms.Inventory: ...
@overload
def table(name: Literal["kubernetes/constraints"]) -> constraint_schema.ConstraintTable: ...
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
def table(name: Literal["other_servers"]) -> schema.OtherServerTable: ...
@overload
def table(name: Literal["pod_security"]) -> schema.PodSecurityTable: ...
@overload
def table(name: Literal["query_languages"]) -> forms.QueryLanguageTable: ...
@overload
def table(name: Literal["routes"]) -> forms.RouteTable: ...
@overload
def table(name: Literal["signals"]) -> forms.SignalTable: ...
@overload
def table(name: Literal["variables"]) -> forms.VariableTable: ...
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


@cache
def _compiled(name: str) -> object:
    return import_module(f"imagelint.knowledge.compiled.{module_of(name)}").TABLE


def module_of(name: str) -> str:
    """The module that holds a table: `engines_llama_cpp` for `engines/llama.cpp`."""
    return "".join(letter if letter.isalnum() else "_" for letter in name)
