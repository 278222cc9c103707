"""Rules and plugins of policies that come with what is examined."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Program
    from tests.trust.conftest import Repository

RULE = """\
extends: []
rules: {root-user: on}
custom-rules:
  - {name: acme.any, subject: stage, condition: stage.final, message: any, severity: high}
"""
DOCKERFILE = "FROM alpine:3.20\nUSER 1000\n"


def verdict(program: Program, *arguments: str) -> tuple[int, list[str], list[tuple[str, str]]]:
    """The code, the rules that spoke, and the problems with their places."""
    answer = program("check", "--no-cache", "--format", "json", *arguments)
    assert answer.out, answer.err
    report = json.loads(answer.out)
    problems = [
        (f"{one['origin']}:{one['location']['start']['line']}", f"{one['kind']}: {one['detail']}")
        for one in report["problems"]
    ]
    return answer.code, [one["rule"] for one in report["findings"]], problems


def test_rules_of_the_examined_tree_are_refused_and_the_verdict_is_incomplete(
    repository: Repository, program: Program
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    repository.write(".imagelint.yaml", RULE)
    code, rules, problems = verdict(program)
    assert (code, rules) == (3, [])
    ((place, said),) = problems
    assert place == ".imagelint.yaml:4"
    assert said.startswith("refused: 1 rule of its own is not evaluated")
    # To name the file does not make it anybody else's.
    assert verdict(program, "--policy", ".imagelint.yaml") == (3, [], problems)


def test_rules_of_a_trusted_policy_speak(
    repository: Repository, program: Program, outside: Path
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    (outside / "policy.yaml").write_text(RULE)
    assert verdict(program, "--policy", str(outside / "policy.yaml")) == (1, ["acme.any"], [])


def test_rules_of_the_commit_speak_and_new_ones_do_not(
    repository: Repository, program: Program
) -> None:
    first = repository.commit(Dockerfile=DOCKERFILE, _imagelint_yaml=RULE)
    assert verdict(program, "--policy-from", first) == (1, ["acme.any"], [])
    weaker = RULE.replace("condition: stage.final", "condition: stage.scratch")
    repository.write(".imagelint.yaml", weaker)
    code, rules, _ = verdict(program, "--policy-from", first)
    assert (code, sorted(rules)) == (1, ["acme.any", "policy-weakened"])


PERMIT = "extends: []\nrules: {root-user: on}\nlock: {rules: {root-user: high}}\n"


@pytest.mark.parametrize(
    ("permit", "expected"),
    [
        ("permit: {custom-rules: true}", (1, ["acme.any"])),
        ("permit: {custom-rules: false}", (3, [])),
        ("permit: {plugins: [acme_rules]}", (3, [])),
        ("", (3, [])),
    ],
)
def test_a_trusted_policy_may_permit_them(
    repository: Repository,
    program: Program,
    outside: Path,
    permit: str,
    expected: tuple[int, list[str]],
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    repository.write(".imagelint.yaml", RULE)
    (outside / "policy.yaml").write_text(f"{PERMIT}{permit}\n")
    code, rules, problems = verdict(program, "--policy", str(outside / "policy.yaml"))
    assert (code, rules) == expected
    assert bool(problems) is (code == 3)


def test_the_tree_cannot_permit_itself(repository: Repository, program: Program) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    repository.write(".imagelint.yaml", f"{RULE}permit: {{custom-rules: true}}\n")
    assert verdict(program)[:2] == (3, [])


def test_the_tree_cannot_take_the_name_of_a_trusted_rule(
    repository: Repository, program: Program, outside: Path
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    repository.write(".imagelint.yaml", RULE.replace("stage.final", "stage.scratch"))
    trusted = f"{RULE}permit: {{custom-rules: true}}\nlock: {{rules: {{acme.any: high}}}}\n"
    (outside / "policy.yaml").write_text(trusted)
    code, rules, problems = verdict(program, "--policy", str(outside / "policy.yaml"))
    assert (code, rules) == (1, ["acme.any"])
    assert "the trusted policy has a rule of that name" in problems[0][1]


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        ("rules: {acme.any: off}", ["acme.any", "policy-weakened"]),
        ("rules: {acme.any: low}", ["acme.any", "policy-weakened"]),
        ("rules: {acme.any: critical}", ["acme.any"]),
    ],
)
def test_a_locked_rule_of_ones_own_is_only_tightened(
    repository: Repository, program: Program, outside: Path, said: str, rules: list[str]
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    repository.write(".imagelint.yaml", f"{said}\n")
    (outside / "policy.yaml").write_text(f"{RULE}lock: {{rules: {{acme.any: on}}}}\n")
    code, found, _ = verdict(program, "--policy", str(outside / "policy.yaml"))
    assert (code, sorted(found)) == (1, rules)


PLUGIN = '''\
"""Rules of a team."""

from dataclasses import dataclass

from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Severity, rule


@dataclass(frozen=True)
class Options:
    """Who may be named."""

    users: tuple[str, ...] = ("root",)


@rule(Stage, Severity.HIGH, options=Options)
def bad_user(stage, ctx, options):
    """The stage runs as somebody who may not be named.

    Bad:
        FROM alpine:3.20
        USER root

    Good:
        FROM alpine:3.20
        USER 1000
    """
    if stage.final and getattr(stage.user.name, "value", "") in options.users:
        yield ctx.finding(stage.user, "this user may not be named")


@rule(Stage, Severity.LOW)
def always(stage, ctx):
    """There is a stage.

    Bad:
        FROM scratch
    """
    yield ctx.finding(stage, "there is a stage")


RULES = (bad_user, always)
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of packages that lies beside what is examined."""
    folder = tmp_path / "packages"
    (folder / "team_rules").mkdir(parents=True)
    (folder / "team_rules" / "__init__.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in [name for name in sys.modules if name.startswith("team_")]:
        del sys.modules[name]


def plugin_policy(outside: Path, text: str = "plugins: [team_rules]\nextends: []\n") -> str:
    path = outside / "policy.yaml"
    path.write_text(text)
    return str(path)


def test_rules_of_a_plugin_speak(
    repository: Repository, program: Program, outside: Path, installed: Path
) -> None:
    repository.write("Dockerfile", "FROM alpine:3.20\nUSER root\n")
    found = verdict(program, "--policy", plugin_policy(outside))
    assert found == (1, ["team-rules.always", "team-rules.bad-user"], [])
    said = "rules: {team-rules.always: off, team-rules.bad-user: {users: [nobody]}}\n"
    text = f"plugins: [team_rules]\nextends: []\n{said}"
    assert verdict(program, "--policy", plugin_policy(outside, text)) == (0, [], [])


def test_an_option_that_a_plugin_does_not_have_is_an_error(
    repository: Repository, program: Program, outside: Path, installed: Path
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    text = "plugins: [team_rules]\nrules: {team-rules.bad-user: {user: [nobody]}}\n"
    answer = program("check", "--no-cache", "--policy", plugin_policy(outside, text))
    assert answer.code == 2
    assert "rules.team-rules.bad-user.user: no such option" in answer.err


def test_a_plugin_that_the_tree_names_is_not_imported(
    repository: Repository, program: Program, outside: Path, installed: Path
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    repository.write(".imagelint.yaml", "plugins: [team_rules]\n")
    code, _, problems = verdict(program)
    assert code == 3
    assert "the plugin `team_rules` is not imported" in problems[0][1]
    assert "team_rules" not in sys.modules
    permit = f"{PERMIT}permit: {{plugins: [other]}}\n"
    assert verdict(program, "--policy", plugin_policy(outside, permit))[0] == 3
    assert "team_rules" not in sys.modules
    permit = f"{PERMIT}permit: {{plugins: [team_rules]}}\n"
    code, rules, problems = verdict(program, "--policy", plugin_policy(outside, permit))
    assert (code, rules, problems) == (0, ["team-rules.always"], [])


@pytest.mark.parametrize("form", ["team_inside.py", "team_inside/__init__.py"])
@pytest.mark.usefixtures("installed")
def test_a_plugin_that_lies_in_the_tree_is_not_imported_whoever_names_it(
    repository: Repository,
    program: Program,
    outside: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    repository.write(form, "raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(str(repository.folder))
    answer = program("check", "--policy", plugin_policy(outside, "plugins: [team_inside]\n"))
    assert answer.code == 2
    assert "the plugin `team_inside` lies in what is examined" in answer.err
    assert "team_inside" not in sys.modules


NONE = "`RULES` of the plugin `team_broken` is no tuple of rules"
BROKEN = {
    "raise OSError('gone')": "cannot be imported: OSError: gone",
    "": NONE,
    "RULES = ('a',)": NONE,
    "RULES = ()": NONE,
    "from team_rules import always; RULES = (always, always)": (
        "two rules of the plugin `team_broken` have one name"
    ),
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_plugin_that_is_none_is_an_error(
    repository: Repository, program: Program, outside: Path, installed: Path, code: str
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    (installed / "team_broken.py").write_text(code)
    answer = program("check", "--policy", plugin_policy(outside, "plugins: [team_broken]\n"))
    assert answer.code == 2
    assert BROKEN[code] in answer.err


def test_a_name_that_a_plugin_and_another_give_is_an_error(
    repository: Repository, program: Program, outside: Path, installed: Path
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    (installed / "Team_Rules.py").write_text("from team_rules import RULES\n")
    own = "{name: team-rules.always, subject: stage, condition: stage.scratch, message: m}"
    for text in (
        "plugins: [team_rules, Team_Rules]\n",
        f"plugins: [team_rules]\ncustom-rules: [{own}]\n",
    ):
        answer = program("check", "--policy", plugin_policy(outside, text))
        assert answer.code == 2
        assert "is defined already" in answer.err
    sys.modules.pop("Team_Rules", None)


def test_a_plugin_that_is_not_installed_is_an_error(
    repository: Repository, program: Program, outside: Path
) -> None:
    repository.write("Dockerfile", DOCKERFILE)
    answer = program("check", "--policy", plugin_policy(outside, "plugins: [team_missing]\n"))
    assert answer.code == 2
    assert "the plugin `team_missing` is not installed" in answer.err
