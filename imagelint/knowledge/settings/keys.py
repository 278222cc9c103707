"""The keys that engines take in JSON and in files of settings, and the words behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.nearest import nearest
from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What a newer release brings is known where it is like no known word.
_NEAR = 0.8


class SettingKeys(NamedTuple):
    """The keys of one structure, below its `section` where that is not empty.

    Without `keys` any is taken. `closed` are those whose words are the same in all releases,
    `until` is the newest release that was read, empty where they were not told apart.
    """

    flag: str
    section: str
    keys: frozenset[str]
    words: Mapping[str, tuple[str, ...]]
    closed: frozenset[str]
    until: str

    def meant(self, key: str) -> str:
        """The key that somebody may have meant by one that is none; empty where none is near."""
        return "" if not self.keys or key in self.keys else _near(key, self.keys)

    def meant_word(self, key: str, word: str) -> str:
        """The words to write in the place of one that a key does not take; empty where it may."""
        known = self.words.get(key, ())
        if not known or word.lower() in {one.lower() for one in known}:
            return ""
        near = _near(word, known)
        return f"`{near}`" if near else f"one of {', '.join(known)}" if key in self.closed else ""

    def covers(self, version: str) -> bool:
        """Whether a release is known to be no newer than what was read."""
        return bool(version and self.until) and at_least(self.until, version) is True


def _near(word: str, known: Iterable[str]) -> str:
    """The nearest of some words, which `nearest` compares as they are spelt with dashes."""
    from difflib import SequenceMatcher

    spelt = {one.lower().replace("_", "-"): one for one in sorted(known)}
    found = nearest(word, spelt)
    alike = SequenceMatcher(None, word.lower().replace("_", "-"), found).ratio()
    return spelt[found] if found and alike >= _NEAR else ""


@looked_up
def setting_keys(engine: str) -> Mapping[str, tuple[SettingKeys, ...]]:
    """What an engine takes as structures, by the flag that takes it; empty for its file."""
    found: dict[str, tuple[SettingKeys, ...]] = {}
    for row in table("setting_keys")["settings"]:
        if row["engine"] == engine:
            keys = SettingKeys(
                row["flag"],
                row["section"],
                frozenset(row["keys"]),
                {key: tuple(words) for key, words in row["words"].items()},
                frozenset(row["closed"]),
                row["until"],
            )
            found[keys.flag] = (*found.get(keys.flag, ()), keys)
    return found
