"""Show every node of a document to the rules that speak about its type."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.locate import Locator
from imagelint.rules import catalog
from imagelint.rules.context import Configured, Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.core.environment import Environment
    from imagelint.core.finding import Finding
    from imagelint.documents.base import Document, Node
    from imagelint.documents.project import Project
    from imagelint.rules.rule import Rule


MOST_FINDINGS = 5_000
"""Of one rule about one document. Who has more learns nothing from the rest."""


class Judgement(NamedTuple):
    """What the rules said about one document, and where one of them could not."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]


class Judge:
    """Holds the enabled rules; imports each when a node of its subject first occurs.

    `options` gives a rule's options as its dataclass; None stands for a rule without options.
    """

    def __init__(
        self,
        enabled: Iterable[str],
        environment: Environment,
        options: Callable[[Rule], object],
    ) -> None:
        self._environment = environment
        self._options = options
        self._names: dict[str, list[str]] = {}
        for name in sorted(enabled):
            self._names.setdefault(catalog.subject(name), []).append(name)
        self._loaded: dict[type, tuple[tuple[Rule, object], ...]] = {}

    def __call__(self, document: Document, project: Project) -> Judgement:
        """All findings of the enabled rules about a document, in source order."""
        return self.judge(document, document.walk(), project)

    def judge(self, document: Document, nodes: Iterable[Node], project: Project) -> Judgement:
        """All findings of the enabled rules about some nodes of a document."""
        locator = Locator(document)
        contexts: dict[str, Context] = {}
        findings: list[Finding] = []
        problems: list[Problem] = []
        room: dict[str, int] = {}
        loaded = self._loaded
        for node in nodes:
            kind = type(node)
            rules = loaded[kind] if kind in loaded else self._load(kind)
            for rule, options in rules:
                context = contexts.get(rule.name)
                if context is None:
                    context = contexts[rule.name] = self._context(rule, options, locator, project)
                    room[rule.name] = MOST_FINDINGS + 1
                before = len(findings) + len(problems)
                try:
                    findings.extend(islice(rule.check(node, context), room[rule.name]))
                except Exception as error:  # noqa: BLE001 - a broken rule must not stop the rest
                    if room[rule.name]:
                        problems.append(_crash(rule, locator, node, error))
                room[rule.name] -= len(findings) + len(problems) - before
        problems += (_overflow(name, locator) for name, left in room.items() if left <= 0)
        return Judgement(tuple(dict.fromkeys(findings)), tuple(problems))

    def _load(self, kind: type) -> tuple[tuple[Rule, object], ...]:
        rules = (catalog.load(name) for name in self._names.get(kind.__name__, ()))
        self._loaded[kind] = tuple((rule, self._options(rule)) for rule in rules)
        return self._loaded[kind]

    def _context(self, rule: Rule, options: object, locator: Locator, project: Project) -> Context:
        if rule.options is None:
            return Context(rule, locator, project, self._environment)
        return Configured(rule, locator, project, self._environment, options)


def _overflow(rule: str, locator: Locator) -> Problem:
    detail = f"the rule {rule} has more than {MOST_FINDINGS:,} findings; the rest is not told"
    return Problem(ProblemKind.TOO_LARGE, locator.document.source.origin, detail)


def _crash(rule: Rule, locator: Locator, node: Node, error: Exception) -> Problem:
    return Problem(
        ProblemKind.RULE_CRASHED,
        locator.document.source.origin,
        f"the rule {rule.name} crashed: {type(error).__name__}: {locator.redact(str(error))}"
        f" ({' < '.join(reversed(list(_trace(error))))})",
        help="this is a defect of imagelint: please report it; meanwhile switch the rule off",
        location=locator.locate(node),
    )


def _trace(error: Exception) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
