"""What a reporter may know besides the verdict, and what a reporter is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.finding import Confidence, Severity
    from imagelint.core.report import Verdict


class RuleText(NamedTuple):
    """How a rule is described to a reader.

    `summary` is one sentence, `why` plain paragraphs, `help` markdown with examples. `severity` is
    the rule's own, `url` the address of its documentation page, empty where there is none.
    """

    name: str
    summary: str
    why: str
    help: str
    severity: Severity
    confidence: Confidence
    references: tuple[str, ...] = ()
    url: str = ""


def unknown_rule(name: str) -> RuleText | None:  # noqa: ARG001 - stands for a catalog without rules
    """Describe nothing: for reports made without a catalog."""
    return None


class ReportContext(NamedTuple):
    """All that a reporter may know besides its verdict.

    `width` counts terminal cells (0: lines are never cut), `command` is the command that was run,
    `describe` gives a rule's text by name or None when there is no such rule, and `root` is the
    absolute path of the folder from which relative origins start (empty: not known). `verbose` asks
    for what most readers do not miss. `levelled` are the rules whose severity a policy sets,
    `least` the lowest severity that people are shown, `statistics` asks for counts by rule.
    `category` is what the reader calls this analysis, `prefix` the path from the repository's root
    to `root`; empty where they are the same or there is none. `source` is the address below
    which the files of the repository are shown; empty: nowhere. `moment` is when the report is made
    (`2026-01-31T12:00:00Z`, UTC), for formats that must say so.
    """

    color: bool = False
    width: int = 100
    version: str = ""
    command: str = "check"
    describe: Callable[[str], RuleText | None] = unknown_rule
    root: str = ""
    verbose: bool = False
    levelled: frozenset[str] = frozenset()
    least: Severity | None = None
    statistics: bool = False
    category: str = ""
    prefix: str = ""
    source: str = ""
    moment: str = ""


Reporter: TypeAlias = "Callable[[Verdict, ReportContext], Iterator[str]]"
