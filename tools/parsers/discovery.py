"""Every function of ours that needs one text and nothing else: found, so that none is forgotten."""

from __future__ import annotations

import builtins
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from imagelint.core import errors
from imagelint.core.source import Source
from imagelint.documents import base
from tools.parsers.model import Parser
from tools.parsers.seeds import seeds_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PACKAGE = Path(__file__).parents[2] / "imagelint"
# Pure all through; what asks the world (files, processes, the network) is not tried with words.
_ROOMS = (
    *("core", "custom", "deployment", "documents", "engine", "fleet", "knowledge", "policy"),
    "reporters",
)
_PURE_MODULES = ("collect/images/names", "collect/signatures/keys", "collect/tools/trivy_errors")
_OTHERS = {
    # What they are asked are names of ours, or they keep what they are asked.
    *("knowledge.tables.table", "knowledge.tables.shipped", "knowledge.tables.module_of"),
    *("knowledge.tables.consulted", "knowledge.tables.engine_table", "policy.load.pack"),
    *("reporters.scorecard.load", "reporters.load", "reporters.context.unknown_rule"),
    # They look at files, or take no text but one character, one day, one name.
    *("policy.text.is_file", "reporters.visible.escaped", "fleet.days.days_before"),
    "documents.kubernetes.constraints.unions.article",
}
_RAISES = re.compile(r"^\s*Raises:\s*$(.*?)(?:^\s*\w+:\s*$|\Z)", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"^\s*(?:\w+\.)?(\w+): ", re.MULTILINE)


def discovered() -> Iterator[Parser]:
    """The functions, with the errors that their docstrings announce."""
    for room in _ROOMS:
        for path in sorted((_PACKAGE / room).rglob("*.py")):
            if "compiled" not in path.parts:
                yield from _of_module(path)
    for module in _PURE_MODULES:
        yield from _of_module(_PACKAGE / f"{module}.py")


def _of_module(path: Path) -> Iterator[Parser]:
    dotted = ".".join(path.relative_to(_PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    module = import_module(f"imagelint.{dotted}")
    for word, function in sorted(vars(module).items()):
        own = inspect.isfunction(function) and function.__module__ == module.__name__
        name = f"{dotted}.{word}"
        if own and not word.startswith("_") and name not in _OTHERS:
            read = _reads(function)
            if read is not None:
                yield Parser(name, read, seeds_for(name), announced(function))


def _reads(function: Callable[..., object]) -> Callable[[str], object] | None:
    """The function, where a text or a source is all that it needs."""
    parameters = inspect.signature(function).parameters.values()
    needed = [one for one in parameters if one.default is inspect.Parameter.empty]
    if len(needed) != 1 or needed[0].kind is not inspect.Parameter.POSITIONAL_OR_KEYWORD:
        return None
    match needed[0].annotation:
        case "str" | "str | None":
            return function
        case "Source":
            return lambda text: function(Source("x", text))
        case "bytes":
            return lambda text: function(text.encode("utf-8", "surrogatepass"))
        case _:
            return None


def announced(function: Callable[..., object]) -> tuple[type[Exception], ...]:
    """The errors that a docstring says are raised."""
    said = _RAISES.search(function.__doc__ or "")
    names = _NAMED.findall(said[1]) if said else []
    own = inspect.unwrap(function).__globals__
    rooms = (own, vars(errors), vars(base), vars(yaml), vars(builtins))
    found = (next((room[name] for room in rooms if name in room), None) for name in names)
    return tuple(one for one in found if isinstance(one, type) and issubclass(one, Exception))
