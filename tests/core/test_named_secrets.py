from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.named_secrets import ANYTHING, hint_places, hinted, named_values

LINES = (
    "API_KEY=abcdef123456", "export DB_PASSWORD='correct-horse'", "curl -u bob:hunter22 https://a",
    "https://user:password@host.example/x", "Authorization: Bearer abcdefghijkl", "echo hello",
    "useradd -p abcdef bob", "unzip -P secret99 a.zip", "docker login -p hunter2222 registry", "",
    "\u0130stanbul TOKEN=abcdef123456", "mysql -psecret99 -h db", "openssl passwd -1 hunter22",
)  # fmt: skip


@given(st.lists(st.sampled_from(LINES), max_size=5), st.data())
def test_what_a_text_may_hold_so_may_its_parts(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines)
    start = data.draw(st.integers(0, len(text)))
    part = text[start : data.draw(st.integers(start, len(text)))]
    assert list(named_values(part, hinted(text))) == list(named_values(part))


@given(st.lists(st.sampled_from(LINES), max_size=5), st.data())
def test_a_part_without_a_word_that_tells_has_no_value(
    lines: list[str], data: st.DataObject
) -> None:
    text = "\n".join(lines).replace("\u0130", "I")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if not any(start <= at < end for at in hint_places(text, hinted(text))):
        assert list(named_values(text[start:end])) == []


def test_words_that_tell_are_found_wherever_they_begin() -> None:
    text = "A=b\nTOKEN=abcdef123456 KEYKEY=1"
    assert hint_places(text, hinted(text)) == (4, 23, 26)
    assert hint_places("", hinted(text)) == ()


def test_most_is_in_no_text() -> None:
    found = hinted("ENV API_KEY=abcdef123456\nRUN unzip a.zip\n")
    assert [word for word, _ in found.words] == ["key"]
    assert len(found.forms) == 1
    assert set(hinted("\n".join(LINES)).forms) < set(ANYTHING.forms)
    assert hinted("") == ((), ())


@pytest.mark.parametrize(
    "word", ["password", "passwords", "passwd", "passphrase", "db_pwd", "a-pat"]
)
def test_a_password_may_look_like_a_version(word: str) -> None:
    (found,) = named_values(f"--{word}=1.2.3.456")
    assert found.name == word


@pytest.mark.parametrize(
    "text", ["jsonwebtoken: ^9.0.22", "token=0.3.0-rc1", "client-secret=1.25.10"]
)
def test_versions_of_packages_are_no_secrets(text: str) -> None:
    assert list(named_values(text)) == []
