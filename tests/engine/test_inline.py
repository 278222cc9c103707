from __future__ import annotations

import pytest

from imagelint.core.finding import Severity
from imagelint.core.report import AllowanceKind
from imagelint.core.source import Source, Span
from imagelint.documents.base import NO_RULE, Allowance, AllowanceState, AllowanceUse, Dialect
from imagelint.documents.parts import TextPart
from imagelint.engine.inline import allow_inline
from imagelint.engine.suppression import nearest_rule
from imagelint.policy.allowances import NONE, WAYS, Allowances
from imagelint.policy.trust.acceptance import Terms
from imagelint.rules import catalog
from imagelint.rules.entry import Entry
from imagelint.rules.table import RULES
from tests.engine.findings import finding

WHOLE, LINE = Span(0, 100), Span(10, 20)
INSIDE, OUTSIDE = (12, 18), (30, 40)
ENABLED = ("root-user", "unpinned-image")


@pytest.fixture(autouse=True)
def _two_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    also = {"as-root": "root-user", "dl3002": "root-user", "ds-0002": "root-user"}
    meant: dict[str, tuple[str, ...]] = {name: (name,) for name in catalog.names()}
    meant |= {name: (rule_name,) for name, rule_name in also.items()}
    meant["bad-image"] = ("root-user", "unpinned-image")
    references = ("hadolint DL3002", "Trivy DS-0002")
    entries = RULES | {
        "root-user": Entry("images", (), references, ("as-root",)),
        "unpinned-image": Entry("images", ()),
    }
    monkeypatch.setattr("imagelint.rules.catalog.RULES", entries)
    monkeypatch.setattr(catalog, "find", lambda name: meant.get(name.lower(), ()))


def wish(
    name: str,
    reason: str = "port 80",
    scope: Span = WHOLE,
    dialect: Dialect = Dialect.IMAGELINT,
    kind: AllowanceKind = AllowanceKind.INLINE,
) -> Allowance:
    return Allowance(name, reason, scope, Span(1, 5), dialect, kind)


def states(*wishes: Allowance, spans: tuple[tuple[int, int], ...] = (INSIDE,)) -> list[str]:
    settled = allow_inline([finding(span=span) for span in spans], wishes, ENABLED)
    return [use.state.value for use in settled.uses]


def test_without_allowances_everything_is_kept() -> None:
    assert allow_inline([finding()], (), ENABLED) == ((finding(),), (), ())


def test_an_allowance_holds_within_its_scope() -> None:
    inside, outside = finding(span=INSIDE), finding(span=OUTSIDE)
    settled = allow_inline([inside, outside], [wish("root-user", scope=LINE)], ENABLED)
    assert settled.kept == (outside,)
    assert settled.allowed == ((inside, AllowanceKind.INLINE, "port 80", ""),)
    assert settled.uses == (AllowanceUse(Span(1, 5), "root-user", AllowanceState.USED),)


def test_a_finding_that_is_larger_than_the_scope_is_not_allowed() -> None:
    assert allow_inline([finding(span=(0, 50))], [wish("root-user", scope=LINE)], ENABLED).kept


def test_an_allowance_holds_for_its_rule_only() -> None:
    settled = allow_inline([finding("unpinned-image", INSIDE)], [wish("root-user")], ENABLED)
    assert settled.kept
    assert settled.uses[0].state is AllowanceState.UNUSED


def test_without_a_reason_it_allows_nothing() -> None:
    settled = allow_inline([finding()], [wish("root-user", "")], ENABLED)
    assert settled.kept == (finding(),)
    assert settled.uses[0].state is AllowanceState.WITHOUT_REASON


@pytest.mark.parametrize("name", ["as-root", "DL3002", "DS-0002"])
def test_former_names_and_ids_of_other_tools_are_understood(name: str) -> None:
    assert allow_inline([finding()], [wish(name)], ENABLED).kept == ()


def test_a_former_name_of_several_rules_allows_each_of_them() -> None:
    given = [finding("root-user", INSIDE), finding("unpinned-image", INSIDE)]
    settled = allow_inline(given, [wish("bad-image")], ENABLED)
    assert settled.kept == ()
    assert settled.uses[0].state is AllowanceState.USED
    assert states(wish("bad-image"), spans=()) == ["unused"]


def test_what_another_tool_is_told_holds_without_a_reason_and_is_not_reported() -> None:
    foreign = wish("DL3002", "", dialect=Dialect.HADOLINT)
    settled = allow_inline([finding()], [foreign], ENABLED)
    assert settled.kept == ()
    assert settled.allowed[0].reason == "hadolint is told to ignore DL3002"
    assert settled.uses == ()


@pytest.mark.parametrize("name", ["DL9999", "root-usr"])
def test_what_another_tool_is_told_in_vain_is_not_reported(name: str) -> None:
    settled = allow_inline([finding()], [wish(name, "", dialect=Dialect.TRIVY)], ENABLED)
    assert settled == ((finding(),), (), ())


def test_all_of_a_tool_means_the_rules_that_answer_to_it() -> None:
    given = [finding("root-user", INSIDE), finding("unpinned-image", INSIDE)]
    settled = allow_inline(given, [wish("*", "", dialect=Dialect.HADOLINT)], ENABLED)
    assert settled.kept == (given[1],)
    assert allow_inline(given, [wish("*", "", dialect=Dialect.CHECKOV)], ENABLED).allowed == ()


def test_all_of_ours_cannot_be_allowed() -> None:
    settled = allow_inline([finding()], [wish("*")], ENABLED)
    assert settled.kept
    assert settled.uses[0].state is AllowanceState.UNKNOWN


def test_an_unknown_rule_is_suggested() -> None:
    (use,) = allow_inline([], [wish("root_usr")], ENABLED).uses
    assert (use.state, use.suggestion) == (AllowanceState.UNKNOWN, "root-user")
    assert nearest_rule("zzzzzzzz") == ""


def test_an_allowance_of_a_rule_that_did_not_run_is_idle() -> None:
    assert states(wish("curl-pipe-shell")) == ["idle"]


def test_all_that_would_allow_are_used_and_the_first_is_named() -> None:
    line = wish("root-user", "the line", LINE, kind=AllowanceKind.ANNOTATION)
    whole = wish("root-user", "the file")
    settled = allow_inline([finding(span=INSIDE)], [line, whole], ENABLED)
    assert settled.allowed[0][1:3] == (AllowanceKind.ANNOTATION, "the line")
    assert [use.state.value for use in settled.uses] == ["used", "used"]


def test_findings_about_allowances_are_not_allowed_inline() -> None:
    about = finding("unused-allowance", INSIDE)
    assert allow_inline([about], [wish("unused-allowance")], ENABLED).kept == (about,)


@pytest.mark.parametrize("name", ["root-user", "as-root", "DS-0002"])
def test_another_tool_is_heard_only_under_its_own_ids(name: str) -> None:
    foreign = wish(name, "", dialect=Dialect.HADOLINT)
    assert allow_inline([finding()], [foreign], ENABLED).kept == (finding(),)


def test_all_of_a_tool_does_not_mean_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "family", lambda _name: "secrets")
    everything = wish("*", "", dialect=Dialect.HADOLINT)
    assert allow_inline([finding()], [everything], ENABLED).kept == (finding(),)
    named = wish("DL3002", "", dialect=Dialect.HADOLINT)
    assert allow_inline([finding()], [named], ENABLED).kept == ()


def test_what_cannot_be_read_is_told() -> None:
    (use,) = allow_inline([], [wish(NO_RULE)], ENABLED).uses
    assert (use.state, use.suggestion) == (AllowanceState.UNREADABLE, "")


def test_an_allowance_holds_for_the_text_in_which_it_stands() -> None:
    own = Source("Dockerfile", "x" * 100)
    parts = (TextPart(0, own), TextPart(101, Source("start.sh", "y" * 100)))
    here, there = finding(span=INSIDE), finding(span=INSIDE, origin="start.sh")
    in_script = Allowance("root-user", "why", Span(111, 121), Span(102, 105))
    settled = allow_inline([here, there], [in_script], ENABLED, parts)
    assert settled.kept == (here,)
    assert settled.uses[0].state is AllowanceState.USED
    in_own = wish("root-user", scope=LINE)
    assert allow_inline([here, there], [in_own], ENABLED, parts).kept == (there,)
    both = allow_inline([here, there], [in_own, in_script], ENABLED, parts)
    assert both.kept == ()


OFF = (Terms(Allowances(dict.fromkeys(WAYS, NONE)), "org.yaml"),)
PART = TextPart(0, Source("a/Dockerfile", "\n" * 100))


def refusals(*wishes: Allowance, terms: tuple[Terms, ...] = OFF) -> tuple[list[str], list[str]]:
    """The notes of a finding that stands, and what is told of the wishes."""
    bad = finding(origin="a/Dockerfile", span=INSIDE)
    result = allow_inline([bad], wishes, ENABLED, (PART,), terms)
    told = [f"{use.state.value}: {use.reason}" for use in result.uses]
    return [note.message for kept in result.kept for note in kept.notes], told


@pytest.mark.parametrize(
    ("dialect", "kind", "what"),
    [
        (Dialect.IMAGELINT, AllowanceKind.INLINE, "allowances in comments"),
        (Dialect.IMAGELINT, AllowanceKind.ANNOTATION, "allowances in annotations"),
    ],
)
def test_a_wish_that_is_not_accepted_allows_nothing_and_is_told(
    dialect: Dialect, kind: AllowanceKind, what: str
) -> None:
    notes, told = refusals(wish("root-user", dialect=dialect, kind=kind))
    assert notes == [
        f"the allowance at a/Dockerfile:2 is not accepted: {what} do not count (org.yaml)"
    ]
    assert told == [f"refused: {what} do not count (org.yaml)"]


@pytest.mark.parametrize("kind", [AllowanceKind.INLINE, AllowanceKind.ANNOTATION])
def test_a_foreign_wish_that_is_not_accepted_allows_nothing(kind: AllowanceKind) -> None:
    notes, told = refusals(wish("DL3002", "", dialect=Dialect.HADOLINT, kind=kind))
    reason = "ignores for other tools do not count (org.yaml)"
    assert notes == [f"the allowance at a/Dockerfile:2 is not accepted: {reason}"]
    assert told == []


def test_each_way_is_accepted_by_itself() -> None:
    foreign_off = (Terms(Allowances({"foreign": NONE})),)
    notes, told = refusals(wish("root-user"), terms=foreign_off)
    assert (notes, told) == ([], ["used: "])


def test_a_wish_that_is_not_accepted_is_told_where_it_covers_nothing() -> None:
    result = allow_inline([], [wish("root-user")], ENABLED, (PART,), OFF)
    assert [use.state for use in result.uses] == [AllowanceState.REFUSED]
    severe = (Terms(Allowances({"inline": int(Severity.LOW)})),)
    result = allow_inline([], [wish("root-user")], ENABLED, (PART,), severe)
    assert [use.state for use in result.uses] == [AllowanceState.UNUSED]


@pytest.mark.parametrize("name", ["root-usr", NO_RULE])
def test_what_is_no_wish_is_told_as_that(name: str) -> None:
    assert refusals(wish(name))[1] != []
    assert not refusals(wish(name))[1][0].startswith("refused")


def test_a_wish_without_a_reason_is_told_as_that() -> None:
    assert refusals(wish("root-user", ""))[1] == ["without-reason: "]


def test_without_the_text_the_place_is_not_told() -> None:
    result = allow_inline([finding(span=INSIDE)], [wish("root-user")], ENABLED, (), OFF)
    (note,) = result.kept[0].notes
    assert note.message.startswith("an allowance is not accepted")
    assert note.location is None
