from __future__ import annotations

import pickle
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


def test_defaults_come_last() -> None:
    with pytest.raises(TypeError, match="without a default stands behind one that has it"):

        class Wrong(NamedTuple):
            x: int = 1
            y: int  # type: ignore[misc]
