"""Which flags an engine takes, by its release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Mapping

# What every parser of arguments takes.
_ALWAYS = frozenset({"help", "version"})
# Longer words are left alone; several words are one by mistake, of which others speak.
_LONGEST = 40
_UNSET = ("None", "null")
_NEAR = 0.8
_COUNTED = pattern(r"[0-9]+(?:\.[0-9]+)?[kKmMgGtT]")
# What something will be put in the place of: `<port>`, `@@PORT@@`, `TP_SIZE`; `90%` is none.
_PLACEHOLDER = pattern(r".*[$<>{}@#\s].*|[^0-9].*%.*|%.*|[A-Z][A-Z0-9_-]*")


class FlagHistory(NamedTuple):
    """The flags of an engine, without dashes.

    `since` maps each to the first release that is known to have it, `gone` to the first that has it
    no more, `variables_gone` the same of variables. `programs` and `modules` take these flags,
    `exact` tells that none may be shortened, `separator` what stands between their words.
    `beginnings` are all that flags begin with.
    """

    releases: tuple[str, ...]
    since: Mapping[str, str]
    gone: Mapping[str, str]
    variables_gone: Mapping[str, str]
    programs: frozenset[str]
    modules: frozenset[str]
    exact: bool
    separator: str
    beginnings: frozenset[str] = frozenset()

    def knows(self, flag: str) -> bool:
        """Whether any release has a flag, be it negated, shortened or taken apart by a dot."""
        name = flag.partition(".")[0]
        if name in _ALWAYS or {name, name.removeprefix("no-")} & self.since.keys():
            return True
        return not self.exact and name in self.beginnings

    def came_after(self, flag: str, version: str) -> str:
        """The release with which a flag came, where it is certainly newer than a version."""
        first = self.since.get(flag, "")
        if not first or first == self.releases[0]:
            return ""
        before = self.releases[self.releases.index(first) - 1]
        return first if at_least(before, version) else ""

    def covers(self, version: str) -> bool:
        """Whether a version lies between the oldest and the newest that was read."""
        return bool(
            self.releases
            and at_least(self.releases[-1], version)
            and at_least(version, self.releases[0])
        )

    def predates(self, version: str) -> bool:
        """Whether a version is older than all that was read."""
        return bool(self.releases) and at_least(version, self.releases[0]) is False

    def spelt(self, flag: str) -> str:
        """A flag as the engine writes it."""
        return flag.replace("-", self.separator)


@looked_up
def flag_history(engine: str) -> FlagHistory | None:
    """The flags of an engine; None where they were not read."""
    row = table("engine_flags")["engines"].get(engine)
    if row is None:
        return None
    since = _by_name(row["since"])
    return FlagHistory(
        releases=tuple(row["releases"]),
        since=since,
        gone=_by_name(row["gone"]),
        variables_gone=_by_name(row["variables_gone"]),
        programs=frozenset(row["programs"]),
        modules=frozenset(row["modules"]),
        exact=row["exact"],
        separator=row["separator"],
        beginnings=frozenset(name[:end] for name in since for end in range(len(name) + 1)),
    )


class NumberForm(NamedTuple):
    """A form of numbers, `whole`, `decimal` or `tokens`, and between which ends they lie."""

    name: str
    least: int | None = None
    most: int | None = None

    @property
    def title(self) -> str:
        """What to write, in words."""
        form = "a decimal number" if self.name == "decimal" else "a whole number"
        if self.most is not None:
            return f"{form} from {self.least or 0} to {self.most}"
        return form if self.least is None else f"{form} from {self.least} on"

    def refuses(self, word: str) -> bool:
        """Whether a word is certainly no number of the form, and stands for none either.

        What any engine takes is taken here: the numbers of Python, `None`, and of tokens `32k` and
        `auto`.
        """
        if not word or len(word) > _LONGEST or word in _UNSET or _PLACEHOLDER.fullmatch(word):
            return False
        if self.name == "tokens" and (word == "auto" or _COUNTED.fullmatch(word)):
            return False
        try:
            number = float(word) if self.name == "decimal" else int(word)
        except ValueError:
            return True
        too_small = self.least is not None and number < self.least
        return too_small or (self.most is not None and number > self.most)


@looked_up
def number_flags(engine: str) -> Mapping[str, NumberForm]:
    """The flags of an engine that take a number only, by their main names."""
    rows = table("flag_numbers")["numbers"]
    return {
        flag: NumberForm(row["form"], row.get("least"), row.get("most"))
        for row in rows
        if row["engine"] == engine
        for flag in row["flags"]
    }


class GrowingWords(NamedTuple):
    """The words of a flag that grow with the releases of its engine.

    `since` maps each to the first release in which it was found, `gone` to the first in which it
    was no more; `plugin` is the flag that brings others, `needs` the one without which no word is
    looked at.
    """

    flag: str
    releases: tuple[str, ...]
    since: Mapping[str, str]
    gone: Mapping[str, str]
    plugin: str
    needs: str

    def refuses(self, word: str) -> bool:
        """Whether no release that was read has a word, which stands for none either.

        The name of a class of one's own has dots.
        """
        if word.lower() in _ALWAYS_TAKEN or "." in word or _PLACEHOLDER.fullmatch(word):
            return False
        return word not in self.since

    def came_after(self, word: str, version: str) -> str:
        """The release with which a word was found first, where a version certainly has it not."""
        first = self.since.get(word, "")
        place = self.releases.index(first) if first else 0
        return first if place and at_least(self.releases[place - 1], version) else ""

    def left(self, word: str, version: str) -> str:
        """The release in which a word was no more found, where a version certainly has it not."""
        last = self.gone.get(word, "")
        return last if last and self.covers(version) and at_least(version, last) else ""

    def covers(self, version: str) -> bool:
        """Whether a version is no newer than the last that was read."""
        return bool(version) and at_least(self.releases[-1], version) is True

    def nearest(self, word: str, version: str) -> str:
        """The word that somebody may have meant, of those that a version may have.

        Where the releases are not told apart, others may exist: it has to be very near.
        """
        from difflib import SequenceMatcher

        from imagelint.core.nearest import nearest

        had = [one for one in self.since if not (self.came_after(one, version) if version else "")]
        found = nearest(word, had)
        unsure = len(self.releases) == 1
        return "" if unsure and SequenceMatcher(None, word, found).ratio() < _NEAR else found


_ALWAYS_TAKEN = frozenset({"", "none", "null"})


@looked_up
def growing_words(engine: str) -> tuple[GrowingWords, ...]:
    """The flags of an engine whose words grow with its releases."""
    return tuple(
        GrowingWords(
            row["flag"],
            tuple(row["releases"]),
            _by_name(row["since"]),
            _by_name(row["gone"]),
            row["plugin"],
            row["needs"],
        )
        for row in table("flag_words")["words"]
        if row["engine"] == engine
    )


def _by_name(by_release: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: release for release, names in by_release.items() for name in names}
