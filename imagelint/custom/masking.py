"""Values of documents as messages may tell them: without secrets, before they are computed with.

Whoever masks what comes out does not find a secret that was cut, split or turned into capitals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imagelint.custom.values import Entries, Evaluation, Item, Items, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.custom.values import Fuel


def masked(evaluation: Evaluation, redact: Callable[[str], str]) -> Evaluation:
    """An evaluation of the same variables in which nothing is secret, with the same fuel."""
    mask = _Mask(redact, evaluation.fuel)
    variables = {
        name: value.through(mask.item) if isinstance(value, Record) else value
        for name, value in evaluation.variables.items()
    }
    return Evaluation(variables, evaluation.fuel)


class _Mask:
    """Masks items, those in lists and maps too."""

    def __init__(self, redact: Callable[[str], str], fuel: Fuel) -> None:
        self._redact = redact
        self._fuel = fuel

    def item(self, item: Item) -> Item:
        """An item without secrets.

        Raises:
            ExhaustedError: there is too much to look at.
        """
        match item.value:
            case str(text):
                self._fuel.burn(1 + (len(text) >> 4))
                return Item(self._redact(text), item.place)
            case Items(items=items) as found:
                return Item(found._replace(items=tuple(map(self.item, items))), item.place)
            case Entries(entries=entries) as found:
                return Item(found._replace(entries=_Entries(entries, self)), item.place)
            case Record() as record:
                return Item(record.through(self.item), item.place)
            case _:
                return item


class _Entries(Mapping[str, Item]):
    """The entries of a map, each masked when it is asked for."""

    def __init__(self, entries: Mapping[str, Item], mask: _Mask) -> None:
        self._entries = entries
        self._mask = mask

    def __getitem__(self, key: str) -> Item:
        return self._mask.item(self._entries[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
