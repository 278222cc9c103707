from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from imagelint.core.errors import PolicyError
from imagelint.core.finding import Severity
from imagelint.policy.model import Policy, RuleSetting
from imagelint.run.policies import Policies
from tests.cli.projects import policy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOTHING = Policy()


def test_the_chosen_policies_hold_for_all(here: Path) -> None:
    (here / ".imagelint.yaml").write_text(policy("rules: {root-user: low}"), encoding="utf-8")
    chosen = Policies(["baseline"], NOTHING, set())
    assert chosen.of(".") is chosen.of("anywhere")
    assert chosen.of(".").setting("root-user").level is None
    assert chosen.all() == (chosen.of("."),)
    assert chosen.base_of(chosen.of(".")) == str(here)
    assert chosen.of(".").extends[0] == "baseline"


def test_without_a_policy_the_default_holds(here: Path) -> None:
    found = Policies([], NOTHING, set())
    assert found.all() == ()
    assert {"recommended", "gpu-serving"} <= set(found.of(".").extends)
    assert found.base_of(found.of(".")) == str(here)
    assert found.all() == (found.of("."),)


def test_the_nearest_policy_is_read_once_and_its_folder_is_its_base(here: Path) -> None:
    (here / "a/b").mkdir(parents=True)
    (here / "c").mkdir()
    (here / ".imagelint.yaml").write_text(policy("rules: {root-user: low}"), encoding="utf-8")
    (here / "a/.imagelint.yaml").write_text(policy("rules: {root-user: info}"), encoding="utf-8")
    found = Policies([], NOTHING, set())
    assert found.of("a/b") is found.of("a")
    assert found.of("c") is found.of(".")
    assert found.of("a").setting("root-user").level is Severity.INFO
    assert found.base_of(found.of("a")) in {"a", str(here / "a")}
    assert len(found.all()) == 2


def test_flags_lie_on_top(here: Path) -> None:
    flags = Policy(Severity.LOW.name, Severity.LOW, rules={"root-user": RuleSetting("off")})
    for chosen in ([], ["strict"]):
        given = Policies(chosen, flags, set()).of(".")
        assert given.fail_on is Severity.LOW
        assert given.setting("root-user").level == "off"


def test_a_pack_that_is_not_there_is_said() -> None:
    with pytest.raises(PolicyError, match="there is no policy pack `strickt`"):
        Policies(["strickt"], NOTHING, set())


def test_a_valid_policy_is_remembered(here: Path) -> None:
    (here / "ours.yaml").write_text(policy("rules: {root-user: low}"), encoding="utf-8")
    validated: set[str] = set()
    Policies(["ours.yaml"], NOTHING, validated)
    assert len(validated) == 1
    (here / "ours.yaml").write_text("rulez: 1\n", encoding="utf-8")
    with pytest.raises(PolicyError):
        Policies(["ours.yaml"], NOTHING, validated)
    assert len(validated) == 1


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (os.mkfifo, "not a regular file"),
        (lambda path: path.symlink_to("gone.yaml"), "no such file"),
        (lambda path: path.symlink_to("/etc/passwd"), "it lies outside of ."),
    ],
)
def test_what_stands_where_a_policy_is_read_and_is_none_is_no_silence(
    here: Path, make: Callable[[Path], None], part: str
) -> None:
    make(here / ".imagelint.yaml")
    with pytest.raises(PolicyError, match=part):
        Policies([], NOTHING, set()).of(".")


def test_a_policy_of_the_tree_does_not_lead_out_of_it(here: Path) -> None:
    (here / "other").mkdir()
    (here / "tree/policies").mkdir(parents=True)
    (here / "tree/.git").mkdir()
    loose = policy("rules: {root-user: off}")
    (here / "other/loose.yaml").write_text(loose, encoding="utf-8")
    (here / "tree/policies/inside.yaml").write_text(loose, encoding="utf-8")
    (here / "tree/link.yaml").symlink_to("policies/inside.yaml")
    own = here / "tree/.imagelint.yaml"
    own.write_text("name: x\nextends: [./policies/inside.yaml, ./link.yaml]\n", encoding="utf-8")
    assert "root-user" not in Policies([], NOTHING, set()).of("tree").enabled
    own.write_text("name: x\nextends: [../other/loose.yaml]\n", encoding="utf-8")
    with pytest.raises(PolicyError, match="it lies outside of tree"):
        Policies([], NOTHING, set()).of("tree")
    named = Policies(["tree/.imagelint.yaml"], NOTHING, set())
    assert "root-user" not in named.of(".").enabled
