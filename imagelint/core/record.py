"""Immutable records: what `typing.NamedTuple` makes, in a third of its time.

`typing` compiles the annotation of every field when a class is made. Nothing here reads those, and
a run makes some two hundred such classes before it has read its first file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - that is what it is
else:
    from collections import namedtuple

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
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(  # noqa: PYI024 - its faster half
                name, fields, defaults=defaults, module=body["__module__"]
            )
            for key, value in body.items():
                if key not in fields:
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_RecordType):
        """The base of records."""


__all__ = ["NamedTuple"]
