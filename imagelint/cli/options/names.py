"""Names on the command line: completed, and helped where none is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.core.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from click.shell_completion import CompletionItem

SEVERITIES = [str(severity) for severity in reversed(Severity)]
LEVELS = ("off", "on", *SEVERITIES)


class NameType(click.ParamType[str]):
    """A name; `complete` gives what may stand in the place of an incomplete one."""

    def __init__(self, name: str, complete: Callable[[str], list[CompletionItem]]) -> None:
        self.name = name
        self._complete = complete

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """The names that begin so."""
        return self._complete(incomplete)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """That there is no such thing, and which one may have been meant."""
    from imagelint.policy.suggest import did_you_mean

    words = tuple(known)
    near = did_you_mean(name, words)
    if near.startswith("did you mean"):
        return f"there is no {what} {name!r}: {near}"
    return f"there is no {what} {name!r}; there are {', '.join(words)}"


def beginning(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """The words that begin so."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def packs_and_files(incomplete: str) -> list[CompletionItem]:
    """The packs that begin so, else what the shell makes of a path."""
    from click.shell_completion import CompletionItem

    from imagelint.policy.builtin import PACKS

    return beginning(PACKS, incomplete) or [CompletionItem(incomplete, type="file")]


def rules_and_families(incomplete: str) -> list[CompletionItem]:
    """The families and rules that begin so."""
    from imagelint.rules import catalog
    from imagelint.rules.families import FAMILIES

    return beginning((*FAMILIES, *catalog.names()), incomplete)


def rules_with_level(incomplete: str) -> list[CompletionItem]:
    """The rules that begin so, or the levels behind one."""
    from imagelint.rules import catalog

    name, equals, _ = incomplete.partition("=")
    if equals:
        return beginning((f"{name}={level}" for level in LEVELS), incomplete)
    return beginning((f"{each}=" for each in catalog.names()), incomplete)
