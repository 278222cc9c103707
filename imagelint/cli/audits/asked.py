"""What somebody asks of a store, of which every name can be one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.finding import Severity
from imagelint.fleet.formats import OVERVIEWS
from imagelint.fleet.gather import Question
from imagelint.fleet.lists import FORMS, OF_GROUPS
from imagelint.policy.suggest import did_you_mean
from imagelint.rules import catalog
from imagelint.store.filters import ResultFilter
from imagelint.store.questions import named_like

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.cli.audits.whichrun import WhichRun
    from imagelint.cli.options.formats import Format
    from imagelint.store.database import Store

_MOST = 1000


def question_of(
    which: WhichRun, wanted: ResultFilter, table: str, formats: Sequence[Format]
) -> Question:
    """What a report asks of a store: all of a run only where something tells of all.

    Raises:
        UsageError: a list is wanted in a form that none has.
    """
    odd = next((entry.name for entry in formats if entry.name not in FORMS), "")
    if table and odd:
        help_ = f"write it as {', '.join(FORMS)}"
        raise UsageError(Diagnostic(f"a list cannot be written as `{odd}`", help=help_))
    whole = not formats or any(entry.name in OVERVIEWS for entry in formats)
    whole = table in OF_GROUPS if table else whole
    number, since, days = which
    return Question(number, since.run, days, whole, since.day, wanted, uncut=bool(table))


def asked_of(store: Store, wanted: Mapping[str, object]) -> ResultFilter:
    """What is asked of a store, by the names of `ResultFilter`.

    Raises:
        UsageError: neither we nor the store know such a rule: "none" would be no answer. What is a
            glob, or a name that only a policy's own rule can have, is taken.
    """
    level = wanted["severity"]
    lowest = Severity.named(str(level)) if level else 0
    asked = ResultFilter(**{**wanted, "severity": lowest})  # type: ignore[arg-type]
    rule = asked.rule
    if not rule or "*" in rule or catalog.is_custom(rule) or rule in catalog.names():
        return asked
    with store.reading() as connection:
        known = named_like(connection, "rule", rule, _MOST)
    if rule not in known:
        help_ = did_you_mean(rule, catalog.names())
        raise UsageError(Diagnostic(f"there is no rule `{rule}`", help=help_))
    return asked
