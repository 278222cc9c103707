"""What a rule may tell of secrets, and may take of a document that is as large as it likes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.custom import yamlvalues
from imagelint.custom.definition import CustomRule
from imagelint.custom.message import LONGEST, template
from imagelint.custom.values import Entries, Evaluation, Fuel, Item
from imagelint.policy.model import Policy, RuleSetting
from imagelint.run.trials.texts import examine_texts
from tests.custom.evaluating import evaluated

if TYPE_CHECKING:
    from imagelint.core.report import Report

QUIET = "quiet7harbour"
DOCKERFILE = f"FROM alpine:3.20\nENV DB_PASSWORD={QUIET} MODE=fast\n"
POD = f"""\
apiVersion: v1
kind: Pod
metadata: {{name: s}}
spec:
  containers:
    - name: a
      image: b
      args: [--password, {QUIET}]
      env: [{{name: PASSWORD, value: {QUIET}}}]
"""


def judged(text: str, rule: CustomRule) -> Report:
    """What a rule says about one file."""
    name = "Dockerfile" if text.startswith("FROM") else "pod.yaml"
    policy = Policy(rules={rule.name: RuleSetting("on")}, custom={rule.name: rule})
    return examine_texts({name: text}, policy)


SPELLINGS = (
    ("variable", "variable.value"),
    ("variable", "variable.value.upperAscii()"),
    ("variable", "variable.value.split('').join('-')"),
    ("variable", "variable.value.split('').map(c, c)"),
    ("variable", "variable.value.replace('u', '_')"),
    ("variable", "variable.value.split('7')[0]"),
    ("variable", "variable.value.startsWith('q')"),
    ("stage", "stage.env.DB_PASSWORD.upperAscii()"),
    ("stage", "stage.env.map(k, stage.env[k].upperAscii())"),
    ("stage", "stage.instructions.map(i, i.text.upperAscii())"),
    ("container", "container.args.join(' ').upperAscii()"),
    ("container", "container.args.map(a, a.upperAscii())"),
    ("container", "container.body.env.map(e, e.value.upperAscii())"),
    ("container", "container.object.spec.containers[0].args[1].upperAscii()"),
)


@pytest.mark.parametrize(("subject", "spelling"), SPELLINGS)
def test_a_message_tells_no_secret_however_it_is_spelt(subject: str, spelling: str) -> None:
    text = POD if subject == "container" else DOCKERFILE
    shown = f"{{{{ {spelling} }}}}"
    found = judged(text, CustomRule("a.b", subject, "true", f"tells {shown}", help=shown))
    assert found.problems == ()
    for finding in found.findings:
        for told in (finding.message, finding.help):
            plain = told.lower().replace("-", "").replace(", ", "").replace("_", "u")
            assert "quiet" not in plain
            assert "true" not in plain


@pytest.mark.parametrize(
    "condition",
    [
        "int(stage.env.DB_PASSWORD) > 1",
        "int(stage.env.DB_PASSWORD.upperAscii()) > 1",
        "quantity(stage.env.DB_PASSWORD.upperAscii()) > 1.0",
        "stage[stage.env.DB_PASSWORD.upperAscii()] == 1",
        "'b'.matches('(' + stage.env.DB_PASSWORD.upperAscii())",
    ],
)
def test_the_problem_of_a_condition_tells_none_either(condition: str) -> None:
    (problem,) = judged(DOCKERFILE, CustomRule("a.b", "stage", condition, "m")).problems
    assert problem.kind.value == "unjudged"
    assert "quiet" not in problem.detail.lower()


def test_what_is_no_secret_is_told() -> None:
    shown = "{{ stage.env.MODE.upperAscii() }} {{ stage.instructions.map(i, i.keyword) }}"
    (finding,) = judged(DOCKERFILE, CustomRule("a.b", "stage", "true", shown)).findings
    assert finding.message == "FAST FROM, ENV"


MANY = 2_000
HEAD = "kind: X\napiVersion: a.example/v1\nmetadata: {name: s}\nspec:\n  m:\n"
LIST = HEAD + "    - a\n" * MANY
MAP = HEAD + "".join(f"    k{number}: a\n" for number in range(MANY))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (LIST, "object.body.spec.m.exists(i, object.body.spec.m[0] == 'b')"),
        (LIST, "object.body.spec.m.exists(i, size(object.body.spec.m) == 0)"),
        (MAP, "object.body.spec.m.exists(k, !has(object.body.spec.m))"),
        (MAP, "object.body.spec.m.exists(k, object.body.spec.m.exists(l, l == 'b'))"),
    ],
)
def test_what_stands_in_a_file_is_read_once_however_often_it_is_asked_for(
    text: str, condition: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = 0
    made = yamlvalues.yaml_item

    def counted(place: object, *, complete: bool) -> Item:
        nonlocal read
        read += 1
        return made(place, complete=complete)  # type: ignore[arg-type]

    monkeypatch.setattr(yamlvalues, "yaml_item", counted)
    judged(text, CustomRule("a.b", "object", condition, "m"))
    assert MANY <= read < 2 * MANY


def test_to_walk_over_a_large_map_costs_steps() -> None:
    entries = {f"k{number}": Item("a", None) for number in range(MANY)}
    walks = "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].all(a, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].all(b, {}))"
    for walk in ("size(m) > 0", "m.exists(k, true)"):
        with pytest.raises(Exception, match="steps"):
            evaluated(walks.format(walk), m=Entries(entries, None))


def filled(text: str, **variables: object) -> str:
    return template(text, tuple(variables)).filled(Evaluation(dict(variables), Fuel()))


class Long(str):
    """A text that counts how often it is put into another."""

    __slots__ = ()
    made = 0

    def __getitem__(self, index: object) -> str:
        Long.made += 1
        return str.__getitem__(self, index)  # type: ignore[index]


def test_of_a_list_of_long_texts_no_more_is_made_than_is_told() -> None:
    many = tuple(Long("x" * 50_000) for _ in range(100))
    told = filled("{{ l.map(a, l) }} {{ {1: l} }}", l=many)
    assert told == f"{'x' * 200}… 1: {'x' * 197}…"
    assert Long.made <= 4


def test_a_message_has_a_length() -> None:
    told = filled("{{ t }}" * 100, t="x" * 300)
    assert told == f"{told[:LONGEST]}…"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("[]", "nothing"),
        ("{}", "nothing"),
        ("[1, [], {'a': [2.5, null, true]}]", "1, nothing, a: 2.5, null, true"),
    ],
)
def test_lists_and_maps_are_told_in_words(shown: str, expected: str) -> None:
    assert filled(f"{{{{ {shown} }}}}") == expected
