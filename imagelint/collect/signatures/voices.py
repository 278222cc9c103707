"""Whose the signatures of an image are, whatever the roles are called for which they count.

One key under two names is one voice, and so is one identity that two patterns fit, as a threshold
of TUF counts keys and not names:
https://theupdateframework.github.io/specification/latest/#key-id-threshold
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from imagelint.collect.signatures.keys import fingerprint, is_certificate
from imagelint.core.record import NamedTuple
from imagelint.documents.image.signatures import SIGNATURES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.core.environment import Signer
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
    for one in heard:
        if is_certificate(one.key_text):
            subjects.setdefault(fingerprint(one.key_text), []).append(one.signer)
        else:
            found.setdefault(one.signer.name, set()).update(_voices(one))
    for certificate, signers in subjects.items():
        several = _are_apart({signer.identity for signer in signers})
        for signer in signers:
            voice = f"{certificate} {signer.identity}" if several else certificate
            found.setdefault(signer.name, set()).add(voice)
    return found


def _voices(one: Heard) -> set[str]:
    signer = one.signer
    if signer.key:
        return {fingerprint(one.key_text) or signer.key}
    signatures = [claim for claim in one.trusted if claim.predicate in SIGNATURES]
    if not signatures:  # cosign alone could tell
        return {f"{signer.issuer} {signer.identity}"}
    from imagelint.collect.signatures.bycertificate import signed_by

    return {signed_by(claim) for claim in signatures}


def _are_apart(subjects: Iterable[str]) -> bool:
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
