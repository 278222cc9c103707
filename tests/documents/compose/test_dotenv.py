from __future__ import annotations

import pytest

from imagelint.documents.compose.dotenv import read_dotenv


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("TAG=v1", "v1"),
        ("export TAG = v1 ", "v1"),
        ("TAG: v1", "v1"),
        ("TAG=v1 # the last one", "v1"),
        ("TAG=v1#2", "v1#2"),
        ("TAG=#", ""),
        ("TAG=", ""),
        ("TAG='v1 # $X'", "v1 # $X"),
        ('TAG="v1 # ${OWN:-2}"', "v1 # 2"),
        ('TAG="a\nb"', "a\nb"),
        ("OWN=3\nTAG=v$OWN", "v3"),
        ("TAG=$OTHER", None),
        ('TAG="a\\nb"', None),
    ],
)
def test_lines(line: str, expected: str | None) -> None:
    assert read_dotenv(f"# a comment\n\n{line}\n")["TAG"] == expected


def test_secrets_are_set_and_not_known() -> None:
    token = "hf_" + "a1B2" * 9
    read = read_dotenv(f"HF_TOKEN=x\nOTHER={token}\nQUOTED='{token}'\n")
    assert read == {"HF_TOKEN": None, "OTHER": None, "QUOTED": None}
