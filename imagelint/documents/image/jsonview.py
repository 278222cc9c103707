"""JSON of others, read without trust: wrong types become absent, control characters vanish."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# C0, DEL, C1, and what reorders or hides text on a terminal (Trojan Source, CVE-2021-42574).
_CONTROL = pattern(
    "[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
_LONGEST = 2000
_NUMBER = (int, float)  # of every score it is asked, and `int | float` takes longer


class JsonView:
    """One JSON value of unknown shape; every question has an answer of the type asked for."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __getitem__(self, key: str) -> JsonView:
        """The value under a key; a view of nothing when there is none."""
        return JsonView(self._value.get(key) if isinstance(self._value, dict) else None)

    def __bool__(self) -> bool:
        """Whether there is anything: not null, not empty."""
        return bool(self._value)

    @property
    def is_absent(self) -> bool:
        """Whether it is null, or not there."""
        return self._value is None

    @property
    def is_object(self) -> bool:
        """Whether it is a JSON object."""
        return isinstance(self._value, dict)

    @property
    def is_array(self) -> bool:
        """Whether it is a JSON array."""
        return isinstance(self._value, list)

    @property
    def text(self) -> str:
        """The string on one line, without control characters; empty when it is not a string."""
        return plain(self._value) if isinstance(self._value, str) else ""

    @property
    def exact(self) -> str:
        """The string where a reader sees all of it; empty where something in it is hidden or cut.

        For what decides something: what only looks like a name is not that name.
        """
        text = self.text
        return text if text == self._value else ""

    @property
    def raw(self) -> str:
        """The string as it is, whole; empty when it is not a string. Never for messages."""
        return self._value if isinstance(self._value, str) else ""

    def dumped(self) -> str:
        """The value as JSON."""
        import json

        return json.dumps(self._value, ensure_ascii=False)

    @property
    def number(self) -> float | None:
        """The number; None when it is not a finite one."""
        value = self._value
        if isinstance(value, bool) or not isinstance(value, _NUMBER):
            return None
        return float(value) if abs(value) < 1e300 else None  # noqa: PLR2004 - not infinite, not NaN

    @property
    def score(self) -> float | None:
        """The number, or 1 and 0 for true and false; NaN and infinity as they are."""
        value = self._value
        if not isinstance(value, _NUMBER):
            return None
        try:
            return float(value)
        except OverflowError:
            return inf

    @property
    def flag(self) -> bool:
        """Whether it is `true`."""
        return self._value is True

    def items(self) -> Iterator[JsonView]:
        """The elements of an array."""
        if isinstance(self._value, list):
            yield from map(JsonView, self._value)

    def pairs(self) -> Iterator[tuple[str, JsonView]]:
        """The members of an object."""
        if isinstance(self._value, dict):
            for key, value in self._value.items():
                yield plain(key), JsonView(value)

    def texts(self) -> tuple[str, ...]:
        """The strings of an array that are not empty."""
        return tuple(text for item in self.items() if (text := item.text))


def read_once(text: str) -> JsonView | str:
    """JSON in which no object has a name twice, in whatever case: readers differ."""
    found: list[str] = []

    def take(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen: set[str] = set()
        for name, _ in pairs:
            if name.casefold() in seen:
                found.append(name)
            seen.add(name.casefold())
        return dict(pairs)

    view = read_json(text, take)
    return f"has `{plain(found[0])}` twice" if found and not isinstance(view, str) else view


def read_json(
    text: str, take: Callable[[list[tuple[str, Any]]], dict[str, Any]] | None = None
) -> JsonView | str:
    """The value that a text is, or why it is none, as the rest of a sentence.

    `take` makes objects of their members.
    """
    import json

    try:
        return JsonView(json.loads(text, object_pairs_hook=take))
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
            return f"ends too early, after {len(text):,} characters"
        return f"is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
    except (RecursionError, ValueError) as error:
        return f"is JSON that cannot be read ({type(error).__name__})"


def plain(text: str) -> str:
    """A text of others as one line that no terminal takes for a command; long ones are cut."""
    if text.isascii() and text.isprintable():  # ten times as fast, and nearly always so
        clean = text.strip()
    else:
        clean = _CONTROL.sub(" ", text).strip()
    return clean if len(clean) <= _LONGEST else f"{clean[:_LONGEST]}…"
