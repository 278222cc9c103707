"""The table of constraints speaks of types, fields and forms that exist, and each row is asked."""

from __future__ import annotations

import pytest

from imagelint.documents.kubernetes.constraints.forms import FORMS, amount, is_address, is_network
from imagelint.documents.kubernetes.constraints.schedules import why_no_schedule
from imagelint.documents.kubernetes.constraints.tabled import tabled
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml
from imagelint.knowledge.kubernetes.constraints import constraints_of
from imagelint.knowledge.kubernetes.fields import object_type
from imagelint.knowledge.tables import table

ROWS = table("kubernetes/constraints")
TYPES = sorted(
    {
        name
        for part in (ROWS["required"], ROWS["ranges"], ROWS["words"], ROWS["choices"])
        for row in part
        for name in row["types"]
    }
)


def told(text: str, name: str, *, whole: bool = True) -> list[str]:
    [root] = load_yaml(text)
    return [one.message for one in tabled(Cursor(root), object_type(name), whole=whole)]


@pytest.mark.parametrize("name", TYPES)
def test_a_type_is_held_to_fields_that_it_has(name: str) -> None:
    held = constraints_of(name)
    assert held is not None
    named = {*held.required, *(one.field for one in held.ranges)}
    named |= {one.field for one in held.words}
    named |= {field for choice in held.choices for field in choice.fields}
    known = set(object_type(name).fields)
    # A row of several types names what some of them have.
    assert named & known
    assert {one.form for one in held.words} <= set(FORMS)


@pytest.mark.parametrize("name", TYPES)
def test_a_field_that_must_be_there_is_missed_where_an_object_is_whole(name: str) -> None:
    held = constraints_of(name)
    assert held is not None
    messages = told("other: 1", name)
    assert all(any(f"`{field}`" in one for one in messages) for field in held.required)
    assert told("other: 1", name, whole=False) == []


@pytest.mark.parametrize("name", TYPES)
def test_a_number_is_held_to_its_limits(name: str) -> None:
    held = constraints_of(name)
    assert held is not None
    for bounds in held.ranges:
        assert told(f"{bounds.field}: {bounds.least - 1}", name, whole=False)
        assert told(f"{bounds.field}: {bounds.least}", name, whole=False) == []
        if bounds.most is not None:
            assert told(f"{bounds.field}: {bounds.most + 1}", name, whole=False)
            assert told(f"{bounds.field}: {bounds.most}", name, whole=False) == []


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        ("0 3 * * *", ""),
        ("*/15,30 0-6/2 1 JAN-mar ?", ""),
        ("5/10 * * * sun", ""),
        ("@every 1h30m", ""),
        ("@weekly", ""),
        ("@sometimes", "there is no such word"),
        ("TZ=UTC 0 3 * * *", "its zone belongs into `timeZone`"),
        ("0 3 * *", "it has 4 fields instead of 5"),
        ("daily", "it has 1 field instead of 5"),
        ("60 3 * * *", "`60` is no minute"),
        ("0 24 * * *", "`24` is no hour"),
        ("0 3 0 * *", "`0` is no day of the month"),
        ("0 3 * 13 *", "`13` is no month"),
        ("0 3 * * 7", "`7` is no day of the week"),
        ("0 5-3 * * *", "`5-3` is no hour"),
        ("*/0 3 * * *", "`*/0` is no minute"),
        ("0 3 * * mon-", "`mon-` is no day of the week"),
    ],
)
def test_schedules_are_those_of_cron(schedule: str, why: str) -> None:
    assert why_no_schedule(schedule) == why


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("10.0.0.1", True),
        ("010.0.0.1", True),
        ("fd00::1", True),
        ("256.0.0.1", False),
        ("10.0.0", False),
        ("fd00::1%eth0", False),
        ("a:b", False),
        ("host", False),
    ],
)
def test_addresses(text: str, *, is_one: bool) -> None:
    assert is_address(text) is is_one
    assert is_network(f"{text}/8") is is_one
    assert not is_network(text)
    assert not is_network(f"{text}/129")
    assert not is_network(f"{text}/x")


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("1", True),
        ("25%", True),
        ("100%", True),
        ("<some>", True),
        ("'{{ .Values.surge }}'", True),
        ("-1", False),
        ("101%", False),
        ("-5%", False),
        ("'1'", False),
        ("some", False),
    ],
)
def test_parts_of_pods(written: str, *, right: bool) -> None:
    [root] = load_yaml(f"part: {written}")
    assert (list(amount(Cursor(root)["part"], most_percent=100)) == []) is right
