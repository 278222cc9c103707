from __future__ import annotations

import subprocess
import sys

import pytest

from imagelint.core.errors import PolicyError
from imagelint.core.finding import Severity
from imagelint.core.source import Source, Span
from imagelint.policy.build import Pack
from imagelint.policy.load import default_policy, load_policy, pack
from imagelint.policy.model import DEFAULT_PACKS, Policy, merge_all

pytestmark = pytest.mark.usefixtures("three_rules")


class Folder:
    """Files by origin; reading any other fails."""

    def __init__(self, **texts: str) -> None:
        self.texts = {name.replace("__", "/") + ".yaml": text for name, text in texts.items()}

    def __call__(self, origin: str) -> Source:
        if origin not in self.texts:
            raise FileNotFoundError("no such file")
        return Source(origin, self.texts[origin])

    def load(self, origin: str) -> Policy:
        return load_policy(self(origin), self)


def test_a_policy_without_extends_stands_on_the_default_packs() -> None:
    policy = Folder(a="rules: {root-user: off}").load("a.yaml")
    assert set(default_policy().enabled) - set(policy.enabled) == {"root-user"}


def test_extends_nothing_means_nothing() -> None:
    assert Folder(a="extends: []").load("a.yaml").enabled == ()


def test_a_file_that_is_extended_brings_no_default_packs() -> None:
    folder = Folder(a="extends: [b.yaml]", b="rules: {root-user: low}")
    assert folder.load("a.yaml").enabled == ("root-user",)


def test_layers_lie_in_the_order_in_which_they_are_named() -> None:
    folder = Folder(
        a="extends: [b.yaml, c.yaml]\nname: a",
        b="rules: {root-user: low, missing-healthcheck: low}\nname: b",
        c="rules: {root-user: high}\nfail-on: low",
    )
    policy = folder.load("a.yaml")
    assert policy.setting("root-user").level is Severity.HIGH
    assert policy.setting("missing-healthcheck").level is Severity.LOW
    assert (policy.name, policy.fail_on) == ("a", Severity.LOW)
    assert [source.origin for source in policy.sources] == ["b.yaml", "c.yaml", "a.yaml"]
    assert policy.setting("root-user").origins == {"level": "c.yaml:1"}


def test_paths_are_relative_to_the_file_that_names_them() -> None:
    folder = Folder(x__y__a="extends: ../b.yaml", x__b="extends: [./z/c.yaml]", x__z__c="name: c")
    assert folder.load("x/y/a.yaml").name == "c"


def test_a_file_may_be_reached_on_two_ways() -> None:
    waiver = "waivers: [{rule: root-user, reason: x, until: 2027-01-31}]"
    folder = Folder(
        a="extends: [b.yaml, c.yaml]", b="extends: [d.yaml]", c="extends: [d.yaml]", d=waiver
    )
    (only,) = folder.load("a.yaml").waivers
    assert (only.origin, only.span) == ("d.yaml", Span(17, 26))


def test_a_circle_is_refused() -> None:
    folder = Folder(a="extends: b.yaml", b="extends: c.yaml", c="extends: [a.yaml]")
    with pytest.raises(PolicyError) as raised:
        folder.load("a.yaml")
    (complaint,) = raised.value.complaints
    assert complaint.at == "c.yaml:1:11"
    assert "a.yaml → b.yaml → c.yaml → a.yaml" in complaint.message


def test_a_file_is_read_once_on_however_many_ways() -> None:
    texts = {f"f{n}": f"extends: [f{n + 1}.yaml, f{n + 1}.yaml]" for n in range(18)}
    assert Folder(**texts, f18="name: end").load("f0.yaml").name == "end"


def test_a_chain_of_files_has_an_end() -> None:
    texts = {f"f{n}": f"extends: [f{n + 1}.yaml]" for n in range(1000)}
    with pytest.raises(PolicyError, match="more than 20 files"):
        Folder(**texts).load("f0.yaml")


def test_a_former_name_of_a_rule_means_its_name() -> None:
    policy = Folder(a="extends: []\nrules: {runs-as-root: low}").load("a.yaml")
    assert policy.enabled == ("root-user",)


def test_a_former_name_of_several_rules_means_all_of_them() -> None:
    text = "extends: []\nrules: {bad-image: {level: low, exempt: [a/*]}}\n"
    policy = Folder(a=text).load("a.yaml")
    assert policy.enabled == ("root-user", "unpinned-image")
    for name in policy.enabled:
        setting = policy.setting(name)
        assert (setting.level, setting.exempt) == (Severity.LOW, ("a/*",))
        assert setting.origins == {"level": "a.yaml:2", "exempt": "a.yaml:2"}


def test_a_rules_own_name_goes_before_a_former_one() -> None:
    lines = ["root-user: {level: low, exempt: [b]}", "bad-image: {level: high, exempt: [a]}"]
    for order in (lines, lines[::-1]):
        rules = Folder(a=f"extends: []\nrules: {{{', '.join(order)}}}").load("a.yaml").rules
        assert rules["root-user"].level is Severity.LOW
        assert rules["root-user"].exempt == ("a", "b")
        assert rules["unpinned-image"].level is Severity.HIGH


def test_a_layer_above_may_say_it_by_a_former_name() -> None:
    below = "extends: []\nrules: {root-user: low, unpinned-image: low}"
    above = Folder(a="extends: [b.yaml]\nrules: {bad-image: off}", b=below).load("a.yaml")
    assert above.enabled == ()


def test_options_are_kept_as_they_are_written() -> None:
    text = "extends: []\nrules:\n  unpinned-image:\n    at-least: 4\n    names: [x]\n"
    setting = Folder(a=text).load("a.yaml").setting("unpinned-image")
    assert setting.options == {"at_least": 4, "names": ("x",)}
    assert setting.origins == {"at_least": "a.yaml:4", "names": "a.yaml:5"}
    assert setting.level is None


def test_what_is_known_to_be_valid_is_not_validated_again() -> None:
    seen: set[str] = set()
    folder = Folder(a="extends: [b.yaml]", b="name: b")
    load_policy(folder("a.yaml"), folder, seen)
    assert len(seen) == 2
    program = (
        "import sys\n"
        "from imagelint.core.source import Source\n"
        "from imagelint.policy.load import load_policy\n"
        "class All:\n"
        "    def __contains__(self, digest): return True\n"
        "    def add(self, digest): raise AssertionError\n"
        "load_policy(Source('a.yaml', 'name: a'), None, All())\n"
        "assert 'yaml' in sys.modules\n"
        "assert not {'jsonschema', 'json', 'imagelint.policy.check'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_without_a_policy_file_nothing_heavy_is_imported() -> None:
    program = (
        "import sys\n"
        "from imagelint.policy.load import default_policy\n"
        "assert default_policy().enabled\n"
        "heavy = {'yaml', 'jsonschema', 'json', 'hashlib', 'dataclasses', 'difflib'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_wrong_policy_is_not_remembered() -> None:
    seen: set[str] = set()
    with pytest.raises(PolicyError):
        load_policy(Source("a.yaml", "nam: a"), Folder(), seen)
    assert seen == set()


def test_packs_say_where_a_setting_comes_from() -> None:
    assert pack("strict").setting("secret-value").origins == {"level": "baseline"}


def test_the_default_is_the_default_packs() -> None:
    assert default_policy().rules == merge_all(map(pack, DEFAULT_PACKS)).rules
    assert default_policy().threshold is Severity.HIGH


def test_nothing_in_a_pack_has_a_place_in_a_text() -> None:
    assert Pack("strict").span(("waivers", 0)) == Span(0, 0)


def test_a_name_that_another_tool_gives_a_rule_is_not_its_name() -> None:
    text = Source("a.yaml", "extends: []\nrules: {ds-0002: low}")
    with pytest.raises(PolicyError, match="no rule is named `ds-0002`"):
        load_policy(text, Folder())


@pytest.mark.parametrize("layers", [18, 22])
def test_what_is_wrong_is_told_once_on_however_many_ways_it_is_reached(layers: int) -> None:
    both = {f"a{at}": f"extends: [a{at + 1}.yaml, ./a{at + 1}.yaml]" for at in range(layers)}
    with pytest.raises(PolicyError) as raised:
        Folder(**both, **{f"a{layers}": "rules: {nothing: on}"}).load("a0.yaml")
    assert len(raised.value.complaints) <= 2
