"""Which flags an engine takes, by its release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Mapping

# What every parser of arguments takes.
_ALWAYS = frozenset({"help", "version"})


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


def _by_name(by_release: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: release for release, names in by_release.items() for name in names}
