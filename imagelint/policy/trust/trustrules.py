"""What can be wrong with the rules of trust in a policy, beyond their shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.environment import ATTESTATION_KINDS
from imagelint.core.errors import Diagnostic
from imagelint.policy.identitypattern import ANYBODY
from imagelint.policy.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.policy.text import Data, Keys, PolicyText


def trust_complaints(text: PolicyText, environment: Mapping[str, Data]) -> Iterator[Diagnostic]:
    """Everything that is wrong with `environment: trust`."""
    names = _names(environment)
    rules = environment.get("trust")
    for index, rule in enumerate(rules if isinstance(rules, tuple | list) else ()):
        if isinstance(rule, dict):
            keys: Keys = ("environment", "trust", index)
            yield from _unknown(text, rule, keys, names)
            yield from _count(text, rule, keys)
            yield from _demands(text, rule, keys, names)


def scan_complaints(
    text: PolicyText, environment: Mapping[str, Data], scan: Mapping[str, Data]
) -> Iterator[Diagnostic]:
    """The signers whose word counts for a scan, and who are none of the file's."""
    names = _names(environment)
    for key in ("vex-signed-by", "sbom-signed-by"):
        yield from _unknown(text, scan, ("scan",), names, key)


def _names(environment: Mapping[str, Data]) -> tuple[str, ...]:
    said = environment.get("signers")
    signers = said if isinstance(said, tuple | list) else ()
    return tuple(str(one.get("name")) for one in signers if isinstance(one, dict))


def _unknown(
    text: PolicyText,
    said: Mapping[str, Data],
    keys: Keys,
    names: tuple[str, ...],
    key: str = "signed-by",
) -> Iterator[Diagnostic]:
    """The signers of a file are those that a policy that it extends may have: then none is here."""
    listed = said.get(key)
    for index, name in enumerate(listed if isinstance(listed, tuple | list) else ()):
        if names and isinstance(name, str) and name not in names:
            at = text.at(text.span((*keys, key, index)))
            yield Diagnostic(f"no signer is named `{name}`", at, did_you_mean(name, names))


def _count(text: PolicyText, rule: Mapping[str, Data], keys: Keys) -> Iterator[Diagnostic]:
    least, listed = rule.get("at-least"), rule.get("signed-by")
    several = len(set(listed)) if isinstance(listed, tuple | list) else 0
    if isinstance(least, int) and least > several:
        at = text.at(text.span((*keys, "at-least")))
        message = f"`at-least` is {least}, and `signed-by` names {several}"
        yield Diagnostic(message, at, "name as many signers, or ask for fewer")
    if not (listed or rule.get("attestations")):
        at = text.at(text.span(keys))
        yield Diagnostic("this asks for nothing", at, "say `signed-by` or `attestations`")


def _lets_anybody_in(beginning: str) -> bool:
    """Whether something that anybody can get begins so, be it because a host has no end."""
    scheme, mark, rest = beginning.partition("://")
    plain = f"{scheme.rpartition('+')[2]}{mark}{rest}"
    if mark and "/" not in rest:
        return True
    return any(one.startswith(plain) for one in ANYBODY if one)


def _demands(
    text: PolicyText, rule: Mapping[str, Data], keys: Keys, names: tuple[str, ...]
) -> Iterator[Diagnostic]:
    demands = rule.get("attestations")
    for index, demand in enumerate(demands if isinstance(demands, tuple | list) else ()):
        if not isinstance(demand, dict):
            continue
        place = (*keys, "attestations", index)
        yield from _unknown(text, demand, place, names)
        for key in ("builder", "source", "verifier"):
            said = demand.get(key)
            if isinstance(said, str) and said.endswith("*") and _lets_anybody_in(said[:-1]):
                at = text.at(text.span((*place, key)))
                message = f"`{said}` stands for what anybody can have"
                yield Diagnostic(message, at, "name the host and the owner, up to a slash")
        kind = demand.get("type")
        if isinstance(kind, str) and kind not in ATTESTATION_KINDS and ":" not in kind:
            at = text.at(text.span((*place, "type")))
            message = f"no kind of statement is called `{kind}`"
            yield Diagnostic(message, at, did_you_mean(kind, ATTESTATION_KINDS))
