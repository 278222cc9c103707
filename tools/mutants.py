"""Change what the rules say, one word at a time, and see whether any case notices.

    python tools/mutants.py [--processes N] [--all] [RULE ...]

Each rule's module is parsed and changed in memory, never on disk: severities, confidences, the
texts of messages, helps and fixes, conditions, and data. A mutant survives when the golden section
of its rule stays as it is. A survivor among severity, confidence, fix and text is a defect of the
cases, and the exit status is 1; survivors among conditions are listed and counted, those among data
counted, or listed with `--all`.
"""

from __future__ import annotations

import argparse
import ast
import os
import signal
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from imagelint.rules import catalog  # noqa: E402
from tests.rules.golden import Block, blocks, golden_file, head, section  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

STRICT = ("severity", "confidence", "fix", "text")
CONDITION, DATA = "condition", "data"
CATEGORIES = (*STRICT, CONDITION, DATA)
MARK = "~"
_SECONDS = 20.0
_LEVELS = {
    "Severity": {
        "CRITICAL": "HIGH",
        "HIGH": "MEDIUM",
        "MEDIUM": "LOW",
        "LOW": "INFO",
        "INFO": "CRITICAL",
    },
    "Confidence": {"CERTAIN": "LIKELY", "LIKELY": "CERTAIN"},
}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
# What is said elsewhere and held by other tests: documentation, other tools' ids, types.
_NOT_SAID = frozenset(("references", "former", "metadata", "annotation", "returns"))


class Mutation(NamedTuple):
    """One change: the child `field` (of a list, its `index`) of a node becomes another."""

    category: str
    line: int
    change: str
    parent: ast.AST
    field: str
    index: int | None
    new: ast.AST | None


class Survivor(NamedTuple):
    """A change that nobody noticed."""

    rule: str
    category: str
    place: str
    change: str


class Result(NamedTuple):
    """Of one rule: how many mutants there were by category, and which survived."""

    tried: Counter[str]
    survivors: tuple[Survivor, ...]


class TimedOutError(BaseException):
    """A mutant runs for ever; not an Exception, which the examiner would take for a crash."""


def mutations(tree: ast.Module) -> list[Mutation]:
    """All changes that can be made to a rule's module, in source order."""
    return list(_below(tree, ""))


def _below(parent: ast.AST, within: str) -> Iterator[Mutation]:
    """The changes below a node; `within` tells what it is a part of: `fix`, `text` or nothing."""
    for field, value in ast.iter_fields(parent):
        if field in _NOT_SAID or (isinstance(parent, ast.keyword) and parent.arg in _NOT_SAID):
            continue
        children = value if isinstance(value, list) else [value]
        for number, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_passed_over(child):
                continue
            index = number if isinstance(value, list) else None
            inside = _within(child, within)
            for category, change, new in _changes(parent, field, child, inside):
                line = getattr(child, "lineno", getattr(parent, "lineno", 0))
                yield Mutation(category, line, change, parent, field, index, new)
            yield from _below(child, inside)


def _is_passed_over(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _within(node: ast.AST, within: str) -> str:
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("Fix", "ctx.edit"):
        return "fix"
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("ctx.finding", "ctx.note"):
        return "text"
    return within


def _changes(
    parent: ast.AST, field: str, node: ast.AST, within: str
) -> Iterator[tuple[str, str, ast.AST]]:
    """All that a node can become: category, words, and the new node."""
    yield from _levels(node, within)
    yield from _operators(node)
    yield from _negations(parent, field, node)
    if isinstance(node, ast.Constant):
        yield from _constants(parent, node, within)
    is_argument = field == "args" and isinstance(parent, ast.Call)
    if within == "fix" and is_argument and ast.unparse(parent).startswith("Span("):
        new = ast.BinOp(node, ast.Add(), ast.Constant(1))
        yield "fix", f"{ast.unparse(node)} + 1", new


def _levels(node: ast.AST, within: str) -> Iterator[tuple[str, str, ast.AST]]:
    match node:
        case ast.Attribute(value=ast.Name(id="Severity" | "Confidence" as kind), attr=level):
            if level in _LEVELS[kind]:
                other = _LEVELS[kind][level]
                new: ast.AST = ast.Attribute(node.value, other, ast.Load())
                yield kind.lower(), f"{level} -> {other}", new
        case ast.keyword(arg="severity" | "confidence" as kind) if within == "text":
            new = ast.keyword(kind, ast.Constant(None))
            yield kind, f"{ast.unparse(node)} -> None", new


def _operators(node: ast.AST) -> Iterator[tuple[str, str, ast.AST]]:
    match node:
        case ast.IfExp():
            new = ast.IfExp(node.test, node.orelse, node.body)
            yield _of_branches(node), f"branches of `{ast.unparse(node)}` swapped", new
        case ast.UnaryOp(op=ast.Not()):
            yield CONDITION, f"`{ast.unparse(node)}` without `not`", node.operand
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield CONDITION, f"and/or in `{ast.unparse(node)}`", ast.BoolOp(other, node.values)
        case ast.Compare():
            yield from _comparisons(node)


def _of_branches(node: ast.IfExp) -> str:
    """What a choice decides about: a level where a branch names one."""
    said = f"{ast.unparse(node.body)} {ast.unparse(node.orelse)}"
    kinds = [kind for kind in _LEVELS if f"{kind}." in said]
    return kinds[0].lower() if kinds else CONDITION


def _constants(
    parent: ast.AST, node: ast.Constant, within: str
) -> Iterator[tuple[str, str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield within or DATA, f"{value} -> {not value}", ast.Constant(not value)
    elif isinstance(value, int | float):
        yield DATA, f"{value} -> {value + 1}", ast.Constant(value + 1)
    elif isinstance(value, str) and value:
        category = _of_text(parent, value, within)
        yield category, f"{value!r} + {MARK!r}", ast.Constant(value + MARK)


def _of_text(parent: ast.AST, value: str, within: str) -> str:
    """Whether a reader sees a text; what a text is asked (`name.startswith("x ")`) is data."""
    if isinstance(parent, ast.Call) and not _within(parent, ""):
        return DATA
    if within == "fix" or (within and isinstance(parent, ast.JoinedStr | ast.keyword)):
        return within
    return "text" if value.count(" ") > (0 if within else 1) else DATA


def _comparisons(node: ast.Compare) -> Iterator[tuple[str, str, ast.AST]]:
    for number, operator in enumerate(node.ops):
        others: list[ast.cmpop] = list(node.ops)
        others[number] = _OPPOSITE[type(operator)]()
        new = ast.Compare(node.left, others, node.comparators)
        yield CONDITION, f"`{ast.unparse(node)}` -> `{ast.unparse(new)}`", new


def _negations(parent: ast.AST, field: str, node: ast.AST) -> Iterator[tuple[str, str, ast.AST]]:
    """A plain condition turned around; what has an operator is changed there."""
    is_test = field == "test" or (field == "ifs" and isinstance(parent, ast.comprehension))
    plain = not isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp)
    # The branches of a choice are swapped already.
    if is_test and plain and isinstance(node, ast.expr) and not isinstance(parent, ast.IfExp):
        yield CONDITION, f"not `{ast.unparse(node)}`", ast.UnaryOp(ast.Not(), node)


@contextmanager
def applied(mutation: Mutation) -> Iterator[None]:
    """The tree of the mutation is changed inside, and afterwards as it was."""
    parent, field, index = mutation.parent, mutation.field, mutation.index
    holder = getattr(parent, field)
    if index is None:
        setattr(parent, field, mutation.new)
    else:
        setattr(parent, field, [*holder[:index], mutation.new, *holder[index + 1 :]])
    try:
        yield
    finally:
        setattr(parent, field, holder)


@contextmanager
def loaded(name: str, tree: ast.Module, path: Path) -> Iterator[None]:
    """The rule of that name is what a tree says inside, and afterwards what its file says."""
    module_name = f"imagelint.rules.{catalog.family(name)}.{name.replace('-', '_')}"
    catalog.load(name)
    original = sys.modules[module_name]
    module = ModuleType(module_name)
    module.__file__ = str(path)
    sys.modules[module_name] = module
    catalog.load.cache_clear()
    try:
        code = compile(ast.fix_missing_locations(tree), str(path), "exec")
        exec(code, module.__dict__)  # noqa: S102 - our own module, changed
        yield
    finally:
        sys.modules[module_name] = original
        catalog.load.cache_clear()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """What runs inside ends by TimedOutError after some seconds."""

    def give_up(_signal: int, _frame: object) -> None:
        raise TimedOutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def is_noticed(name: str, expected: tuple[Block, ...]) -> bool:
    """Whether a rule, as it is loaded now, says anything else than expected, or cannot run."""
    with suppress(Exception, TimedOutError), limited(_SECONDS):
        rule = catalog.load(name)
        if head(rule) != expected[0]:
            return True
        said = blocks(rule)
        return any(next(said, None) != block for block in expected[1:])
    return True


def try_rule(name: str, categories: tuple[str, ...] = CATEGORIES) -> Result:
    """Try the mutants of a rule against what it says now."""
    rule = catalog.load(name)
    return try_mutants(name, (head(rule), *blocks(rule)), categories)


def try_mutants(
    name: str, expected: tuple[Block, ...], categories: tuple[str, ...] = CATEGORIES
) -> Result:
    """Try the mutants of a rule against what it is expected to say."""
    path = ROOT / "imagelint" / "rules" / catalog.family(name) / f"{name.replace('-', '_')}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tried: Counter[str] = Counter()
    survivors: list[Survivor] = []
    for mutation in mutations(tree):
        if mutation.category not in categories:
            continue
        tried[mutation.category] += 1
        with applied(mutation):
            if not _is_killed(name, tree, path, expected):
                place = f"{path.relative_to(ROOT)}:{mutation.line}"
                survivors.append(Survivor(name, mutation.category, place, mutation.change))
    return Result(tried, tuple(survivors))


def _is_killed(name: str, tree: ast.Module, path: Path, expected: tuple[Block, ...]) -> bool:
    try:
        with loaded(name, tree, path):
            return is_noticed(name, expected)
    except Exception:  # noqa: BLE001 - a module that cannot even be imported is noticed
        return True


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="try mutants of rules")
    parser.add_argument("rules", nargs="*", metavar="RULE")
    parser.add_argument("--processes", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--all", action="store_true", help="list survivors among data too")
    given = parser.parse_args(arguments)
    names = given.rules or catalog.names()
    stale = [name for name in names if section(name) != golden_file(name).read_text("utf-8")]
    if stale:
        print(f"the golden file is stale about {', '.join(stale)}: run `make golden` first")
        return 2
    tried: Counter[str] = Counter()
    survivors: list[Survivor] = []
    with ProcessPoolExecutor(given.processes) as pool:
        for result in pool.map(try_rule, names):
            tried += result.tried
            survivors += result.survivors
    return report(tried, survivors, everything=given.all)


def report(tried: Counter[str], survivors: list[Survivor], *, everything: bool) -> int:
    """Print the survivors and the counts; 1 when one survived that may not."""
    left = Counter(survivor.category for survivor in survivors)
    for one in survivors:
        if one.category != DATA or everything:
            print(f"{one.place}: {one.category}: {one.change}")
    for category in CATEGORIES:
        print(f"{category:>10}: {tried[category]:5} mutants, {left[category]:4} survivors")
    return 1 if any(left[category] for category in STRICT) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
