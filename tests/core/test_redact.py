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
        "- --api-key\n- --port",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert redact(text) == text
