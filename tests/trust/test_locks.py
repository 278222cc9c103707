"""What the policies of an examined tree cannot loosen, with real files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import DIGEST, GOOD, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program
    from tests.trust.conftest import Repository

LOCK = "extends: [baseline]\nlock:\n  rules: {root-user: high}\n"
LOOSENINGS = {
    "off": "rules: {root-user: off}",
    "lower": "rules: {root-user: info}",
    "exempt": "rules: {root-user: {exempt: ['**']}}",
    "fail-on": "fail-on: critical",
    "nothing extended": "extends: []",
    "excluded": "exclude: ['**']",
    "waived": "waivers: [{rule: root-user, reason: why not, until: 2999-01-01}]",
    "waived at a place": "waivers: [{rule: root-user, where: svc, reason: so, until: 2999-01-01}]",
    "a lock of its own": "lock: {rules: {root-user: info}, fail-on: critical}",
    "an option": "rules: {root-user: {level: high, exempt: [Dockerfile]}}",
}


@pytest.mark.parametrize("text", LOOSENINGS.values(), ids=LOOSENINGS.keys())
@pytest.mark.parametrize("nested", [False, True])
def test_a_locked_rule_fails_whatever_the_tree_says(
    program: Program, repository: Repository, outside: Path, text: str, *, nested: bool
) -> None:
    (outside / "policy.yaml").write_text(LOCK, encoding="utf-8")
    repository.write("svc/Dockerfile", ROOT)
    repository.write("svc/.imagelint.yaml" if nested else ".imagelint.yaml", text)
    assert program("check", "--policy", str(outside / "policy.yaml")).code == 1


@pytest.mark.parametrize("text", LOOSENINGS.values(), ids=LOOSENINGS.keys())
def test_without_a_trusted_policy_the_tree_may_do_it(
    program: Program, repository: Repository, text: str
) -> None:
    repository.write("Dockerfile", GOOD)
    repository.write(".imagelint.yaml", text)
    assert program("check").code in (0, 3)


def test_the_organisation_binds_what_the_command_line_names(
    program: Program, repository: Repository, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (outside / "policy.yaml").write_text(LOCK, encoding="utf-8")
    monkeypatch.setenv("IMAGELINT_POLICY", str(outside / "policy.yaml"))
    repository.write("Dockerfile", ROOT)
    repository.write("ours.yaml", "extends: [baseline]\nrules: {root-user: off}")
    assert program("check", "--policy", "ours.yaml").code == 1
    assert program("check").code == 1
    # Whoever runs us says it in so many words.
    assert program("check", "--rule", "root-user=off").code == 0


def test_comments_do_not_loosen_what_is_locked(
    program: Program, repository: Repository, outside: Path
) -> None:
    repository.write("Dockerfile", f"# imagelint: allow root-user -- because\n{ROOT}")
    assert program("check", "--policy", "baseline").code == 0
    (outside / "policy.yaml").write_text(LOCK, encoding="utf-8")
    assert program("check", "--policy", str(outside / "policy.yaml")).code == 1


def test_a_baseline_does_not_hold_what_is_locked(
    program: Program, repository: Repository, outside: Path
) -> None:
    repository.write("Dockerfile", ROOT)
    for path in ("b.json", str(outside / "b.json")):
        program("check", "--policy", "recommended", "--write-baseline", path)
    (outside / "policy.yaml").write_text(LOCK, encoding="utf-8")
    chosen = ("check", "--policy", str(outside / "policy.yaml"))
    assert program(*chosen, "--baseline", "b.json").code == 1
    repository.write(".imagelint.yaml", "baseline: b.json")
    assert program(*chosen).code == 1
    repository.write(".imagelint.yaml", "")
    assert program(*chosen, "--baseline", str(outside / "b.json")).code == 0


def test_what_is_not_locked_is_the_tree_s(
    program: Program, repository: Repository, outside: Path
) -> None:
    (outside / "policy.yaml").write_text(
        "rules: {root-user: high}\nlock: {rules: {unpinned-image: high}}\n",
        encoding="utf-8",
    )
    repository.write("Dockerfile", ROOT)
    chosen = ("check", "--policy", str(outside / "policy.yaml"))
    assert program(*chosen).code == 1
    repository.write(".imagelint.yaml", "rules: {root-user: off}")
    assert program(*chosen).code == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("extends: [recommended]", False),
        ("extends: [recommended]\nfail-on: high", True),
        ("extends: [recommended]\nrules: {privilege-escalation: on}", True),
    ],
)
def test_what_a_pack_of_ours_says_is_no_attempt_of_the_tree(
    program: Program, repository: Repository, outside: Path, said: str, *, told: bool
) -> None:
    lock = "lock: {fail-on: low, rules: {privilege-escalation: critical}}\n"
    (outside / "policy.yaml").write_text(f"extends: [baseline]\nfail-on: low\n{lock}")
    repository.write("Dockerfile", GOOD)
    repository.write(".imagelint.yaml", said)
    answer = program("check", "--policy", str(outside / "policy.yaml"))
    assert ("policy-weakened" in answer.out) is told


@pytest.mark.parametrize(
    ("said", "pinned", "told"),
    [
        ("extends: [baseline]", False, False),
        ("extends: [strict]", True, False),
        ("rules: {unpinned-image: {pin: digest}}", True, False),
        ("rules: {unpinned-image: {pin: tag}}", False, True),
    ],
)
def test_a_tree_tightens_the_options_of_a_locked_rule(  # noqa: PLR0913 - fixtures, and one row
    program: Program, repository: Repository, outside: Path, said: str, *, pinned: bool, told: bool
) -> None:
    lock = "extends: [baseline]\nlock: {rules: {unpinned-image: on}}\n"
    (outside / "policy.yaml").write_text(lock)
    repository.write("Dockerfile", GOOD.replace(f"@{DIGEST}", ""))
    repository.write(".imagelint.yaml", said)
    answer = program("check", "--policy", str(outside / "policy.yaml"))
    assert ("[unpinned-image]" in answer.out, "policy-weakened" in answer.out) == (pinned, told)
