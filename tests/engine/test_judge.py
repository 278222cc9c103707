from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.core.environment import Environment
from imagelint.core.fact import Known
from imagelint.core.finding import Confidence, Edit, Fix, Severity
from imagelint.core.redact import MASK
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source, Span
from imagelint.documents.base import Document, DocumentError, Landmark, Text
from imagelint.documents.locate import Locator
from imagelint.documents.project import Project
from imagelint.engine.judge import Judge, Judgement
from imagelint.rules import catalog
from imagelint.rules.api import Context, Findings, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.finding import Location
    from imagelint.documents.base import Node


class Letter(NamedTuple):
    """A node of these tests: one letter."""

    span: Span


class Digit(NamedTuple):
    """Another: one digit."""

    span: Span


class Namesake(NamedTuple):
    """A type that calls itself as the first one does, and stands in another module."""

    span: Span


class Order(NamedTuple):
    """A word that begins with a keyword."""

    span: Span
    keyword: str

    @property
    def trigger(self) -> str:
        """What it begins with."""
        return self.keyword


class Team(NamedTuple):
    """Several words at once."""

    span: Span
    words: tuple[str, ...]

    @property
    def trigger(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.words)


class Guess(NamedTuple):
    """A letter that was concluded from others."""

    span: Span
    concluded: bool = True


Namesake.__qualname__ = Letter.__qualname__
Namesake.__module__ = "elsewhere"


class Alphabet(Document):
    """A document whose nodes are its characters."""

    kind = "alphabet"
    __slots__ = ()

    def nodes(self) -> Iterator[Node]:
        for at, character in enumerate(self.source.text):
            yield (Letter if character.isalpha() else Digit)(Span(at, at + 1))


@dataclass(frozen=True)
class Words:
    """Options."""

    word: str = "default"


@rule(Letter, Severity.LOW)
def letter_seen(letter: Letter, ctx: Context) -> Findings:
    """A letter."""
    yield ctx.finding(letter, f"letter {ctx.text(letter.span)}")


@rule(Digit, Severity.HIGH, options=Words)
def digit_seen(digit: Digit, ctx: Context, words: Words) -> Findings:
    """A digit."""
    yield ctx.finding(digit, f"digit {words.word} {ctx.environment.driver}")


@rule(Letter, Severity.HIGH)
def letter_fails(letter: Letter, ctx: Context) -> Findings:
    """A rule that is broken for one letter, in the middle of speaking."""
    yield ctx.finding(letter, "before")
    if ctx.text(letter.span) == "b":
        raise ValueError("the token hf_" + "a" * 34)


@rule(Text, Severity.INFO)
def text_twice(text: Text, ctx: Context) -> Findings:
    """A rule that repeats itself."""
    yield ctx.finding(text, "again")
    yield ctx.finding(text, "again")


@rule((Letter, Guess), Severity.LOW)
def guess_seen(node: Letter | Guess, ctx: Context) -> Findings:
    """A letter, or what may be one."""
    yield ctx.finding(node, ctx.text(node.span))


@rule((Letter, Digit), Severity.LOW)
def anything_seen(node: Letter | Digit, ctx: Context) -> Findings:
    """A letter or a digit."""
    yield ctx.finding(node, type(node).__name__)


@rule((Team, Order), Severity.LOW, keywords=("GO",), programs=("python",))
def team_with(node: Team | Order, ctx: Context) -> Findings:
    """Teams that hold an order or a program."""
    yield ctx.finding(node, f"{node.trigger if isinstance(node, Order) else ' '.join(node.words)}")


@rule((Order, Letter), Severity.LOW, keywords=("GO", "STOP"))
def some_orders(node: Order | Letter, ctx: Context) -> Findings:
    """Two kinds of orders, and all letters, which have no keyword."""
    yield ctx.finding(node, f"some {node.keyword if isinstance(node, Order) else 'letter'}")


@rule(Order, Severity.LOW)
def every_order(order: Order, ctx: Context) -> Findings:
    """All orders."""
    yield ctx.finding(order, f"every {order.keyword}")


RULES = {
    given.name: given
    for given in (
        *(letter_seen, digit_seen, letter_fails, text_twice, anything_seen, guess_seen),
        *(some_orders, every_order, team_with),
    )
}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The catalog of these rules; the names that were loaded so far."""
    names: list[str] = []

    def load(name: str) -> Rule:
        names.append(name)
        return RULES[name]

    monkeypatch.setattr(
        catalog, "subjects", lambda name: tuple(map(catalog.key_of, RULES[name].subjects))
    )
    monkeypatch.setattr(catalog, "triggers", lambda name: tuple(RULES[name].triggers))
    monkeypatch.setattr(catalog, "load", load)
    return names


@pytest.fixture
def run(loaded: list[str]) -> Callable[..., Judgement]:
    def judge(text: str, *names: str) -> Judgement:
        given = Environment(driver="550")
        chosen = Judge(names, given, lambda rule: Words("told") if rule.options else None)
        return chosen(Alphabet(Source("a", text)), Project())

    return judge


def test_a_rule_is_shown_the_nodes_of_its_subject(run: Callable[..., Judgement]) -> None:
    judgement = run("a1b", "letter-seen")
    assert [found.message for found in judgement.findings] == ["letter a", "letter b"]
    assert [found.severity for found in judgement.findings] == [Severity.LOW] * 2
    assert judgement.problems == ()


def test_a_rule_may_speak_about_several_types(run: Callable[..., Judgement]) -> None:
    judgement = run("a1", "anything-seen")
    assert [found.message for found in judgement.findings] == ["Letter", "Digit"]


def test_a_rule_is_shown_the_nodes_with_its_keywords(loaded: list[str]) -> None:
    names = ("some-orders", "every-order")
    orders = [Order(Span(0, 0), word) for word in ("GO", "WAIT", "STOP", "GO")]
    document = Alphabet(Source("a", "xyz"))
    nodes: list[Node] = [*orders, Letter(Span(0, 1))]
    judgement = Judge(names, Environment(), lambda _: None).judge(document, nodes, Project())
    assert [found.message for found in judgement.findings] == [
        *("every GO", "some GO", "every WAIT", "every STOP", "some STOP", "some letter")
    ]
    assert loaded.count("some-orders") == 1


def test_a_node_may_hold_several_words_of_which_a_rule_wants_one(loaded: list[str]) -> None:
    teams = [Team(Span(0, 0), tuple(words.split())) for words in ("GO ls", "ls", "ls python3.12")]
    nodes: list[Node] = [*teams, Order(Span(0, 1), "WAIT"), Order(Span(1, 2), "GO")]
    document = Alphabet(Source("a", "xyz"))
    judge = Judge(("team-with",), Environment(), lambda _: None)
    assert judge.judge(document, nodes[1:2], Project()) == Judgement((), ())
    assert loaded == []
    judgement = judge.judge(document, nodes, Project())
    assert [found.message for found in judgement.findings] == ["GO ls", "ls python3.12", "GO"]


def test_a_type_is_not_taken_for_another_of_its_name(loaded: list[str]) -> None:
    del loaded
    judge = Judge(["letter-seen"], Environment(), lambda _rule: None)
    document = Alphabet(Source("a", "a"))
    assert judge.judge(document, [Namesake(Span(0, 1))], Project()) == Judgement((), ())


def test_findings_come_in_source_order_whatever_the_rule(run: Callable[..., Judgement]) -> None:
    judgement = run("a1b2", "digit-seen", "letter-seen")
    assert [found.location.span.start for found in judgement.findings] == [0, 1, 2, 3]


def test_a_rule_is_given_its_options_and_the_environment(run: Callable[..., Judgement]) -> None:
    (found,) = run("1", "digit-seen").findings
    assert found.message == "digit told 550"


def test_a_rule_is_loaded_once_and_only_when_its_subject_occurs(
    run: Callable[..., Judgement], loaded: list[str]
) -> None:
    run("aaa", "digit-seen", "letter-seen")
    assert loaded == ["letter-seen"]


def test_nothing_is_certain_about_what_was_concluded(loaded: list[str]) -> None:
    judge = Judge(["guess-seen"], Environment(), lambda _rule: None)
    nodes: list[Node] = [Letter(Span(0, 1)), Guess(Span(1, 2)), Guess(Span(2, 3), concluded=False)]
    judgement = judge.judge(Alphabet(Source("a", "abc")), nodes, Project())
    assert {found.message: found.confidence for found in judgement.findings} == {
        "a": Confidence.CERTAIN,
        "b": Confidence.LIKELY,
        "c": Confidence.CERTAIN,
    }
    assert set(loaded) == {"guess-seen"}


def test_what_is_said_twice_counts_once(run: Callable[..., Judgement]) -> None:
    assert len(run("a", "text-twice").findings) == 1


def test_a_broken_rule_does_not_stop_the_rest(run: Callable[..., Judgement]) -> None:
    judgement = run("abc", "letter-fails", "letter-seen")
    said = [(found.rule, found.location.span.start) for found in judgement.findings]
    assert said == [
        ("letter-fails", 0),
        ("letter-seen", 0),
        ("letter-fails", 1),
        ("letter-seen", 1),
        ("letter-fails", 2),
        ("letter-seen", 2),
    ]
    (problem,) = judgement.problems
    assert problem.kind is ProblemKind.RULE_CRASHED
    assert problem.origin == "a"
    assert "the rule letter-fails crashed: ValueError: the token" in problem.detail
    assert "letter_fails:" in problem.detail
    assert "hf_aaa" not in problem.detail
    assert problem.location is not None
    assert problem.location.span == Span(1, 2)
    assert "report it" in problem.help


def test_no_rules_have_nothing_to_say(run: Callable[..., Judgement]) -> None:
    assert run("abc") == Judgement((), ())


def test_some_nodes_can_be_judged_alone(loaded: list[str]) -> None:
    judge = Judge(["letter-seen"], Environment(), lambda _rule: None)
    document = Alphabet(Source("a", "abc"))
    judgement = judge.judge(document, [Letter(Span(2, 3))], Project())
    assert [found.message for found in judgement.findings] == ["letter c"]


def test_a_flood_of_findings_is_bounded_and_the_rest_is_counted(
    run: Callable[..., Judgement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagelint.engine.judge.MOST_FINDINGS", 3)
    judgement = run("acdefg1", "letter-seen", "digit-seen")
    rules = [found.rule for found in judgement.findings]
    assert rules == ["letter-seen"] * 3 + ["digit-seen"]
    (problem,) = judgement.problems
    assert problem.kind is ProblemKind.TOO_LARGE
    said = "the rule letter-seen has more than 3 findings; 3 more are not told"
    assert problem.detail == said
    (problem,) = run("acde", "letter-seen").problems
    assert problem.detail.endswith("; 1 more is not told")
    assert run("acd", "letter-seen").problems == ()


def test_all_findings_are_bounded_but_no_rule_is_silenced_by_the_others(
    run: Callable[..., Judgement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagelint.engine.judge.MOST_OF_ALL", 5)
    monkeypatch.setattr("imagelint.engine.judge.ALWAYS_TOLD", 2)
    judgement = run("acdefghijk1234", "letter-seen", "digit-seen")
    rules = [found.rule for found in judgement.findings]
    assert rules == ["letter-seen"] * 5 + ["digit-seen"] * 2
    (problem,) = judgement.problems
    assert problem.kind is ProblemKind.TOO_LARGE
    assert problem.detail == "there are more than 5 findings; 7 more are not told"


def test_what_is_only_counted_is_not_located(
    run: Callable[..., Judgement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagelint.engine.judge.MOST_FINDINGS", 3)
    located: list[object] = []
    whole = Locator.locate

    def locate(locator: Locator, node: Node) -> Location:
        located.append(node)
        return whole(locator, node)

    monkeypatch.setattr(Locator, "locate", locate)
    run("a" * 50, "letter-seen")
    assert len(located) == 3


def test_a_flood_of_crashes_is_bounded(
    run: Callable[..., Judgement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagelint.engine.judge.MOST_FINDINGS", 3)
    judgement = run("b" * 50, "letter-fails")
    kinds = [problem.kind for problem in judgement.problems]
    assert kinds == [ProblemKind.RULE_CRASHED, ProblemKind.TOO_LARGE]
    assert judgement.problems[-1].detail.endswith("; 97 more are not told")


HIDDEN = "hunter2hunter2"


class Safe(Document):
    """A document all of whose text is secret."""

    kind = "safe"
    __slots__ = ()

    def nodes(self) -> Iterator[Node]:
        yield Letter(Span(0, 1))

    def landmarks(self) -> Iterator[Landmark]:
        yield Landmark(("letters",), Letter(Span(0, 1)))

    def concealed(self) -> Iterator[Span]:
        yield self.span


@rule(Digit, Severity.LOW)
def tells_of_another(digit: Digit, ctx: Context) -> Findings:
    """A rule whose words come from another document."""
    other = ctx.project.document("safe", Safe)
    told = other.value.source.text if isinstance(other, Known) else ""
    note = ctx.note(f"there: {told}", Letter(Span(0, 1)), of="safe")
    fix = Fix("mend it", (ctx.edit(digit.span, "2"), ctx.edit(Span(3, 4), "", of="safe")))
    yield ctx.finding(digit, f"says {told}", help=told, subject=told, notes=(note,), fix=fix)


@rule(Digit, Severity.LOW)
def tells_of_a_node(digit: Digit, ctx: Context) -> Findings:
    """A rule that asks for nodes of others, not for their documents."""
    for origin, letter in ctx.project.find(Safe, ("letters",), Letter):
        yield ctx.finding(digit, HIDDEN, notes=(ctx.note("there", letter, of=origin),))


@rule(Digit, Severity.LOW)
def tells_of_the_unread(digit: Digit, ctx: Context) -> Findings:
    """A rule that speaks about a document that it has not asked for."""
    yield ctx.finding(digit, "x", notes=(ctx.note("there", digit, of="safe"),))


def beside_a_safe(name: str, monkeypatch: pytest.MonkeyPatch) -> Judgement:
    told = (tells_of_another, tells_of_a_node, tells_of_the_unread)
    monkeypatch.setattr(catalog, "load", {given.name: given for given in told}.__getitem__)
    monkeypatch.setattr(catalog, "subjects", lambda _name: (catalog.key_of(Digit),))
    monkeypatch.setattr(catalog, "triggers", lambda _name: ())
    safe: Known[Document] = Known(Safe(Source("safe", HIDDEN)))
    letters = [("safe", Letter(Span(0, 1)))]
    project = Project(lambda _origin: safe, lambda _kind, _key, _word: letters)
    return Judge([name], Environment(), lambda _rule: None)(Alphabet(Source("a", "1")), project)


def test_secrets_of_every_document_that_was_looked_at_are_masked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (found,) = beside_a_safe("tells-of-another", monkeypatch).findings
    assert HIDDEN not in repr(found)
    assert found.message == f"says {MASK}"
    (note,) = found.notes
    assert note.location is not None
    assert note.location.origin == "safe"
    assert note.location.excerpt.lines == ("•" * len(HIDDEN),)


def test_edits_of_one_fix_may_lie_in_several_files(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = beside_a_safe("tells-of-another", monkeypatch).findings
    assert found.fix is not None
    assert found.fix.edits == (Edit("a", Span(0, 1), "2"), Edit("safe", Span(3, 4), ""))


def test_the_document_of_a_node_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    (found,) = beside_a_safe("tells-of-a-node", monkeypatch).findings
    assert found.message == MASK
    assert found.notes[0].location is not None
    assert found.notes[0].location.origin == "safe"


def test_nobody_speaks_about_a_document_that_was_not_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (problem,) = beside_a_safe("tells-of-the-unread", monkeypatch).problems
    assert "no document of that origin was looked at: safe" in problem.detail


def test_what_could_not_be_read_of_a_document_is_a_problem() -> None:
    gap = DocumentError(ProblemKind.UNREADABLE, "not read")
    document = Document(Source("x", "text"), gaps=(gap,))
    judgement = Judge((), Environment(), lambda _: None)(document, Project())
    assert judgement.problems == (gap.problem(document.source),)


def test_a_flood_of_places_that_cannot_be_read_is_bounded_and_the_rest_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("imagelint.engine.judge.MOST_PROBLEMS", 2)
    judge = Judge((), Environment(), lambda _: None)

    def problems(number: int) -> list[str]:
        gaps = [DocumentError(ProblemKind.UNREADABLE, f"not read: {n}") for n in range(number)]
        document = Document(Source("x", "text"), gaps=gaps)
        return [one.detail for one in judge(document, Project()).problems]

    assert problems(2) == ["not read: 0", "not read: 1"]
    more = "more than 2 places cannot be read; 3 more are not told"
    assert problems(5) == ["not read: 0", "not read: 1", more]
