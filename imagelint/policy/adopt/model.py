"""What the configuration of another linter says, in our words."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

OFF, ON = "off", "on"
LEVELS = ("info", "low", "medium", "high", "critical")


class ToolId(NamedTuple):
    """An id, and the tool from which it comes."""

    tool: str
    id: str

    @property
    def whole(self) -> str:
        """Both, as `hadolint/DL3002`."""
        return f"{self.tool}/{self.id}"


class AdoptedWaiver(NamedTuple):
    """A vulnerability that is let pass; `until` is empty where no end was said."""

    subject: str
    until: str = ""


class Adopted(NamedTuple):
    """The configuration of a tool.

    `tools` are the words before its ids in references (`hadolint`), in lower case. `levels` says
    for its ids, or patterns of them (`ckv_docker_*`), what they are: `off`, `on` or a severity;
    later ones hold. Where a pattern has a slash, the tool stands before it (`hadolint/DL3002`).
    What none is about is as `usual` says. `options` are those of our rules, by name, as a policy
    writes them (`strict: true`), `refused` the allowances that do not count (`foreign`), `exempt`
    pairs of them and what one leaves alone. `fail_on` is empty where our default holds. `untold` is
    what cannot be taken over, in words.
    """

    tools: tuple[str, ...]
    levels: tuple[tuple[str, str], ...] = ()
    usual: str = ON
    fail_on: str = ""
    options: tuple[tuple[str, str], ...] = ()
    exempt: tuple[tuple[str, str], ...] = ()
    registries: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    waivers: tuple[AdoptedWaiver, ...] = ()
    untold: tuple[str, ...] = ()

    def level(self, reference: ToolId) -> str:
        """What an id of the tool is."""
        found = self.usual
        for pattern, level in self.levels:
            name = reference.whole if "/" in pattern else reference.id
            if fnmatchcase(name.lower(), pattern.lower()):
                found = level
        return found


class AdoptedRule(NamedTuple):
    """One of our rules that answers to ids of the tool; `off` and `on` are those ids.

    `level` is that of the worst one, `levels` says which others are less (`hadolint DL3008=info`).

    `exempt` is what a rule that is on leaves alone: `hadolint DL3008`, `not hadolint`.
    """

    name: str
    level: str
    on: tuple[str, ...]
    off: tuple[str, ...]
    exempt: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()


def adopted_rules(adopted: Adopted) -> Iterator[AdoptedRule]:
    """Our rules that answer to the tool: on where one of its ids is, as severe as each."""
    for name in catalog.names():
        ids = tuple(_ids(name, adopted.tools))
        if ids:
            levels: Mapping[ToolId, str] = {each: adopted.level(each) for each in ids}
            on = tuple(each for each in ids if levels[each] != OFF)
            off = tuple(each.id for each in ids if levels[each] == OFF)
            level = _worst(levels[each] for each in on)
            silent = [each for each in catalog.references(name) if _is_off(each, levels)]
            silent += [id_ for rule, id_ in adopted.exempt if rule == name]
            # Where there are several tools, one speaks for what another leaves out.
            exempt = tuple(silent) if on and len(adopted.tools) == 1 else ()
            less = tuple(_less(name, {each: levels[each] for each in on}, level))
            yield AdoptedRule(name, level, tuple(each.id for each in on), off, exempt, less)


def _less(name: str, levels: Mapping[ToolId, str], worst: str) -> Iterator[str]:
    """The ids that are less severe than the worst one, as a policy says it."""
    for reference in catalog.references(name):
        tool, _, id_ = reference.partition(" ")
        level = levels.get(ToolId(tool.lower(), id_), worst)
        if level in LEVELS and level != worst:
            yield f"{reference}={level}"


def unanswered(adopted: Adopted) -> tuple[str, ...]:
    """The ids that the configuration names and none of our rules answers to."""
    ids = [each for name in catalog.names() for each in _ids(name, adopted.tools)]
    known = {name.lower() for each in ids for name in (each.id, each.whole)}
    named = dict.fromkeys(pattern for pattern, _ in adopted.levels if "*" not in pattern)
    return tuple(each for each in named if each.lower() not in known)


def _ids(name: str, tools: Iterable[str]) -> Iterator[ToolId]:
    for reference in catalog.references(name):
        tool, _, id_ = reference.partition(" ")
        if tool.lower() in tools:
            yield ToolId(tool.lower(), id_)


def _is_off(reference: str, levels: Mapping[ToolId, str]) -> bool:
    tool, _, id_ = reference.partition(" ")
    return levels.get(ToolId(tool.lower(), id_)) == OFF


def _worst(levels: Iterable[str]) -> str:
    """The worst of some levels: `on` where none is a severity, `off` without any."""
    found = set(levels)
    severities = [level for level in LEVELS if level in found]
    return severities[-1] if severities else ON if found else OFF
