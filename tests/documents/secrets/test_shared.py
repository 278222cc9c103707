from __future__ import annotations

import pytest

from imagelint.core.redact import secret_spans
from imagelint.documents.secrets import shared
from imagelint.documents.secrets.shared import secrets_in

KEY = "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"
DIGEST = "0123456789abcdef" * 4
LISTED = (
    '    { url = "https://files.pythonhosted.org/packages/ab/cd/'
    f'{DIGEST}/a-1.0-py3-none-any.whl", hash = "sha256:{DIGEST}", size = 12, '
    'upload-time = "2025-01-02T03:04:05.678Z" },\n'
)
IN_POETRY = f'    {{file = "a-1.0.tar.gz", hash = "sha256:{DIGEST}"}},\n'


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"{LISTED}{KEY}\n{LISTED}",
        f"{LISTED * 3}# {KEY}\n{IN_POETRY * 2}# {KEY}\n",
        f"{LISTED}{IN_POETRY}",
        f"{IN_POETRY}TOKEN={KEY}",
        LISTED.replace("https://files.pythonhosted.org/", f"https://me:{KEY}@pypi.example.com/"),
        LISTED.replace("a-1.0-py3", f"a-1.0+{KEY}/py3"),
        LISTED.replace(DIGEST, KEY, 1),
    ],
)
def test_secrets_of_a_lock_file_stand_where_they_stand_in_any_text(text: str) -> None:
    assert set(secrets_in(text).shown) == set(secret_spans(text))


def test_a_key_between_the_files_of_a_release_is_at_its_place() -> None:
    text = f"{LISTED}{LISTED}token = '{KEY}'\n{LISTED}"
    assert {text[slice(*span)] for span in secrets_in(text).shown} == {KEY}


def test_a_text_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def spans(text: str) -> list[object]:
        asked.append(text)
        return []

    monkeypatch.setattr(shared, "secret_spans", spans)
    monkeypatch.setattr(shared, "_KNOWN", {})
    for text in ("FROM a", "FROM b", str(b"FROM a", "ascii")):
        secrets_in(text)
    assert asked == ["FROM a", "FROM b"]


def test_of_texts_with_many_secrets_and_of_many_texts_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known: dict[bytes, object] = {}
    monkeypatch.setattr(shared, "_KNOWN", known)
    assert len(secrets_in(f"{KEY}\n" * 200).shown) > 100
    assert not known
    for number in range(shared._MOST_TEXTS + 1):
        secrets_in(f"FROM a:{number}")
    assert len(known) == 1
