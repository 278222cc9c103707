"""Whose the signatures of an image are, whatever the roles are called for which they count.

One key under two names is one voice, and so is one identity that two patterns fit, as a threshold
of TUF counts keys and not names; cosign does not tell whose identity it has seen: then they are one
where one could fit both.
https://theupdateframework.github.io/specification/latest/#key-id-threshold
"""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING

from imagelint.collect.signatures.apart import are_apart
from imagelint.collect.signatures.keys import fingerprint, is_certificate
from imagelint.core.environment import Signer
from imagelint.core.record import NamedTuple
from imagelint.documents.image.signatures import SIGNATURES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.image.claims import Claim


class Heard(NamedTuple):
    """A signer who has signed, the text of its key, and what it vouches for; each may be empty."""

    signer: Signer
    key_text: str = ""
    trusted: tuple[Claim, ...] = ()


def voices(heard: Iterable[Heard]) -> dict[str, set[str]]:
    """The keys and identities that signed for each role, of which several signers are one."""
    found: dict[str, set[str]] = {}
    subjects: dict[str, list[Signer]] = {}
    seen, unseen = set[str](), list[Signer]()
    for one in heard:
        if is_certificate(one.key_text):
            subjects.setdefault(fingerprint(one.key_text), []).append(one.signer)
        elif one.signer.key:
            key = fingerprint(one.key_text) or one.signer.key
            found.setdefault(one.signer.name, set()).add(key)
        elif identities := _identities(one):
            seen |= identities
            found.setdefault(one.signer.name, set()).update(identities)
        else:
            unseen.append(one.signer)
    for signer, maybe in _possible(unseen, seen):
        found.setdefault(signer.name, set()).update(maybe)
    for certificate, signers in subjects.items():
        several = _subjects_differ({signer.identity for signer in signers})
        for signer in signers:
            voice = f"{certificate} {signer.identity}" if several else certificate
            found.setdefault(signer.name, set()).add(voice)
    return found


def _identities(one: Heard) -> set[str]:
    """Whose signatures were verified here, issuer before name; none where only cosign saw any."""
    signatures = [claim for claim in one.trusted if claim.predicate in SIGNATURES]
    if not signatures:
        return set()
    from imagelint.collect.signatures.bycertificate import signed_by

    return {signed_by(claim) for claim in signatures}


def _possible(unseen: list[Signer], seen: set[str]) -> Iterator[tuple[Signer, set[str]]]:
    """Each signer whose identity was not seen, with the voices of which it may be one."""
    known = {voice: _exactly(voice) for voice in sorted(seen)}
    groups: list[list[Signer]] = []
    for signer in unseen:
        maybe = {voice for voice, one in known.items() if not are_apart(signer, one)}
        if maybe:
            yield signer, maybe
            continue
        near = [group for group in groups if any(not are_apart(signer, one) for one in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*chain.from_iterable(near), signer])
    for group in groups:
        voice = f"{group[0].issuer} {group[0].identity}"
        yield from ((signer, {voice}) for signer in group)


def _exactly(voice: str) -> Signer:
    issuer, _, name = voice.partition(" ")
    return Signer(name, identity=name, issuer=issuer)


def _subjects_differ(subjects: Iterable[str]) -> bool:
    """Whether nobody has two of some subjects, each of which may say a part of a whole one.

    notation does not tell whose certificate it was for which another vouches. An attribute has one
    value: https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md
    """
    return all(
        any(first.get(name, value) != value for name, value in second.items())
        for first, second in combinations(map(_attributes, subjects), 2)
    )


def _attributes(subject: str) -> dict[str, str]:
    """`C=DE, O=acme` by attribute."""
    parts = (part.partition("=") for part in subject.split(","))
    return {name.strip().upper(): value.strip() for name, equals, value in parts if equals}
