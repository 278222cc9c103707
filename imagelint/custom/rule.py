"""From a rule of a policy to one as our own are."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN
from imagelint.custom.binding import compiled, parsed
from imagelint.custom.masking import masked
from imagelint.custom.message import template
from imagelint.custom.subject import Reader
from imagelint.custom.subjects import FIELDS, SUBJECTS
from imagelint.custom.values import (
    MOST_OF_DOCUMENT,
    MOST_STEPS,
    Evaluation,
    EvaluationError,
    ExhaustedError,
    Fuel,
    Item,
    Record,
)
from imagelint.documents.remembered import remembered_briefly
from imagelint.rules.context import UnjudgedError
from imagelint.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.finding import Finding
    from imagelint.custom.definition import CustomRule
    from imagelint.custom.evaluate import Evaluate
    from imagelint.documents.base import Document, Node
    from imagelint.rules.context import Context

FILE = "file"
"""The variable of the file in which something stands."""
FILE_FIELDS = {
    "path": "Its path, as reports name it.",
    "name": "Its name, without folders.",
    "kind": "What kind of document it is: `dockerfile`, `kubernetes`, `compose` …",
}
"""The fields of that, with what they are."""
_HEADERS = ("Bad", "Good", "Except:")


@cache
def rule_of(custom: CustomRule) -> Rule:
    """A rule that evaluates the condition of one in a policy, which must be valid.

    Raises:
        PolicyError: the parser of conditions is not installed.
    """
    check = _Check(custom)
    return Rule(
        name=custom.name,
        subjects=SUBJECTS[custom.subject].types,
        severity=custom.severity,
        confidence=custom.confidence,
        options=None,
        references=custom.references,
        former=(),
        check=check,
        doc=documentation(custom),
    )


def variables_of(subject: str) -> tuple[str, ...]:
    """The variables that the expressions of a rule about a subject have."""
    return (subject, FILE)


def documentation(custom: CustomRule) -> str:
    """The text that a docstring is for rules of ours."""
    summary = " ".join((custom.summary or custom.message).split())
    # A line that looks like the header of an example is none.
    why = (f" {line}" if line.startswith(_HEADERS) else line for line in custom.why.splitlines())
    parts = [f"{summary}\n", "\n".join(why)]
    for sample in custom.samples:
        (name, text), *others = sample.files
        first = name or SUBJECTS[custom.subject].file
        lines = [f"{'Bad' if sample.bad else 'Good'} ({first}):", *_indented(text)]
        for name, further in others:
            lines += [f"    === {name}", *_indented(further)]
        parts.append("\n".join(lines))
    return "\n\n".join(part for part in parts if part) + "\n"


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}".rstrip() for line in text.splitlines())


class _Check:
    """Evaluates one condition; its budget is for the document that it was last asked of.

    A document is judged by one context of a rule from its first node to its last.
    """

    def __init__(self, custom: CustomRule) -> None:
        names = variables_of(custom.subject)
        self._subject = custom.subject
        self._condition = _evaluator(custom.condition, names)
        self._at = _evaluator(custom.at, names) if custom.at else None
        self._message = template(custom.message, names)
        self._help = template(custom.help, names)
        self._budget: _Budget | None = None

    def __call__(self, node: Node, ctx: Context) -> Iterator[Finding]:
        """A finding where the condition is true.

        Raises:
            UnjudgedError: the condition has no value, or takes too much.
        """
        budget = self._budget
        # Another thread may judge another document by the same rule: each holds its own.
        if budget is None or budget.context is not ctx:
            budget = self._budget = _Budget(ctx)
        if budget.left <= 0:
            return
        variables: dict[str, object] = dict(_records_of(self._subject, node, ctx))
        evaluation = Evaluation(variables, Fuel(min(budget.left, MOST_STEPS)))
        before = evaluation.fuel.left
        try:
            yield from self._judged(node, ctx, evaluation)
        except ExhaustedError as error:
            budget.left = 0
            raise UnjudgedError(str(error)) from None
        except EvaluationError:
            raise UnjudgedError(self._reason(evaluation, ctx)) from None
        finally:
            budget.left -= before - evaluation.fuel.left

    def _judged(self, node: Node, ctx: Context, evaluation: Evaluation) -> Iterator[Finding]:
        if not self._holds(evaluation):
            return
        place = evaluation.place or node
        if self._at is not None:
            place = _place(self._at, evaluation) or place
        shown = masked(evaluation, ctx.redact)
        yield ctx.finding(
            place,
            self._message.filled(shown),
            help=self._help.filled(shown),
            subject=_name_of(evaluation, self._subject),
        )

    def _holds(self, evaluation: Evaluation) -> bool:
        found = self._condition(evaluation)
        if found is UNKNOWN:
            return False
        if not isinstance(found, bool):
            raise EvaluationError("the condition is neither true nor false")
        return found

    def _reason(self, evaluation: Evaluation, ctx: Context) -> str:
        """Why a condition has no value, told of what is not secret: errors name values."""
        again = Evaluation(evaluation.variables, Fuel())
        try:
            self._holds(masked(again, ctx.redact))
        except EvaluationError as error:
            return str(error)
        return "it has no value for what is secret there"


class _Budget:
    """What is left of the steps of one rule about one document."""

    __slots__ = ("context", "left")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.left = MOST_OF_DOCUMENT


def _evaluator(text: str, names: tuple[str, ...]) -> Evaluate:
    return compiled(parsed(text, names))


def _place(evaluate: Evaluate, evaluation: Evaluation) -> Node | None:
    """The place that an expression reads last, also where there is nothing."""
    evaluation.place = None
    try:
        evaluate(evaluation)
    except ExhaustedError:
        raise
    except EvaluationError:
        pass
    return evaluation.place


def _records_of(word: str, node: Node, ctx: Context) -> dict[str, Record]:
    """The variables about a node, which all rules that are asked about it one by one share."""
    known = _records(node)
    if word not in known:
        known[word] = Reader(FIELDS, ctx.document).record(word, node)
        known[FILE] = _file(ctx.document)
    return known


@remembered_briefly
def _records(_node: Node) -> dict[str, Record]:
    return {}


def _file(document: Document) -> Record:
    origin = document.source.origin
    said = {"path": origin, "name": origin.rpartition("/")[2], "kind": document.kind}
    return Record(FILE, said, lambda name: Item(said[name], None))


def _name_of(evaluation: Evaluation, word: str) -> str:
    """What a finding is about in words that survive edits: the name of what it is about."""
    record = evaluation.variables[word]
    for field in ("name", "id"):
        try:
            value = record.item(field).value if isinstance(record, Record) else None
        except EvaluationError:
            continue
        if isinstance(value, str):
            return value
    return ""
