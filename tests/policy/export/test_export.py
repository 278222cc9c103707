"""What an admission controller is told asks for what the policy asks for."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.environment import AttestationDemand, Environment, Signer, TrustRule
from imagelint.core.errors import UsageError
from imagelint.policy.export.kyverno import kyverno
from imagelint.policy.export.manifests import object_name, written
from imagelint.policy.export.policycontroller import policy_controller
from imagelint.policy.export.requirements import Requirement, Role, exported_trust
from imagelint.policy.glob import matches_subject
from imagelint.policy.model import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable

KEY = "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n"
IMAGES = (
    "docker.io/library/llm",
    "registry.example.com/llm",
    "registry.example.com/team/llm",
    "registry.example.com/llm-test",
    "ghcr.io/other/app",
)
GLOBS = ("*", "llm", "docker.io/library/*", "registry.example.com/*", "registry.example.com/llm")


def signer(name: str, *images: str, log: bool = True) -> Signer:
    return Signer(name, key=f"{name}.pub", images=images, transparency_log=log)


def read_key(path: str) -> str:
    return KEY.format(path.removesuffix(".pub"))


def policy(signers: Iterable[Signer], trust: Iterable[TrustRule] = ()) -> Policy:
    return Policy(environment=Environment(signers=tuple(signers), trust=tuple(trust)))


def manifests(of: Policy, controller: str) -> list[dict[str, Any]]:
    """What is printed, read again."""
    trust = exported_trust(of, read_key)
    made = kyverno(trust, "x") if controller == "kyverno" else policy_controller(trust, "x")
    return list(yaml.safe_load_all(written(made, ())))


def who(authority: dict[str, Any]) -> str:
    """The name that stands in a key."""
    key = authority["keys"] if "keys" in authority else authority["key"]
    return str(key.get("publicKeys", key.get("data"))).splitlines()[1]


def names_image(glob: str, image: str) -> bool:
    """As policy-controller reads globs, of an image with a tag and with a digest."""
    expression = re.escape(glob).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    name = image.replace("docker.io/", "index.docker.io/", 1)
    both = [bool(re.fullmatch(expression, f"{name}{end}")) for end in (":1", "@sha256:ab")]
    assert len(set(both)) == 1
    return both[0]


def let_in_by_kyverno(made: list[dict[str, Any]], image: str, signed: set[str]) -> bool:
    rules = [rule["verifyImages"][0] for rule in made[0]["spec"]["rules"]]
    for rule in rules:
        matched = {
            any(fnmatchcase(f"{image}{end}", glob) for glob in rule["imageReferences"])
            for end in (":1", "@sha256:ab")
        }
        assert len(matched) == 1
        attestor = rule["attestors"][0]
        count = sum(
            any(who(one) in signed for one in entry["attestor"]["entries"])
            if "attestor" in entry
            else who(entry) in signed
            for entry in attestor["entries"]
        )
        if matched == {True} and count < attestor["count"]:
            return False
    return True


def let_in_by_controller(made: list[dict[str, Any]], image: str, signed: set[str]) -> bool:
    return all(
        any(who(one) in signed for one in each["spec"]["authorities"])
        for each in made
        if any(names_image(one["glob"], image) for one in each["spec"]["images"])
    )


def let_in(of: Policy, image: str, signed: set[str]) -> bool:
    """As we say it: one signer of the image, and as many roles as a rule of trust wants."""
    environment = of.environment

    def covers(globs: tuple[str, ...]) -> bool:
        return not globs or any(matches_subject(glob, image) for glob in globs)

    own = [one.name for one in environment.signers if covers(one.images)]
    if own and not signed.intersection(own):
        return False
    return all(
        len(signed.intersection(rule.signed_by)) >= (rule.at_least or len(rule.signed_by))
        for rule in environment.trust
        if covers(rule.images)
    )


def subsets(names: Iterable[str]) -> list[set[str]]:
    listed = sorted(names)
    every = chain.from_iterable(combinations(listed, n) for n in range(len(listed) + 1))
    return [set(each) for each in every]


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    names = draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True))
    images = draw(st.sampled_from([(), *((glob,) for glob in GLOBS)]))
    rules = []
    for _ in range(draw(st.integers(0, 2))):
        roles = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        least = draw(st.integers(0, len(roles)))
        globs = draw(st.sampled_from([(), *((glob,) for glob in GLOBS)]))
        rules.append(TrustRule(globs, tuple(roles), least))
    return policy([signer(name, *images) for name in names], rules)


@given(policies())
def test_kyverno_lets_in_what_the_policy_does(of: Policy) -> None:
    made = manifests(of, "kyverno")
    for image in IMAGES:
        for signed in subsets(one.name for one in of.environment.signers):
            assert let_in_by_kyverno(made, image, signed) == let_in(of, image, signed)


@given(policies())
def test_policy_controller_lets_in_nothing_that_the_policy_does_not(of: Policy) -> None:
    made = manifests(of, "policy-controller")
    longer = {image for image in IMAGES for glob in GLOBS if names_image(f"{glob}**", image)}
    for image in IMAGES:
        for signed in subsets(one.name for one in of.environment.signers):
            theirs, ours = let_in_by_controller(made, image, signed), let_in(of, image, signed)
            assert ours or not theirs
            assert theirs == ours or image in longer


def test_several_signers_of_one_name_are_one_role() -> None:
    old, new = Signer("build", key="old.pub"), Signer("build", key="new.pub")
    rule = TrustRule((), ("build", "security"))
    of = policy([old, new, signer("security")], [rule])
    made = manifests(of, "kyverno")
    controlled = manifests(of, "policy-controller")
    for signed, enough in ((({"old", "new"}), False), ({"new", "security"}, True)):
        assert let_in_by_kyverno(made, IMAGES[0], signed) is enough
        assert let_in_by_controller(controlled, IMAGES[0], signed) is enough


def test_an_identity_is_matched_whole() -> None:
    exact = Signer("a", identity="dev@example.com", issuer="https://issuer.example.com")
    pattern = Signer("b", identity="dev@.*|ops", issuer="https://i", pattern=True)
    of = policy([exact, pattern])
    entries = manifests(of, "kyverno")[0]["spec"]["rules"][0]["verifyImages"][0]["attestors"][0]
    first, second = (entry["keyless"] for entry in entries["entries"])
    assert (first["subject"], first["issuer"]) == (exact.identity, exact.issuer)
    assert second["subjectRegExp"] == "^(?:dev@.*|ops)$"
    authorities = manifests(of, "policy-controller")[0]["spec"]["authorities"]
    identities = [one["keyless"]["identities"][0] for one in authorities]
    assert identities[0] == {"issuer": exact.issuer, "subject": exact.identity}
    assert identities[1]["issuerRegExp"] == "^(?:https://i)$"


def test_the_log_is_asked_where_the_policy_wants_it() -> None:
    of = policy([signer("a"), signer("b", log=False)])
    rule = manifests(of, "kyverno")[0]["spec"]["rules"][0]["verifyImages"][0]
    logs = [entry["keys"]["rekor"] for entry in rule["attestors"][0]["entries"]]
    assert logs == [{"url": "https://rekor.sigstore.dev"}, {"ignoreTlog": True}]
    authorities = manifests(of, "policy-controller")[0]["spec"]["authorities"]
    assert [one.get("ctlog") for one in authorities] == [logs[0], None]


def test_a_key_in_a_store_stays_there() -> None:
    of = policy([Signer("a", key="gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k")])
    authorities = manifests(of, "policy-controller")[0]["spec"]["authorities"]
    assert authorities[0]["key"] == {"kms": of.environment.signers[0].key}
    rule = manifests(of, "kyverno")[0]["spec"]["rules"][0]["verifyImages"][0]
    assert rule["attestors"][0]["entries"][0]["keys"]["kms"] == of.environment.signers[0].key


def test_what_is_not_told_is_said() -> None:
    rule = TrustRule((), (), 0, (AttestationDemand("sbom"), AttestationDemand("sbom")))
    of = policy([signer("a")], [rule])
    of = of._replace(environment=of.environment._replace(trusted_root="root.json"))
    told = exported_trust(of, read_key).untold
    assert [each.partition(",")[0] for each in told] == [
        "the root of the private Sigstore (`trusted-root`)",
        "the statement sbom",
    ]
    assert written([{}], told).startswith("# the root")


@pytest.mark.parametrize("end", ["\n", "\r", "\x85", "\u2028", "\n---\n"])
def test_a_note_never_ends_its_comment(end: str) -> None:
    text = written([{"a": 1}], [f"x{end}kind: ClusterPolicy"])
    assert list(yaml.safe_load_all(text)) == [{"a": 1}]
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize(
    ("signers", "said"),
    [
        ((), "names no signer"),
        ((Signer("a", key="env://KEY"),), "where no cluster finds it"),
        ((signer("a", "r/a/*"), signer("b", "r/a/b")), "may sign one image"),
        ((signer("a"), signer("b", "r/*")), "may sign one image"),
        ((signer("a", "x"), signer("b", "r/*")), "may sign one image"),
    ],
)
def test_what_cannot_be_told_is_refused(signers: tuple[Signer, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        exported_trust(policy(signers), read_key)


def test_signers_of_images_that_cannot_meet_have_rules_of_their_own() -> None:
    of = policy([signer("a", "r/a/*"), signer("b", "r/b/*"), signer("c", "r/a", "r/c")])
    assert [one.images for one in exported_trust(of, read_key).requirements] == [
        ("r/a/*",),
        ("r/b/*",),
        ("r/a", "r/c"),
    ]


def test_a_role_that_nobody_has_is_refused() -> None:
    of = policy([signer("a")], [TrustRule((), ("a", "nobody"))])
    with pytest.raises(UsageError, match="no signer is called `nobody`"):
        exported_trust(of, read_key)


def test_a_private_key_is_refused_and_not_shown() -> None:
    private = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAsecret\n-----END PRIVATE KEY-----\n"
    for read in (lambda _path: private, lambda _path: KEY.format("a") + private):
        with pytest.raises(UsageError, match="is no public key") as refused:
            exported_trust(policy([signer("a")]), read)
        assert "secret" not in str(refused.value)


@pytest.mark.parametrize(("controller", "glob"), [("kyverno", "r/[ab]"), ("policy", "r/a?")])
def test_a_wildcard_that_is_not_known_is_refused(controller: str, glob: str) -> None:
    with pytest.raises(UsageError, match="knows no"):
        manifests(policy([signer("a", glob)]), controller)


def test_too_many_policies_are_refused() -> None:
    roles = tuple(Role(str(number), ()) for number in range(20))
    with pytest.raises(UsageError, match="10 of 20 roles would be more than 200"):
        list(Requirement((), roles, 10).clauses())


def test_names_are_names_of_objects() -> None:
    assert object_name("LLM: serving", "1") == "llm-serving-1"
    assert object_name("…") == "imagelint"
    assert len(object_name("a" * 200)) <= 63
