from __future__ import annotations

from imagelint.core.finding import Edit, Finding, Fix, Location, Severity
from imagelint.core.source import Span
from imagelint.engine.fix import fixable, plan_fixes


def finding(rule: str, *edits: tuple[str, int, int, str]) -> Finding:
    made = tuple(Edit(origin, Span(start, end), text) for origin, start, end, text in edits)
    fix = Fix("mend it", made) if edits else None
    return Finding(rule, Severity.HIGH, "bad", Location("a"), fix=fix)


def test_only_what_has_edits_has_a_fix_and_parts_have_their_own() -> None:
    inner = finding("inner", ("a", 0, 1, ""))
    empty = finding("empty")._replace(fix=Fix("nothing", ()))
    outer = finding("outer")._replace(parts=(inner, empty))
    assert list(fixable([finding("none"), empty, outer])) == [inner]


def test_fixes_are_made_in_the_order_of_the_texts() -> None:
    late, early = finding("x", ("a", 5, 6, "")), finding("y", ("a", 1, 2, ""))
    plan = plan_fixes([late, early], lambda _: True)
    assert plan.taken == (early, late)
    assert plan.edits == {"a": (Edit("a", Span(1, 2), ""), Edit("a", Span(5, 6), ""))}


def test_what_is_about_the_same_place_waits() -> None:
    first, second = finding("a", ("f", 1, 4, "x")), finding("b", ("f", 2, 3, "y"))
    plan = plan_fixes([second, first], lambda _: True)
    assert (plan.taken, plan.waiting) == ((first,), (second,))


def test_a_fix_of_two_files_waits_if_one_place_is_taken() -> None:
    first = finding("a", ("f", 1, 4, "x"))
    both = finding("b", ("e", 9, 9, "y"), ("f", 2, 2, "y"))
    plan = plan_fixes([first, both], lambda _: True)
    assert (plan.taken, plan.waiting) == ((both,), (first,))
    assert set(plan.edits) == {"e", "f"}


def test_the_same_edit_of_two_findings_is_made_for_both() -> None:
    one, other = finding("a", ("f", 1, 4, "x")), finding("b", ("f", 1, 4, "x"))
    plan = plan_fixes([one, other], lambda _: True)
    assert plan.taken == (one, other)


def test_what_is_not_accepted_leaves_its_place_to_others() -> None:
    first, second = finding("a", ("f", 1, 4, "x")), finding("b", ("f", 2, 3, "y"))
    plan = plan_fixes([first, second], lambda each: each.rule == "b")
    assert (plan.taken, plan.waiting) == ((second,), ())


def test_places_before_between_and_behind_others_are_found() -> None:
    made = [finding(f"r{at:03}", ("f", at, at + 2, "x")) for at in range(0, 60, 4)]
    inside = [finding(f"s{at:03}", ("f", at + 1, at + 3, "y")) for at in range(0, 60, 4)]
    between = [finding(f"t{at:03}", ("f", at + 2, at + 4, "z")) for at in range(0, 60, 4)]
    plan = plan_fixes([*inside, *between, *made], lambda _: True)
    assert set(plan.taken) == {*made, *between}
    assert set(plan.waiting) == set(inside)
    spans = [edit.span for edit in plan.edits["f"]]
    assert spans == sorted(spans)
