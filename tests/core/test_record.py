from __future__ import annotations

import pickle
from copy import copy, deepcopy
from inspect import signature
from typing import get_type_hints

import pytest

from imagelint.core.record import NamedTuple


class Point(NamedTuple):
    """A place."""

    x: int
    y: int = 2

    @property
    def both(self) -> int:
        """The sum."""
        return self.x + self.y


class Size(NamedTuple):
    width: int
    height: int


class Nothing(NamedTuple):
    pass


def test_a_record_is_a_named_tuple() -> None:
    point = Point(1)
    assert point == (1, 2)
    assert isinstance(point, tuple)
    assert (Point._fields, Point._field_defaults) == (("x", "y"), {"y": 2})
    assert point._replace(y=5).both == 6
    assert (Point.__doc__, Point.__qualname__, Point.__module__) == ("A place.", "Point", __name__)
    assert repr(point) == "Point(x=1, y=2)"
    assert get_type_hints(Point) == {"x": int, "y": int}
    assert pickle.loads(pickle.dumps(point)) == point  # noqa: S301 - our own


def test_a_record_has_what_a_named_tuple_has() -> None:
    assert Point(y=3, x=1) == Point._make([1, 3])
    assert Point(1)._asdict() == {"x": 1, "y": 2}
    assert list(signature(Point).parameters) == ["x", "y"]
    assert copy(Point(1)) == deepcopy(Point(1)) == Point(1)
    match Point(1, 3):
        case Point(x, y):
            assert (x, y) == (1, 3)


def test_records_with_as_many_fields_have_their_own_names() -> None:
    assert (Size(width=1, height=2).width, Point(x=3, y=4).x) == (1, 3)
    with pytest.raises(TypeError, match=r"^Size\.__new__\(\) got an unexpected .* 'x'$"):
        Size(x=1, height=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"^Size\.__new__\(\) missing 1 required .* 'height'$"):
        Size(1)  # type: ignore[call-arg]
    assert Nothing() == ()


def test_a_record_has_no_values_but_those_of_its_fields() -> None:
    with pytest.raises(TypeError, match="Expected 2 arguments, got 3"):
        Point._make([1, 2, 3])
    with pytest.raises(TypeError, match=r"Got unexpected field names: \['z'\]"):
        Point(1)._replace(z=1)  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        Point(1).x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Point(1).z = 2  # type: ignore[attr-defined]


def test_defaults_come_last() -> None:
    with pytest.raises(TypeError, match="without a default stands behind one that has it"):

        class Wrong(NamedTuple):
            x: int = 1
            y: int  # type: ignore[misc]
