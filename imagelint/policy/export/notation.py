"""A trust policy for notation, and for Ratify, which asks in a cluster by the same file.

One statement speaks of a repository, and one signature that fits it is enough. The certificates
themselves lie in notation's store of trust:
https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.policy.export.requirements import statements_untold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.environment import Environment, Signer, TrustRule

_ALL = "*"


class NotationTrust(NamedTuple):
    """The trust policy, and the certificates that its stores must hold: store and path."""

    policy: dict[str, object]
    certificates: tuple[tuple[str, str], ...]
    untold: tuple[str, ...] = ()


def notation(environment: Environment, read_key: Callable[[str], str]) -> NotationTrust:
    """What a policy asks of signatures with certificates; `read_key` gives the text of a key file.

    Raises:
        UsageError: nobody signs with a certificate, or notation knows no way to ask for it.
    """
    signers = tuple(one for one in environment.signers if _has_certificate(one, read_key))
    if not signers:
        hint = "the `key` of a signer who signs with notation is a certificate (`.crt`, `.pem`)"
        raise UsageError(Diagnostic("no signer of the policy has a certificate", help=hint))
    rules = tuple(rule for rule in environment.trust if rule.signed_by)
    for rule in rules:
        if (rule.at_least or len(rule.signed_by)) > 1:
            complaint = f"{', '.join(rule.signed_by)}: notation is content with one signature"
            raise UsageError(Diagnostic(complaint))
    paths = dict.fromkeys(one.key for one in signers)
    stores = {path: f"signer-{number}" for number, path in enumerate(paths, 1)}
    statements = [
        _statement(f"images-{number}", scopes, who, stores)
        for number, (who, scopes) in enumerate(_by_signers(signers, rules).items(), 1)
    ]
    others = [one.name for one in environment.signers if one not in signers]
    untold = (f"who signs without a certificate ({', '.join(others)})",) if others else ()
    return NotationTrust(
        {"version": "1.0", "trustPolicies": statements},
        tuple((store, path) for path, store in stores.items()),
        (*untold, *statements_untold(environment)),
    )


def _has_certificate(signer: Signer, read_key: Callable[[str], str]) -> bool:
    if not signer.key or ("://" in signer.key and not signer.key_text):
        return False
    return "-----BEGIN CERTIFICATE-----" in (signer.key_text or read_key(signer.key))


def _by_signers(
    signers: tuple[Signer, ...], rules: tuple[TrustRule, ...]
) -> dict[tuple[Signer, ...], list[str]]:
    """The repositories, and all others (`*`), by those who may sign them."""
    naming: tuple[Signer | TrustRule, ...] = (*signers, *rules)
    scopes = dict.fromkeys(scope for one in naming for scope in _scopes(one))
    found: dict[tuple[Signer, ...], list[str]] = {}
    for scope in scopes:
        asked = [rule.signed_by for rule in rules if {scope, _ALL} & {*_scopes(rule)}]
        who = tuple(
            one
            for one in signers
            if {scope, _ALL} & {*_scopes(one)} and all(one.name in roles for roles in asked)
        )
        if not who:
            raise UsageError(Diagnostic(f"nobody with a certificate may sign {scope}"))
        found.setdefault(who, []).append(scope)
    # Where all images are meant none is named beside.
    return {who: [_ALL] if _ALL in scopes else scopes for who, scopes in found.items()}


def _scopes(one: Signer | TrustRule) -> Iterator[str]:
    for glob in one.images or (_ALL,):
        reference = parse_reference(glob)
        if glob != _ALL and (reference is None or reference.name != glob):
            complaint = f"notation knows no wildcard in the names of images: {glob}"
            hint = "name each repository with its registry, or `*` for all"
            raise UsageError(Diagnostic(complaint, help=hint))
        yield glob


def _statement(
    name: str, scopes: list[str], signers: tuple[Signer, ...], stores: dict[str, str]
) -> dict[str, object]:
    """What a signature must be made with, of any of some signers."""
    used = dict.fromkeys(stores[one.key] for one in signers)
    identities = dict.fromkeys(one.identity for one in signers)
    if len(used) > 1 and any(identities):
        names = ", ".join(f"`{one.name}`" for one in signers)
        complaint = f"{names}: an identity would hold for the certificates of all of them"
        raise UsageError(Diagnostic(complaint, help="let each sign images of its own"))
    anybody = "" in identities
    return {
        "name": name,
        "registryScopes": scopes,
        "signatureVerification": {"level": "strict"},
        "trustStores": [f"ca:{store}" for store in used],
        "trustedIdentities": ["*"] if anybody else [f"x509.subject: {one}" for one in identities],
    }
