"""How many of the roles that a policy names have signed, each with a voice of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.signatures import Quorum

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from imagelint.core.environment import TrustRule


def quorum(rule: TrustRule, voices: Mapping[str, AbstractSet[str]]) -> Quorum:
    """What came of the roles of a rule; `voices` are the keys or identities behind each."""
    roles = tuple(dict.fromkeys(rule.signed_by))
    taken: dict[str, str] = {}
    for role in roles:
        _take(role, voices, taken, set())
    there = set(taken.values())
    signed = tuple(role for role in roles if role in there)
    return Quorum(NOWHERE, roles, rule.at_least or len(roles), signed)


def _take(
    role: str, voices: Mapping[str, AbstractSet[str]], taken: dict[str, str], tried: set[str]
) -> bool:
    """Give a role a voice, if need be that of one that has another; whether there was one."""
    for voice in sorted(voices.get(role, ())):
        if voice not in tried:
            tried.add(voice)
            holder = taken.get(voice)
            if holder is None or _take(holder, voices, taken, tried):
                taken[voice] = role
                return True
    return False
