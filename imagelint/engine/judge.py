"""Show every node of a document to the rules that speak about its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from imagelint.core.finding import Confidence, Note
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.locate import Locators
from imagelint.engine.selection import Selection
from imagelint.knowledge.tables import fresh_lookups
from imagelint.rules import catalog
from imagelint.rules.context import Context, UnjudgedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.core.environment import Environment
    from imagelint.core.finding import Finding
    from imagelint.documents.base import Document, Node
    from imagelint.documents.project import Project
    from imagelint.rules.rule import Rule


MOST_FINDINGS = 5_000
"""Of one rule about one document. Who has more learns nothing from the rest: it is counted."""
MOST_OF_ALL = 10_000
"""Of all rules about one document."""
MOST_PROBLEMS = 1_000
"""Of what could not be read in one document; the rest is counted."""
ALWAYS_TOLD = 100
"""Of one rule, however much the others have to say: nothing is hidden behind what is trivial."""


TELLS_AGE = "knowledge-outdated"
"""The rule for which it has to be known in which tables others look something up."""


class Judgement(NamedTuple):
    """What the rules said about one document, and where one of them could not.

    `tables` are those in which they looked something up for it, sorted, where that is asked for.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    tables: tuple[str, ...] = ()


class Rules(Protocol):
    """Where rules are found by name."""

    def subjects(self, name: str) -> tuple[str, ...]:
        """The types of node that a rule speaks about, as `catalog.key_of` names them."""
        ...

    def triggers(self, name: str) -> tuple[str, ...]:
        """The keywords and programs that a rule is about."""
        ...

    def load(self, name: str) -> Rule:
        """The rule of that name."""
        ...


class _Catalog:
    """Our own rules."""

    def subjects(self, name: str) -> tuple[str, ...]:
        return catalog.subjects(name)

    def triggers(self, name: str) -> tuple[str, ...]:
        return catalog.triggers(name)

    def load(self, name: str) -> Rule:
        return catalog.load(name)


class Judge:
    """Holds the enabled rules; imports each when a node that concerns it first occurs.

    `options` gives a rule's options as its dataclass; None stands for a rule without options.
    `rules` is where they are found: in the catalogue, if nothing is said. When it is `traced`, the
    tables are told in which they look something up.
    """

    def __init__(
        self,
        enabled: Iterable[str],
        environment: Environment,
        options: Callable[[Rule], object],
        rules: Rules | None = None,
        *,
        traced: bool = False,
    ) -> None:
        self._environment = environment
        self._traced = traced
        self._options = options
        self._rules = rules = rules or _Catalog()
        self._names: dict[str, list[str]] = {}
        for name in sorted(enabled):
            for subject in rules.subjects(name):
                self._names.setdefault(subject, []).append(name)
        self._selections: dict[type, Selection] = {}
        self._loaded: dict[str, tuple[Rule, object]] = {}

    def __call__(self, document: Document, project: Project) -> Judgement:
        """All findings of the enabled rules about a document, in source order."""
        found = self.judge(document, document.walk(), project)
        gaps = document.unread()
        if not gaps:
            return found
        told = [gap.problem(document.source) for gap in gaps[:MOST_PROBLEMS]]
        if len(gaps) > MOST_PROBLEMS:
            most = f"more than {MOST_PROBLEMS:,} places cannot be read"
            told.append(_untold(most, len(gaps) - MOST_PROBLEMS, document.source.origin))
        return found._replace(problems=(*told, *found.problems))

    def judge(self, document: Document, nodes: Iterable[Node], project: Project) -> Judgement:
        """All findings of the enabled rules about some nodes of a document."""
        locators = Locators(document, project)
        known: dict[str, _RuleRun] = {}
        runs: dict[tuple[str, ...], list[_RuleRun]] = {}
        room = _Room(locators, MOST_OF_ALL, traced=self._traced)
        findings: list[Finding] = []
        problems: list[Problem] = []

        def run_of(name: str) -> _RuleRun:
            if name not in known:
                rule, options = self._rule(name)
                context = Context(rule, locators, project, self._environment)
                known[name] = _RuleRun(rule, options, context, room)
            return known[name]

        for node in nodes:
            selection = self._selections.get(type(node)) or self._selection(type(node))
            names = selection.of(node)
            concerned = runs.get(names)
            if concerned is None:
                concerned = runs[names] = [run_of(name) for name in names]
            for run in concerned:
                run.ask(node, findings, problems)
        problems += _overflows(known.values(), document.source.origin)
        told = tuple(dict.fromkeys(findings))
        return Judgement(told, tuple(problems), tuple(sorted(room.tables)))

    def _selection(self, kind: type) -> Selection:
        """How the rules about a type of node are chosen for each of them."""
        names = self._names.get(catalog.key_of(kind), ())
        triggers = {name: self._rules.triggers(name) for name in names}
        found = self._selections[kind] = Selection(kind, triggers)
        return found

    def _rule(self, name: str) -> tuple[Rule, object]:
        """A rule with its options, imported when first asked for."""
        if name not in self._loaded:
            rule = self._rules.load(name)
            self._loaded[name] = (rule, self._options(rule))
        return self._loaded[name]


class _Room:
    """What all rules about a document share.

    `left` is how many findings are still told, `tables` those that were looked up for them, if that
    is `traced`.
    """

    __slots__ = ("left", "locators", "tables", "traced")

    def __init__(self, locators: Locators, left: int, *, traced: bool) -> None:
        self.locators = locators
        self.left = left
        self.traced = traced
        self.tables: set[str] = set()


class _RuleRun:
    """One rule over one document.

    `told` is how many findings and crashes were taken, `untold` how many were only counted because
    the rule, or `crowded` by the others, all of them have said enough.
    """

    __slots__ = (
        "_arguments",
        "_check",
        "_context",
        "_room",
        "crowded",
        "rule",
        "told",
        "untold",
    )

    def __init__(self, rule: Rule, options: object, context: Context, room: _Room) -> None:
        self.rule = rule
        self.told = 0
        self.untold = 0
        self.crowded = False
        self._check = rule.check
        self._context = context
        self._room = room
        self._arguments = (context,) if rule.options is None else (context, options)

    def ask(self, node: Node, findings: list[Finding], problems: list[Problem]) -> None:
        """Add what the rule says about a node, and its crash if it is broken."""
        before = len(findings)
        seen = fresh_lookups() if self._room.traced else None
        try:
            for finding in self._check(node, *self._arguments):
                if self._context.counting:
                    self.untold += 1
                else:
                    findings.append(finding)
                    self._tell()
        except Exception as error:  # noqa: BLE001 - a broken rule must not stop the rest
            if self._context.counting:
                self.untold += 1
            else:
                problems.append(_failure(self.rule, self._room.locators, node, error))
                self._tell()
        if len(findings) > before:
            findings[before:] = self._completed(node, findings[before:])
            if seen is not None:
                engine = getattr(node, "engine", "")
                self._room.tables |= {*seen, f"engines/{engine}"} if engine else seen

    def _completed(self, node: Node, findings: list[Finding]) -> list[Finding]:
        """Findings with what follows from the node that they are about."""
        if getattr(node, "concluded", False):
            findings = [*map(_as_likely, findings)]
        if self._room.locators.own.document.attached:
            findings = self._with_runner(node, findings)
        return findings

    def _with_runner(self, node: Node, findings: list[Finding]) -> list[Finding]:
        """Findings in the text of another file with a note of what runs it."""
        from imagelint.documents.serving.command import ServingCommand

        own = self._room.locators.own
        # A Dockerfile runs its own scripts: that goes without saying.
        if not isinstance(node, ServingCommand) or node.launch.runtime.kind == "image":
            return findings
        runtime = node.launch.runtime
        place = own.locate(runtime)
        runner = Note(own.redact(f"`{runtime.name}` runs it"), place)
        return [
            one._replace(notes=(*one.notes, runner))
            if one.location.origin not in (place.origin, own.document.source.origin)
            else one
            for one in findings
        ]

    def _tell(self) -> None:
        """Something was told: what may follow is counted once that was enough."""
        self.told += 1
        self._room.left -= 1
        self.crowded = self._room.left <= 0 and self.told >= ALWAYS_TOLD
        self._context.counting = self.crowded or self.told >= MOST_FINDINGS


def _as_likely(finding: Finding) -> Finding:
    """A finding about something that was concluded itself."""
    return finding._replace(confidence=Confidence.LIKELY)


def _overflows(runs: Iterable[_RuleRun], origin: str) -> Iterator[Problem]:
    """The problems that rules have more to say than anybody would read, with how much more."""
    crowded = 0
    for run in runs:
        if run.crowded:
            crowded += run.untold
        elif run.untold:
            most = f"the rule {run.rule.name} has more than {MOST_FINDINGS:,} findings"
            yield _untold(most, run.untold, origin)
    if crowded:
        yield _untold(f"there are more than {MOST_OF_ALL:,} findings", crowded, origin)


def _untold(most: str, number: int, origin: str) -> Problem:
    detail = f"{most}; {number:,} more {'is' if number == 1 else 'are'} not told"
    return Problem(ProblemKind.TOO_LARGE, origin, detail)


def _failure(rule: Rule, locators: Locators, node: Node, error: Exception) -> Problem:
    if not isinstance(error, UnjudgedError):
        return _crash(rule, locators, node, error)
    return Problem(
        ProblemKind.UNJUDGED,
        locators.own.document.source.origin,
        f"the rule {rule.name} cannot tell: {locators.redact(str(error))}",
        help="mend its condition, and try it: `imagelint policy test`",
        location=locators.own.locate(node),
    )


def _crash(rule: Rule, locators: Locators, node: Node, error: Exception) -> Problem:
    maker = "who wrote it" if catalog.is_custom(rule.name) else "imagelint"
    return Problem(
        ProblemKind.RULE_CRASHED,
        locators.own.document.source.origin,
        f"the rule {rule.name} crashed: {type(error).__name__}: {locators.redact(str(error))}"
        f" ({' < '.join(reversed(list(_trace(error))))})",
        help=f"this is a defect of {maker}: please report it; meanwhile switch the rule off",
        location=locators.own.locate(node),
    )


def _trace(error: Exception) -> Iterator[str]:
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        yield f"{code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
