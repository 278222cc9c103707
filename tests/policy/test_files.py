from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.core.source import Source
from imagelint.policy.load import load_policy
from imagelint.policy.schema import policy_schema

if TYPE_CHECKING:
    from imagelint.policy.model import Policy

ROOT = Path(__file__).parents[2] / "testdata" / "policies"
_EXPECT = re.compile(r"# expect: (?:([a-z-]+\.yaml):)?(\d+:\d+) (.*)")

pytestmark = pytest.mark.usefixtures("three_rules")


def load(folder: Path, name: str) -> Policy:
    def read(origin: str) -> Source:
        try:
            return Source(origin, (folder / origin).read_text(encoding="utf-8"))
        except OSError as error:
            raise OSError("not there") from error

    return load_policy(read(name), read)


def said(complaint: Diagnostic) -> str:
    message = complaint.message.removesuffix(": not there")
    advice = f" ({complaint.help})" if complaint.help else ""
    return f"{complaint.at} {message}{advice}"


@pytest.mark.parametrize("path", sorted((ROOT / "invalid").glob("*.yaml")), ids=lambda p: p.stem)
def test_everything_that_is_wrong_is_said_at_its_place(path: Path) -> None:
    expected = [
        f"{file or path.name}:{place} {message}"
        for file, place, message in _EXPECT.findall(path.read_text(encoding="utf-8"))
    ]
    assert expected
    with pytest.raises(PolicyError) as raised:
        load(path.parent, path.name)
    assert [said(complaint) for complaint in raised.value.complaints] == expected


@pytest.mark.parametrize("path", sorted((ROOT / "valid").glob("*.yaml")), ids=lambda p: p.stem)
def test_valid_policies_load(path: Path) -> None:
    assert load(path.parent, path.name).sources


def test_the_schema_is_a_schema() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(policy_schema())
