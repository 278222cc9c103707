"""The table of contents: every rule by its name.

The convention `a-b` → `a_b.py` → `def a_b` replaces registration. The table is generated from the
decorators, so that a rule is written once, and is imported only when it is enabled *and* a node of
its subjects occurs. A test holds this table, the files, the case files and the docs to be one set.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

from imagelint.rules.table import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.rules.rule import Rule


CUSTOM = "custom"
"""The family of all rules that are not ours."""


def is_custom(name: str) -> bool:
    """Whether a name is one of a rule that a policy brings: these have a dot, ours have none."""
    return "." in name


def names() -> tuple[str, ...]:
    """The names of all rules, sorted."""
    return tuple(RULES)


def families() -> tuple[str, ...]:
    """The families, sorted."""
    return tuple(sorted({entry.family for entry in RULES.values()}))


def family(name: str) -> str:
    """The family of a rule.

    Raises:
        KeyError: there is no such rule.
    """
    return CUSTOM if is_custom(name) else RULES[name].family


def subjects(name: str) -> tuple[str, ...]:
    """The types of node that a rule speaks about, as `key_of` names them.

    Raises:
        KeyError: there is no such rule.
    """
    return RULES[name].subjects


def triggers(name: str) -> tuple[str, ...]:
    """The keywords and programs that a rule is about; none: it is asked about all nodes.

    Raises:
        KeyError: there is no such rule.
    """
    return RULES[name].triggers


def key_of(kind: type) -> str:
    """A type of node as the table names it; bare names of types exist more than once."""
    return f"{kind.__module__.removeprefix('imagelint.')}:{kind.__qualname__}"


@cache
def load(name: str) -> Rule:
    """The rule of that name, imported when first asked for.

    Raises:
        KeyError: there is no such rule.
    """
    stem = name.replace("-", "_")
    module = import_module(f"imagelint.rules.{RULES[name].family}.{stem}")
    return cast("Rule", getattr(module, stem))


@cache
def answers_to() -> dict[str, tuple[str, ...]]:
    """From a former name or another tool's id, in lower case, to the rules that answer to it.

    A reference such as `hadolint DL3002` is found under `dl3002` and under itself; Trivy's ids
    with and without `AVD-`, with and without leading zeros behind the dash.
    """
    index: dict[str, list[str]] = {}
    for name, entry in RULES.items():
        for key in {
            spelling
            for reference in (*entry.references, *entry.former)
            for spelling in spellings(reference)
        }:
            index.setdefault(key, []).append(name)
    return {key: tuple(found) for key, found in index.items()}


def answering(tool: str) -> Iterator[str]:
    """The rules that answer to a tool (`hadolint`, in lower case)."""
    for rule, entry in RULES.items():
        if answers(entry.references, tool):
            yield rule


def answers(references: Iterable[str], tool: str, name: str = "") -> bool:
    """Whether some references are to a tool (`hadolint`, in lower case), or to one of its ids."""
    wanted = name.lower()
    theirs = (one for one in references if one.lower().startswith(tool))
    said = (spellings(reference) for reference in theirs)
    return any(not wanted or wanted in each or _numberless(wanted) in each for each in said)


def _numberless(name: str) -> str:
    """The id that stands for all of ShellCheck's, which has several hundred: `sc*` for `sc2086`."""
    return "sc*" if name.startswith("sc") and name[2:].isdigit() else name


def references(name: str) -> tuple[str, ...]:
    """The references of a rule.

    Raises:
        KeyError: there is no such rule.
    """
    return RULES[name].references


def spellings(reference: str) -> tuple[str, ...]:
    """The ways to write another tool's id, in lower case."""
    whole = reference.lower()
    last = whole.rpartition(" ")[2]
    found = [whole, last]
    prefix, dash, number = last.partition("-")
    if dash and number.isdigit():
        found += [f"avd-{last}", f"{prefix}{int(number):03d}", f"avd-{prefix}-{number}"]
    return tuple(found)


def successors(name: str) -> tuple[str, ...]:
    """The rules that were called so before: one that was renamed, several that were one."""
    return _successors().get(name, ())


@cache
def _successors() -> dict[str, tuple[str, ...]]:
    index: dict[str, list[str]] = {}
    for name, entry in RULES.items():
        for former in entry.former:
            index.setdefault(former, []).append(name)
    return {former: tuple(found) for former, found in index.items()}


def find(name: str) -> tuple[str, ...]:
    """The rules which a name, former name or another tool's id means; empty when none does.

    What may be the name of a rule that a policy brings means that: whether it does, is not known.
    """
    lowered = name.lower().strip()
    if lowered in RULES or is_custom(lowered):
        return (lowered,)
    return answers_to().get(lowered) or answers_to().get(_numberless(lowered), ())
