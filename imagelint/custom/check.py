"""What can be said against an expression without evaluating it: fields that there are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.nearest import nearest
from imagelint.custom.binding import Fault
from imagelint.custom.expression import Call, Constant, Fold, ListOf, MapOf, Name, Select
from imagelint.custom.rule import FILE, FILE_FIELDS
from imagelint.custom.subjects import FIELDS, SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from imagelint.custom.expression import Expression

_ANY = ""
_KINDS = {bool: "bool", int: "int", float: "double", str: "string"}
_NUMBERS = frozenset({"int", "double"})
_COMPARING = frozenset({"_==_", "_!=_"})
_TRUTHS = frozenset(
    {"_&&_", "_||_", "!_", "_<_", "_<=_", "_>_", "_>=_", "@in", "matches", "contains"}
    | {"startsWith", "endsWith", *_COMPARING}
)


_COMPARE = 'say what is wrong with it: compare it, `size(…) == 0`, `… != "x"`'
_MOST_NAMED = 3


def field_faults(expression: Expression, subject: str) -> Iterator[Fault]:
    """The fields that are asked for and do not exist, and comparisons that are never true."""
    checker = _Checker()
    checker.kind(expression, {subject: subject, FILE: FILE})
    yield from checker.faults


def condition_faults(expression: Expression, subject: str) -> Iterator[Fault]:
    """The same of a condition, and that it is neither true nor false."""
    checker = _Checker()
    kind = checker.kind(expression, {subject: subject, FILE: FILE})
    yield from checker.faults
    if (kind in _KINDS.values() and kind != "bool") or kind.startswith("list("):
        yield Fault(f"it is {_called(kind)}, and a condition is true or false", 0, _COMPARE)


class _Checker:
    """Finds out what kind each part is of, as far as that is told; empty where it is not."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def kind(self, expression: Expression, known: Mapping[str, str]) -> str:
        """The kind of an expression under variables of known kinds."""
        match expression:
            case Constant(value=value):
                return _KINDS.get(type(value), _ANY)
            case Name(name=name):
                return known.get(name, _ANY)
            case Select():
                return self._select(expression, known)
            case Call():
                return self._call(expression, known)
            case ListOf(items=items):
                return self._list(items, known)
            case MapOf(entries=entries):
                self._list([part for pair in entries for part in pair], known)
                return _ANY
            case Fold():
                return self._fold(expression, known)

    def _list(self, items: Iterable[Expression], known: Mapping[str, str]) -> str:
        kinds = {self.kind(item, known) for item in items}
        return f"list({kinds.pop()})" if len(kinds) == 1 else "list()"

    def _select(self, select: Select, known: Mapping[str, str]) -> str:
        found = self._field(self.kind(select.operand, known), select.field, select.at + 1)
        return "bool" if select.test else found

    def _field(self, of: str, field: str, at: int) -> str:
        fields = dict.fromkeys(FILE_FIELDS, "string") if of == FILE else None
        if of in FIELDS:
            fields = {name: one.kind for name, one in FIELDS[of].items()}
        if fields is None:
            if of in ("string", "int", "double", "bool") or of.startswith("list("):
                self.faults.append(Fault(f"{_called(of)} has no field `{field}`", at))
            return _ANY
        if field not in fields:
            self.faults.append(Fault(f"`{of}` has no field `{field}`", at, _instead(field, fields)))
        return fields.get(field, _ANY)

    def _call(self, call: Call, known: Mapping[str, str]) -> str:
        kinds = [self.kind(argument, known) for argument in call.arguments]
        match call.function:
            case "_[_]":
                return kinds[0][5:-1] if kinds[0].startswith("list(") else _ANY
            case "_==_" | "_!=_" if _never_equal(*kinds):
                said = f"{_called(kinds[0])} is never {_called(kinds[1])}"
                self.faults.append(Fault(said, call.at))
            case "@in" if kinds[1].startswith("list(") and _never_equal(kinds[0], kinds[1][5:-1]):
                said = f"{_called(kinds[0])} is never {_called(kinds[1][5:-1])}"
                self.faults.append(Fault(said, call.at))
        if call.function in _TRUTHS:
            return "bool"
        return {"size": "int", "string": "string", "int": "int", "double": "double"}.get(
            call.function, "double" if call.function in ("quantity", "seconds") else _ANY
        )

    def _fold(self, fold: Fold, known: Mapping[str, str]) -> str:
        over = self.kind(fold.over, known)
        item = over[5:-1] if over.startswith("list(") else "string" if over == "map" else _ANY
        start = self.kind(fold.start, known)
        inside = {**known, fold.variable: item, fold.accumulator: _ANY}
        self.kind(fold.step, inside)
        return start if start == "bool" else _ANY


def _instead(field: str, fields: Collection[str]) -> str:
    """What may be meant by a field that something has not."""
    others = [name for name in SUBJECTS if field in FIELDS[name]][:_MOST_NAMED]
    if others:
        return f"{', '.join(f'`{one}`' for one in others)} have it; {_of(fields)}"
    near = nearest(field, fields)
    return f"did you mean `{near}`?" if near else _of(fields)


def _of(fields: Collection[str]) -> str:
    return f"its fields are {', '.join(fields)}"


def _never_equal(left: str, right: str) -> bool:
    kinds = {left, right}
    comparable = frozenset({"string", "bool", *_NUMBERS})
    return left != right and kinds <= comparable and not kinds <= _NUMBERS


def _called(kind: str) -> str:
    names = {"string": "a text", "bool": "a truth value", "int": "a number", "double": "a number"}
    return names.get(kind, "a list")
