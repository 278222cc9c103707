from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.signatures import (
    SIGNATURE,
    SignatureCheck,
    SignatureOutcome,
    SignatureReport,
    parse_signatures,
    write_signatures,
)
from tests.documents.image.test_jsonview import VALUES

IMAGE = "a.test/llm@sha256:" + "0a" * 32
TEXT = st.text(st.characters(codec="utf-8", min_codepoint=33, max_codepoint=126), max_size=10)


def parse(text: str) -> SignatureReport:
    return parse_signatures(Source("a.test/llm:v1", text))


def check(outcome: SignatureOutcome, *predicates: str) -> SignatureCheck:
    return SignatureCheck(NOWHERE, "build", outcome, "why", predicates, path="signer build")


def test_a_signature_is_verified() -> None:
    verified = check(SignatureOutcome.VERIFIED, SIGNATURE)
    found = parse(write_signatures(IMAGE, [verified]))
    assert found.checks == tuple(found.nodes()) == (verified,)
    assert (found.signed, found.verified) == (True, True)
    assert (found.image, found.digest) == (IMAGE, IMAGE.rpartition("@")[2])
    assert found.source == Source("a.test/llm:v1", "")


def test_a_verdict_without_a_signature_is_not_believed() -> None:
    other = "https://cosign.sigstore.dev/attestation/vuln/v1"
    found = parse(write_signatures(IMAGE, [check(SignatureOutcome.VERIFIED, other)]))
    assert found.checks[0].outcome is SignatureOutcome.UNSIGNED
    assert (found.signed, found.verified) == (False, False)


@pytest.mark.parametrize("outcome", [SignatureOutcome.WRONG_SIGNER, SignatureOutcome.UNTRUSTED])
def test_a_refused_signature_is_one(outcome: SignatureOutcome) -> None:
    found = parse(write_signatures(IMAGE, [check(outcome)]))
    assert (found.signed, found.verified) == (True, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "the report about signatures ends too early, after 1 characters"),
        ("{}", "the report about signatures has no `image` or no `checks`"),
        ('{"image": "x"}', "the report about signatures has no `image` or no `checks`"),
        (
            '{"image": "x", "checks": [{"outcome": "fine\\u001b"}]}',
            "there is no outcome `fine` of a signature check",
        ),
    ],
)
def test_what_is_no_report_is_refused(text: str, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        parse(text)


@given(
    st.lists(
        st.builds(
            lambda signer, outcome, reason, notes: SignatureCheck(
                *(NOWHERE, signer, outcome, reason, (SIGNATURE,), tuple(notes)),
                path=f"signer {signer}",
            ),
            TEXT,
            st.sampled_from(SignatureOutcome),
            TEXT,
            st.lists(TEXT.filter(bool), max_size=2),
        ),
        max_size=3,
    )
)
def test_what_is_written_is_read(checks: list[SignatureCheck]) -> None:
    assert list(parse(write_signatures(IMAGE, checks)).checks) == checks


@given(VALUES)
def test_anything_is_read_or_refused(checks: object) -> None:
    try:
        found = parse(json.dumps({"image": IMAGE, "checks": checks}))
    except DocumentError:
        return
    assert not found.verified
