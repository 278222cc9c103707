"""Which releases of a scanner may be run."""

from __future__ import annotations

import pytest

from imagelint.documents.image.releases import ReleaseRules, refused_release

RULES = ReleaseRules(least="0.70.0", denied=("0.72.0",))


@pytest.mark.parametrize(
    ("version", "why"),
    [
        ("0.69.4", "withdrawn on 2026-03-19, since it steals credentials"),
        ("0.69.5", "withdrawn"),
        ("0.69.6", "withdrawn"),
        ("0.69.3", "too old: 0.70.0 or later the policy asks for"),
        ("0.50.0", "too old: 0.70.0 or later the policy asks for"),
        ("0.72.0", "the policy denies"),
    ],
)
def test_a_release_is_refused(version: str, why: str) -> None:
    refusal = refused_release("trivy", version, RULES)
    assert refusal is not None
    assert why in refusal.why


@pytest.mark.parametrize("version", ["0.70.0", "0.76.0", "", "(devel)"])
def test_a_release_is_not_refused(version: str) -> None:
    assert refused_release("trivy", version, RULES) is None


def test_what_is_asked_of_it_must_be_understood() -> None:
    refusal = refused_release("trivy", "0.65.0", ReleaseRules())
    assert refusal is not None
    assert "0.66.0 or later is needed" in refusal.why
    assert refused_release("other", "0.1", ReleaseRules()) is None
