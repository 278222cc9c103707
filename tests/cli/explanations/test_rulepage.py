from __future__ import annotations

import pytest

import imagelint.cli.explanations.rulepage as describing
from imagelint.cli.commands import main
from imagelint.cli.explain import page
from imagelint.cli.explanations.rulepage import describe
from imagelint.cli.summaries import COMMANDS
from imagelint.rules import catalog


def test_a_rule_that_is_not_there_has_no_description() -> None:
    assert describe("no-such-rule") is None


def test_what_a_rule_says_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = describe("root-user")
    monkeypatch.delattr(describing, "read_documentation")
    assert describe("root-user") == first


@pytest.mark.parametrize("name", catalog.names())
def test_every_rule_is_described(name: str) -> None:
    text = describe(name)
    assert text is not None
    assert text.name == name
    assert text.summary.endswith((".", "`"))
    assert "```" in text.help
    assert text.url.endswith(f"/{name}")


def test_former_names_are_told() -> None:
    rule = catalog.load("root-user")._replace(former=("runs-as-root", "root"))
    assert list(page(rule))[-1] == "\nFormer names: runs-as-root, root"


def test_commands_are_listed_in_the_order_of_a_days_work() -> None:
    context = main.make_context("imagelint", ["check"])
    assert main.list_commands(context) == list(COMMANDS)
    assert main.get_command(context, "nonsense") is None
