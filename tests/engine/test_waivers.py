from __future__ import annotations

import pytest

from imagelint.core.finding import Finding, Location, Severity
from imagelint.core.report import AllowanceKind, Allowed, Examined, Problem, ProblemKind, Report
from imagelint.core.source import Source, Span
from imagelint.documents.base import AllowanceState
from imagelint.engine.baseline import Baseline, BaselineEntry, read_baseline, write_baseline
from imagelint.engine.waivers import (
    SuppressionContext,
    SuppressionResult,
    suppress_report,
    waiver_uses,
)
from imagelint.policy.allowances import NONE, WAYS, Allowances
from imagelint.policy.digest import policy_digest
from imagelint.policy.model import Policy, RuleSetting, Waiver
from imagelint.policy.trust.acceptance import Terms
from tests.engine.findings import finding
from tests.growing import growth

TODAY = "2026-06-15"
RULES = {
    name: RuleSetting("on")
    for name in ("root-user", "unpinned-image", "vulnerable-package", "unsigned-image")
}
POLICY_FILE = Source("policy.yaml", "waivers: …")


def waiver(
    rule: str = "root-user", until: str = TODAY, where: str = "", subject: str = ""
) -> Waiver:
    return Waiver(
        rule, "until the proxy is there", until, where, subject, "policy.yaml", Span(2, 6)
    )


def policy(*waivers: Waiver, **rules: RuleSetting) -> Policy:
    named = {name.replace("_", "-"): setting for name, setting in rules.items()}
    return Policy(rules={**RULES, **named}, waivers=waivers, sources=(POLICY_FILE,))


def state(given: Waiver, report: Report, *, whole: bool = True, **rules: RuleSetting) -> str:
    terms = SuppressionContext(policy(given, **rules), TODAY, whole=whole)
    ((source, (use,)),) = waiver_uses(suppress_report(report, terms), terms)
    assert source == POLICY_FILE
    assert (use.span, use.form, use.rule) == (Span(2, 6), "waiver", given.rule)
    return use.state.value


def examined(kind: str = "dockerfile", origin: str = "Dockerfile") -> Report:
    return Report(examined=(Examined(origin, kind),))


def test_nothing_is_settled_by_a_policy_that_waives_nothing() -> None:
    report = Report((finding(),)) + examined()
    assert suppress_report(report, SuppressionContext(policy(), TODAY)) == SuppressionResult(report)
    assert waiver_uses(SuppressionResult(report), SuppressionContext(policy(), TODAY)) == ()


def test_a_waiver_can_name_a_place_within() -> None:
    def at(path: str, subject: str = "CVE-2099-1 pkg:pypi/vllm") -> Finding:
        place = Location("registry.example.com/llm:1", path=path)
        return finding()._replace(rule="vulnerable-package", location=place, subject=subject)

    venv = "opt/venv/lib/python3.12/site-packages/vllm-0.8.5.dist-info/METADATA"
    found = (
        at(venv),
        at(f"linux/arm64: {venv}"),
        at("usr/lib/vllm"),
        at(venv, "CVE-2099-2 pkg:pypi/vllm"),
        at(venv, "CVE-2099-1 pkg:pypi/torch"),
    )
    given = waiver("vulnerable-package", subject="CVE-2099-1*vllm")._replace(path="opt/venv/*")
    result = suppress_report(Report(found), SuppressionContext(policy(given), TODAY))
    assert [one.finding for one in result.report.allowed] == [*found[:2]]
    anywhere = waiver("vulnerable-package")._replace(path="usr/*")
    result = suppress_report(Report(found), SuppressionContext(policy(anywhere), TODAY))
    assert [one.finding for one in result.report.allowed] == [found[2]]
    assert policy_digest(policy(given)) != policy_digest(policy(given._replace(path="opt/*")))


@pytest.mark.parametrize(
    "given",
    [
        waiver(),
        waiver(where="legacy/*.Dockerfile"),
        waiver(where="legacy"),
        waiver(subject="final*"),
        waiver(until="2999-12-31"),
    ],
)
def test_a_waiver_allows_what_it_names_to_its_last_day(given: Waiver) -> None:
    bad = finding(origin="./legacy/a.Dockerfile", subject="final stage")
    result = suppress_report(Report((bad,)), SuppressionContext(policy(given), TODAY))
    permitted = Allowed(bad, AllowanceKind.WAIVER, "until the proxy is there", given.until)
    assert result == SuppressionResult(Report(allowed=(permitted,)), frozenset({given}), added=1)


@pytest.mark.parametrize(
    "given",
    [
        waiver("unpinned-image"),
        waiver(where="other/*"),
        waiver(subject="first*"),
        waiver(until="2026-06-14"),
        waiver("no-such-rule"),
    ],
)
def test_a_waiver_allows_nothing_else(given: Waiver) -> None:
    report = Report((finding(subject="final stage"),))
    assert suppress_report(report, SuppressionContext(policy(given), TODAY)) == SuppressionResult(
        report
    )


def test_globs_are_relative_to_the_folder_of_the_policy() -> None:
    terms = SuppressionContext(
        policy(waiver(where="a/*")), TODAY, place=lambda origin: f"a/{origin}"
    )
    assert suppress_report(Report((finding(),)), terms).report.findings == ()


def test_the_first_waiver_is_named_and_all_are_used() -> None:
    both = (waiver(where="Dockerfile"), waiver())
    result = suppress_report(Report((finding(),)), SuppressionContext(policy(*both), TODAY))
    assert result.used == set(both)
    assert len(result.report.allowed) == 1


def test_a_waiver_is_used_also_where_the_file_allows_it_itself() -> None:
    allowed = Allowed(finding(), AllowanceKind.INLINE, "port 80")
    result = suppress_report(
        Report(allowed=(allowed,)), SuppressionContext(policy(waiver()), TODAY)
    )
    assert result == SuppressionResult(Report(allowed=(allowed,)), frozenset({waiver()}))


@pytest.mark.parametrize("glob", ["Dockerfile", "gcr.io/*", "*.io/x"])
def test_the_policy_exempts_files_and_subjects(glob: str) -> None:
    bad = finding(subject="gcr.io/x")
    terms = SuppressionContext(policy(root_user=RuleSetting("on", exempt=("zzz", glob))), TODAY)
    result = suppress_report(Report((bad,)), terms)
    assert result.report.allowed == (
        Allowed(bad, AllowanceKind.EXEMPT, f"the policy exempts {glob}"),
    )


@pytest.mark.parametrize(
    ("told", "is_exempt"),
    [
        (None, True),
        (("hadolint DL3002",), True),
        (("hadolint DL3002", "Trivy DS-0002"), True),
        (("hadolint DL3002", "hadolint DL3066"), False),
        (("hadolint DL3066",), False),
        ((), False),
    ],
)
def test_the_policy_exempts_what_answers_to_no_other_id_of_a_tool(
    told: tuple[str, ...] | None,
    is_exempt: bool,  # noqa: FBT001
) -> None:
    bad = finding()._replace(references=told)
    terms = SuppressionContext(
        policy(root_user=RuleSetting("on", exempt=("hadolint DL3002",))), TODAY
    )
    allowed = suppress_report(Report((bad,)), terms).report.allowed
    assert [one.reason for one in allowed] == [
        "the policy exempts what answers to no other id"
    ] * is_exempt


def test_the_policy_exempts_what_answers_to_none_of_a_tool() -> None:
    other = finding()._replace(references=("Trivy DS-0002",))
    report = Report((other, finding(), finding()._replace(references=("hadolint DL3066",))))
    terms = SuppressionContext(policy(root_user=RuleSetting("on", exempt=("not hadolint",))), TODAY)
    assert [one.finding for one in suppress_report(report, terms).report.allowed] == [other]


def test_what_is_not_exempt_is_kept() -> None:
    terms = SuppressionContext(
        policy(root_user=RuleSetting("on", exempt=("other/*", "*.py"))), TODAY
    )
    assert suppress_report(Report((finding(),)), terms).report.findings == (finding(),)


def test_a_waiver_that_was_needed_is_used() -> None:
    assert state(waiver(), Report((finding(),))) == "used"


def test_only_a_run_over_the_whole_project_can_say_unused() -> None:
    assert state(waiver(), examined()) == "unused"
    assert state(waiver(), examined(), whole=False) == "idle"


def test_a_waiver_of_a_rule_that_does_not_run_is_idle() -> None:
    assert state(waiver(), examined(), root_user=RuleSetting("off")) == "idle"
    assert state(waiver("host-path"), examined()) == "idle"


def test_what_could_not_be_judged_may_have_needed_its_waiver() -> None:
    problem = Report(problems=(Problem(ProblemKind.UNPARSABLE, "a/Dockerfile", "broken"),))
    assert state(waiver(where="a"), problem) == "idle"
    assert state(waiver(where="b"), problem) == "unused"


@pytest.mark.parametrize(
    ("rule", "kind"), [("vulnerable-package", "vulnerabilities"), ("unsigned-image", "signatures")]
)
def test_a_waiver_about_images_is_unused_only_if_its_image_was_examined(
    rule: str, kind: str
) -> None:
    image = waiver(rule, where="registry.example.com/llm*")
    assert state(image, examined()) == "idle"
    assert state(image, examined(kind, "registry.example.com/other:1")) == "idle"
    assert state(image, examined(kind, "registry.example.com/llm:1")) == "unused"


def test_an_expired_waiver_is_expired_whatever_was_examined() -> None:
    late = waiver(until="2026-06-14")
    assert state(late, Report((finding(),)), whole=False) == "expired"
    terms = SuppressionContext(policy(late), TODAY)
    assert waiver_uses(SuppressionResult(Report()), terms)[0][1][0].until == "2026-06-14"


def test_a_waiver_of_an_unknown_rule_is_suggested_another() -> None:
    terms = SuppressionContext(policy(waiver("root-usr")), TODAY)
    ((_, (use,)),) = waiver_uses(SuppressionResult(Report()), terms)
    assert (use.state, use.suggestion) == (AllowanceState.UNKNOWN, "root-user")


def test_the_baseline_comes_last() -> None:
    old, new = finding(), finding("unpinned-image")
    baseline = read_baseline(Source("b", write_baseline([old, finding("host-path")])))
    report = Report((old, new)) + examined()
    result = suppress_report(report, SuppressionContext(policy(), TODAY, baseline))
    assert result.report.findings == (new,)
    assert result.report.allowed == (Allowed(old, AllowanceKind.BASELINE, "the baseline holds it"),)
    assert [entry.rule for entry in result.stale] == ["host-path"]
    waived = suppress_report(report, SuppressionContext(policy(waiver()), TODAY, baseline))
    assert waived.report.allowed[0].kind is AllowanceKind.WAIVER


def test_the_baseline_is_stale_only_for_what_was_examined() -> None:
    baseline = Baseline({"0": BaselineEntry("gone/Dockerfile", "root-user", "", "0")})
    assert suppress_report(examined(), SuppressionContext(policy(), TODAY, baseline)).stale == ()
    terms = SuppressionContext(policy(), TODAY, baseline)
    below = terms._replace(was_examined=lambda path: path.startswith("gone/"))
    assert suppress_report(examined(), below).stale
    seen = terms._replace(baseline_place=lambda origin: f"gone/{origin}")
    assert suppress_report(examined(), seen).stale


def test_waivers_of_single_files_are_not_tried_on_every_finding() -> None:
    def suppressed(size: int) -> None:
        places = [f"service{number}/Dockerfile" for number in range(size)]
        given = policy(*(waiver(where=place) for place in places))
        report = Report(tuple(finding(origin=place) for place in places))
        result = suppress_report(report, SuppressionContext(given, TODAY))
        assert len(result.report.allowed) == len(result.used) == size

    assert growth(suppressed, 20) < 2.2


OFF = Terms(Allowances(dict.fromkeys(WAYS, NONE)), "org.yaml", place=lambda path: path)


def refused_by(terms: Terms, given: Policy, baseline: Baseline | None = None) -> SuppressionResult:
    context = SuppressionContext(given, TODAY, baseline, terms=(terms,), whole=True)
    context = context._replace(baseline_terms=context.terms)
    return suppress_report(Report((finding(subject="gcr.io/x"),)) + examined(), context)


def notes(result: SuppressionResult) -> list[str]:
    (stands,) = result.report.findings
    assert result.report.allowed == ()
    return [note.message for note in stands.notes]


def test_a_waiver_that_is_not_accepted_allows_nothing_and_is_told() -> None:
    given = policy(waiver(), waiver(where="Dockerfile"))
    result = refused_by(OFF, given)
    assert notes(result) == [
        "the waiver at policy.yaml:1 (and 1 more) is not accepted: waivers do not count (org.yaml)"
    ]
    where = result.report.findings[0].notes[0].location
    assert where is not None
    assert (where.origin, where.span) == ("policy.yaml", Span(2, 6))
    context = SuppressionContext(given, TODAY, terms=(OFF,), whole=True)
    ((_, uses),) = waiver_uses(result, context)
    assert [(use.state, use.reason) for use in uses] == [
        (AllowanceState.REFUSED, "waivers do not count (org.yaml)")
    ] * 2


def test_of_a_waiver_without_a_source_the_file_is_told() -> None:
    elsewhere = waiver()._replace(origin="lost.yaml")
    assert notes(refused_by(OFF, policy(elsewhere)))[0].startswith("a waiver of lost.yaml is not")


def test_an_exemption_that_is_not_accepted_exempts_nothing_and_is_told() -> None:
    exempt = RuleSetting("on", exempt=("gcr.io/*",), origins={"exempt": "policy.yaml:9"})
    assert notes(refused_by(OFF, policy(root_user=exempt))) == [
        "the exemption at policy.yaml:9 is not accepted: exemptions do not count (org.yaml)"
    ]
    nowhere = policy(root_user=exempt._replace(origins={}))
    assert notes(refused_by(OFF, nowhere))[0].startswith("an exemption is not accepted")


def test_a_baseline_that_is_not_accepted_holds_nothing_and_is_told() -> None:
    held = read_baseline(Source("b.json", write_baseline([finding(subject="gcr.io/x")])))
    assert notes(refused_by(OFF, policy(), held)) == [
        "the baseline b.json is not accepted: baselines do not count (org.yaml)"
    ]


def test_what_is_accepted_goes_before_what_is_not() -> None:
    short = Terms(Allowances(waiver_days=1))
    far, near = waiver(until="2027-01-01"), waiver()
    result = refused_by(short, policy(far, near))
    assert [allowed.until for allowed in result.report.allowed] == [TODAY]
    assert (set(result.used), set(result.refused), result.added) == ({near}, {far}, 1)


def test_what_a_waiver_may_not_allow_here_it_may_there() -> None:
    low = Terms(Allowances({"waivers": int(Severity.LOW)}))
    both = Report((finding(severity=Severity.LOW), finding(span=(5, 9)))) + examined()
    context = SuppressionContext(policy(waiver()), TODAY, terms=(low,), whole=True)
    result = suppress_report(both, context)
    assert [found.location.span.start for found in result.report.findings] == [5]
    ((_, (use,)),) = waiver_uses(result, context)
    assert use.state is AllowanceState.USED
