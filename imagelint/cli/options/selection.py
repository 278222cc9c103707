"""Which rules and files the command line selects."""

from __future__ import annotations

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.policy.glob import complaint
from imagelint.policy.suggest import did_you_mean


def chosen_rules(names: tuple[str, ...]) -> tuple[str, ...]:
    """The rules that names of rules, former names and families mean.

    Raises:
        UsageError: one of them is neither.
    """
    return tuple(dict.fromkeys(rule for name in names for rule in _chosen(name)))


def _chosen(name: str) -> tuple[str, ...]:
    from imagelint.rules import catalog
    from imagelint.rules.families import FAMILIES

    if name in catalog.families():
        return tuple(rule for rule in catalog.names() if catalog.family(rule) == name)
    known = name in catalog.names() or catalog.is_custom(name)
    meant = (name,) if known else catalog.successors(name)
    if not meant:
        hint = did_you_mean(name, (*FAMILIES, *catalog.names())) or "see `imagelint rules`"
        raise UsageError(Diagnostic(f"--only: there is no rule or family {name!r}", help=hint))
    return meant


def excluded_files(globs: tuple[str, ...]) -> tuple[str, ...]:
    """Globs over files, relative to where the user stands.

    Raises:
        UsageError: one can match nothing.
    """
    for glob in globs:
        wrong = complaint(glob)
        if wrong:
            raise UsageError(Diagnostic(f"--exclude: {wrong}", help=f"it is {glob!r}"))
    return globs
