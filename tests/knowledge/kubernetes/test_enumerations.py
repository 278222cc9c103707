from __future__ import annotations

import pytest

from imagelint.knowledge.kubernetes.enumerations import Enumeration, enumerated, enumeration
from imagelint.knowledge.tables import table

CAPABILITY = enumeration("Security", "capabilities", "add", "*")
COMPOSE_CAPABILITY = enumeration("compose service", "cap_add", "*")


def test_every_part_is_found_from_something_that_is_read() -> None:
    read = {"PodSpec", "compose service", *table("engines/index")["engines"]} | {
        kind for row in table("kubernetes_kinds")["versions"] for kind in row["kinds"]
    }
    for custom in table("kubernetes/custom_resources")["kinds"]:
        read |= {f"{custom['kind']}.{api.partition('/')[0]}" for api in custom["apis"]}
    inside = {row["part"]: row["inside"] for row in table("enumerations")["parts"]}
    for row in table("enumerations")["fields"]:
        part = row["of"]
        while part not in read:
            part = inside[part]
        assert isinstance(enumerated(row["of"]), dict)


def test_every_field_says_its_words_once_and_where_they_come_from() -> None:
    seen: set[tuple[str, str]] = set()
    for row in table("enumerations")["fields"]:
        assert row["source"]
        assert ("words" in row) is not ("names" in row)
        for path in row["paths"]:
            assert (row["of"], path) not in seen
            seen.add((row["of"], path))


def test_a_field_without_words_has_no_enumeration() -> None:
    with pytest.raises(KeyError):
        enumeration("Security", "seccompProfile")
    with pytest.raises(KeyError):
        enumeration("Security", "seccompProfile", "kind")


@pytest.mark.parametrize("word", ["ALL", "all", "sys_admin", "SYS_ADMIN", "", "$CAP", "{{ a }}"])
def test_capabilities_that_are_some(word: str) -> None:
    assert not CAPABILITY.refuses(word)
    assert not COMPOSE_CAPABILITY.refuses(word)


def test_not_every_runtime_takes_the_prefix_of_a_capability() -> None:
    assert CAPABILITY.refuses("CAP_SYS_ADMIN")
    assert not COMPOSE_CAPABILITY.refuses("CAP_SYS_ADMIN")
    assert not COMPOSE_CAPABILITY.refuses("cap_sys_admin")
    assert COMPOSE_CAPABILITY.refuses("CAP_EVERYTHING")
    assert not COMPOSE_CAPABILITY.is_refused_prefix("CAP_SYS_ADMIN")


def test_the_nearest_word_is_that_of_other_capitals_or_a_slip() -> None:
    words = Enumeration(("Always", "OnFailure", "Never"))
    assert words.nearest("never") == "Never"
    assert words.nearest("on-failure") == "OnFailure"
    assert words.nearest("sometimes") == ""
    assert CAPABILITY.nearest("CAP_SYS_ADMN") == "SYS_ADMIN"


@pytest.mark.parametrize(("word", "taken"), [("HugePages-1Gi", True), ("HugePage", False)])
def test_a_star_is_the_rest_of_a_word(word: str, taken: bool) -> None:  # noqa: FBT001 - a table
    assert enumeration("PodSpec", "volumes", "*", "emptyDir", "medium").takes(word) is taken
