from __future__ import annotations

import pytest

from imagelint.core.redact import MASK, redact


@pytest.mark.parametrize(
    "text",
    [
        "serve --api-key {}",
        "serve --hf-token={}",
        '["serve", "--admin-api-key", "{}"]',
        "- --api-key\n- {}",
        '- "--api-key"\n  - "{}"',
        "export HF_TOKEN={}",
        'A=1 DB_PASSWORD="{}" run',
        "https://user:{}@example.com/",
        "Authorization: Bearer {}",
    ],
)
def test_what_stands_behind_a_word_for_secrets_is_masked(text: str) -> None:
    assert redact(text.format("correct-horse-battery")) == text.format(MASK)


@pytest.mark.parametrize(
    "text",
    [
        "serve --tokenizer Qwen/Qwen3-8B",
        "serve --api-key $VLLM_API_KEY",
        "MAX_TOKENS=40960000",
        "HF_TOKEN=$OTHER_TOKEN",
        '["--api-key"]',
        "an_npm_" + "Qw7Zk3Xv9Mt2Bn5Hr8Pd4Fj6Ly1Gs0CuVbEa",
        "- --api-key\n- --port",
        "tfp_joint_distribution_with_a_long_name_of_words",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert redact(text) == text


def _body(length: int, letters: str = "q7TzRm2WxLbNk4sYcPdGhJ6fAuEoVi") -> str:
    return (letters * (length // len(letters) + 1))[:length]


_HEX = "0a9f3b7c2e8d41650bf7a9c3d2e18456"
# What comes in front, the body, what comes behind.
_SHAPED = (
    ("A3-", f"QZT4WM-{_body(11).upper()}-R7KPA-Q2W4E-ZX8CV", ""),
    ("p8e-", _body(32), ""),
    ("ABIA", "QZTWMKRNPBXCVLSD", ""),
    ("ATBB", _body(32), ""),
    ("aio_", _body(28), ""),
    ("CLOJARS_", _body(60).lower(), ""),
    ("cfut_", _body(40) + _HEX[:8], ""),
    ("cfk_", _body(40) + _HEX[:8], ""),
    ("eyJhIjoi", _body(140), ""),
    ("duffel_live_", _body(43), ""),
    ("EZAK", _body(54), ""),
    ("EAAM", _body(110), ""),
    ("FLWSECK-", _body(32).lower(), "-X"),
    ("fio-u-", _body(64), ""),
    ("GR1348941", _body(20), ""),
    ("eyJrIjoi", _body(90), ""),
    ("ico-", _body(32), ""),
    ("K10", _HEX * 2, f"::server:{_HEX}"),
    ("q7TzRm_", _body(29), "_mmk"),
    ("API-", _body(26).upper(), ""),
    ("NRII-", _body(25), ""),
    ("", _HEX, "FFFFNRAL"),
    ("AA", _HEX + _HEX[:8], "-NRMA"),
    ("ramp_sec_", _body(48), ""),
    ("rdme_", _body(70).lower(), ""),
    ("rootly_", _HEX * 2, ""),
    ("salad_cloud_user_", _body(50), ""),
    ("tk-us-", _body(48), ""),
    ("xoxe-1-", _body(146), ""),
    ("sgp_", _HEX + _HEX[:8], ""),
    ("tfp_", _body(50), ""),
)


@pytest.mark.parametrize(("front", "body", "back"), _SHAPED)
def test_what_an_issuer_shapes_is_masked_under_any_name(front: str, body: str, back: str) -> None:
    assert redact(f"COLOUR={front}{body}{back}") == f"COLOUR={MASK}"
    short = f"COLOUR={front}{body[:12]}{back}"
    assert redact(short) == short
