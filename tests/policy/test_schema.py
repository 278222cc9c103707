from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from imagelint.core.errors import PolicyError
from imagelint.core.source import Source
from imagelint.policy.check import complaints as all_complaints
from imagelint.policy.check import former_names
from imagelint.policy.load import load_policy
from imagelint.policy.schema import policy_schema, written_schema
from imagelint.policy.text import read_text

SCHEMA = Path(__file__).parents[2] / "policies" / "policy.schema.json"


def read(_origin: str) -> Source:
    raise OSError("nothing is there")


def complaints(setting: str) -> list[str]:
    text = f"extends: []\nrules: {{unpinned-image: {setting}}}\n"
    try:
        load_policy(Source("a.yaml", text), read)
    except PolicyError as error:
        return [f"{said.at} {said.message} | {said.help}" for said in error.complaints]
    return []


def test_the_schema_in_the_repository_is_the_generated_one() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == written_schema()


@pytest.mark.usefixtures("three_rules")
def test_it_is_a_schema_that_describes_each_rule() -> None:
    schema = policy_schema()
    Draft202012Validator.check_schema(schema)
    json.dumps(schema)
    rules = schema["properties"]["rules"]["properties"]
    assert rules["root-user"]["description"] == "The container would run as root."
    assert rules["runs-as-root"]["deprecated"] is True
    assert rules["bad-image"] == {
        "description": "Now root-user, unpinned-image.",
        "$ref": "#/$defs/setting",
        "deprecated": True,
    }


@pytest.mark.usefixtures("three_rules")
def test_options_become_properties() -> None:
    rule = policy_schema()["properties"]["rules"]["properties"]["unpinned-image"]
    properties = rule["anyOf"][1]["properties"]
    strings = {"type": "string"}
    assert properties["pin"] == {"enum": ["tag", "digest"], "default": "digest"}
    assert properties["at-least"] == {
        "type": "integer",
        "description": "How many.",
        "default": 3,
        "minimum": 1,
        "maximum": 9,
    }
    assert properties["names"] == {"type": "array", "items": strings, "default": ["a", "b"]}
    assert properties["worst"]["default"] == "high"
    assert properties["mode"] == {"enum": ["fast", "slow"], "default": "fast"}
    assert properties["limit"] == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert properties["pattern"] == {"type": "string", "default": "x", "format": "regex"}


@pytest.mark.usefixtures("three_rules")
@pytest.mark.parametrize(
    "setting",
    [
        "high",
        "{level: off}",
        "{pin: tag, share: 1, strictly: true, names: [], limit: null}",
        "{limit: 3, worst: low, mode: slow, pattern: a+}",
    ],
)
def test_what_the_dataclass_takes_is_valid(setting: str) -> None:
    assert complaints(setting) == []


@pytest.mark.usefixtures("three_rules")
@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("{pinn: tag}", "a.yaml:2:26 unknown key `pinn` | did you mean `pin`?"),
        ("{pin: tagg}", "a.yaml:2:31 `tagg` is none of: tag, digest | did you mean `tag`?"),
        ("{at-least: 10}", "a.yaml:2:36 10 is more than 9 | How many."),
        ("{at-least: 0}", "a.yaml:2:36 0 is less than 1 | How many."),
        ("{at-least: 1.5}", "a.yaml:2:36 expected a whole number, found a number | How many."),
        ("{limit: x}", "a.yaml:2:33 expected a whole number, found a text | "),
        ("{pattern: '('}", "a.yaml:2:35 the regular expression `(` does not compile | "),
        ("{strictly: 1}", "a.yaml:2:36 expected true or false, found a number | "),
    ],
)
def test_what_it_does_not_take_is_said_at_its_place(setting: str, expected: str) -> None:
    assert complaints(setting) == [expected]


@pytest.mark.usefixtures("three_rules")
def test_options_are_not_said_by_a_former_name_of_several_rules() -> None:
    text = read_text(Source("a.yaml", "rules:\n  bad-image: {level: low, pin: tag}\n"))
    assert [said.message for said in all_complaints(text)] == ["unknown key `pin`"]


@pytest.mark.usefixtures("three_rules")
def test_a_waiver_may_name_a_rule_as_it_was_called_before() -> None:
    waiver = "{rule: bad-image, reason: x, until: 2027-01-31}"
    assert all_complaints(read_text(Source("a.yaml", f"waivers: [{waiver}]\n"))) == ()


@pytest.mark.usefixtures("three_rules")
def test_advice_is_given_about_former_names() -> None:
    waiver = "{rule: bad-image, reason: x, until: 2027-01-31}"
    text = "rules:\n  root-user: on\n  runs-as-root: low\nwaivers:\n- " + waiver
    advice = former_names(read_text(Source("a.yaml", text)))
    assert [(said.at, said.message, said.help) for said in advice] == [
        ("a.yaml:3:3", "`runs-as-root` is called `root-user` now", "write the new name"),
        ("a.yaml:5:10", "`bad-image` is 2 rules now", "see `imagelint explain bad-image`"),
    ]
