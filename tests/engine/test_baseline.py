from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.errors import UsageError
from imagelint.core.fingerprint import fingerprint
from imagelint.core.source import Source, Span
from imagelint.engine.baseline import Baseline, compare, may_enter, read_baseline, write_baseline
from imagelint.engine.suppression import suppress
from tests.engine.findings import finding, located

if TYPE_CHECKING:
    from imagelint.core.finding import Finding

RULES = st.sampled_from(["root-user", "unpinned-image", "secret-value", "unused-allowance"])
FINDINGS = st.lists(
    st.builds(finding, RULES, origin=st.sampled_from(["a", "é"]), subject=st.text(max_size=2)),
    max_size=6,
)


def known(findings: list[Finding], baseline: Baseline) -> list[bool]:
    kept = suppress(findings, (compare(findings, baseline).suppression,)).kept
    return [finding not in kept for finding in findings]


@given(FINDINGS)
def test_what_was_written_is_known_but_for_what_never_enters(findings: list[Finding]) -> None:
    baseline = read_baseline(Source("b", write_baseline(findings)))
    assert known(findings, baseline) == [may_enter(item) for item in findings]
    assert compare(findings, baseline).missing == ()


@pytest.mark.parametrize("rule", ["secret-value", "unsigned-image", "wrong-signer"])
def test_secrets_and_signatures_never_enter(rule: str) -> None:
    assert json.loads(write_baseline([finding(rule)]))["findings"] == []


def test_a_fingerprint_that_somebody_wrote_for_a_secret_is_not_heard() -> None:
    secret = finding("secret-value")
    text = write_baseline([secret._replace(rule="root-user")])
    data = json.loads(text)
    data["findings"][0]["fingerprint"] = fingerprint(secret)
    assert known([secret], read_baseline(Source("b", json.dumps(data)))) == [False]


@pytest.mark.parametrize("field", ["origin", "rule", "subject"])
def test_an_entry_that_says_another_thing_than_its_fingerprint_is_not_heard(field: str) -> None:
    shown = finding("root-user", origin="a", subject="s")
    written = json.loads(write_baseline([shown]))
    written["findings"][0][field] = "unpinned-image"
    forged = read_baseline(Source("b", json.dumps(written)))
    assert known([shown], forged) == [False]
    (told,) = compare([shown], forged).missing
    assert getattr(told, field) == "unpinned-image"


def test_moved_lines_are_known_and_a_further_one_is_not() -> None:
    text = "FROM a\nUSER root\n"
    before = located(text, Span(7, 16))
    baseline = read_baseline(Source("b", write_baseline([before])))
    later = "# a comment\n\n" + text + "USER root\n"
    moved, further = located(later, Span(20, 29)), located(later, Span(30, 39))
    assert known([moved, further], baseline) == [True, False]


def test_what_is_no_longer_found_is_missing() -> None:
    baseline = read_baseline(Source("b", write_baseline([finding(), finding("host-path")])))
    (missing,) = compare([finding()], baseline).missing
    assert missing.rule == "host-path"


def test_the_text_is_sorted_and_says_its_version() -> None:
    text = write_baseline([finding(origin="b"), finding(origin="a")])
    data = json.loads(text)
    assert data["version"] == 1
    assert [entry["origin"] for entry in data["findings"]] == ["a", "b"]
    assert text == write_baseline([finding(origin="a"), finding(origin="b")])
    assert compare([], Baseline()).missing == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "no version"),
        ("{}", "no version"),
        ('{"version": 2}', "version 2, this reads 1"),
        ('{"version": 1}', "not a list"),
        ('{"version": 1, "findings": [7]}', "not a list"),
        ('{"version": 1, "findings": [{"origin": "a"}]}', "not a list"),
    ],
)
def test_what_is_not_a_baseline_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError) as raised:
        read_baseline(Source("b.json", text))
    (complaint,) = raised.value.complaints
    assert why in complaint.message
    assert complaint.at == "b.json"
