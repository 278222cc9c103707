"""Immutable records: what `typing.NamedTuple` makes, in a tenth of its time.

`typing` compiles the annotation of every field when a class is made, and `collections` five
functions for every class. A run makes some two hundred such classes before it has read its first
file: here their functions are those of one base, and only a constructor is their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - that is what it is
else:
    from collections import _tuplegetter, namedtuple
    from functools import cache
    from types import FunctionType

    _new = tuple.__new__

    class _Record(tuple):
        """What all records can do, under the names that `collections.namedtuple` gives it."""

        __slots__ = ()
        _fields = __match_args__ = ()
        _field_defaults = {}  # noqa: RUF012 - a class that is a record has its own

        @classmethod
        def _make(cls, values: object) -> tuple[object, ...]:
            """A record of values.

            Raises:
                TypeError: there are not as many as fields.
            """
            made = _new(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **changed: object) -> tuple[object, ...]:
            """The record with some values changed.

            Raises:
                TypeError: there is no such field.
            """
            made = _new(type(self), map(changed.pop, self._fields, self))
            if changed:
                raise TypeError(f"Got unexpected field names: {list(changed)!r}")
            return made

        def _asdict(self) -> dict[str, object]:
            """The values by the names of their fields."""
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            """The record as it is written in Python."""
            values = map("{}={!r}".format, self._fields, self)
            return f"{type(self).__name__}({', '.join(values)})"

        def __getnewargs__(self) -> tuple[object, ...]:
            """What makes a copy."""
            return tuple(self)

    @cache
    def _template(count: int) -> FunctionType:
        """The constructor of a named tuple of so many fields, compiled once for all of them."""
        return namedtuple("Template", [f"field{n}" for n in range(count)]).__new__  # noqa: PYI024

    def _constructor(record: str, fields: tuple[str, ...], defaults: tuple[object, ...]) -> object:
        """The template under the names of the fields: those under which it takes its arguments."""
        template = _template(len(fields))
        code = template.__code__.replace(
            co_qualname=f"{record}.__new__", co_varnames=("_cls", *fields)
        )
        return FunctionType(code, template.__globals__, "__new__", defaults)

    class _RecordType(type):
        """Makes a named tuple of a class body, as `typing` does."""

        def __new__(
            cls, name: str, bases: tuple[type, ...], body: dict[str, object]
        ) -> type[object]:
            """The class; of the first one, which all others are written below, the class as it is.

            Raises:
                TypeError: a field without a default stands behind one that has it.
            """
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            given = [field in body for field in fields]
            if given != sorted(given):
                raise TypeError(f"{name}: a field without a default stands behind one that has it")
            defaults = {field: body.pop(field) for field in fields if field in body}
            made = {field: _tuplegetter(number, "") for number, field in enumerate(fields)}
            return type(
                name,
                (_Record,),
                {
                    **body,
                    **made,
                    "__slots__": (),
                    "__new__": _constructor(name, fields, tuple(defaults.values())),
                    "__match_args__": fields,
                    "_fields": fields,
                    "_field_defaults": defaults,
                },
            )

    class NamedTuple(metaclass=_RecordType):
        """The base of records."""


__all__ = ["NamedTuple"]
