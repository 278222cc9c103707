"""A ClusterPolicy of Kyverno.

https://kyverno.io/docs/policy-types/cluster-policy/verify-images/sigstore/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.policy.export.manifests import object_name, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.policy.export.requirements import Authority, ExportedTrust, Requirement, Role

_REKOR = "https://rekor.sigstore.dev"


def kyverno(trust: ExportedTrust, name: str) -> Iterator[dict[str, object]]:
    """One policy with a rule for each requirement; each must hold for an image that it is about.

    Raises:
        UsageError: a glob has a set (`[ab]`), which Kyverno does not know.
    """
    yield {
        "apiVersion": "kyverno.io/v1",
        "kind": "ClusterPolicy",
        "metadata": {"name": object_name(name)},
        "spec": {
            "background": False,
            "failurePolicy": "Fail",
            "webhookTimeoutSeconds": 30,
            "rules": [
                _rule(requirement, object_name(name, str(number)))
                for number, requirement in enumerate(trust.requirements, 1)
            ],
        },
    }


def _rule(requirement: Requirement, name: str) -> dict[str, object]:
    return {
        "name": name,
        "match": {"any": [{"resources": {"kinds": ["Pod"]}}]},
        "verifyImages": [
            {
                "type": "Cosign",
                "failureAction": "Enforce",
                "imageReferences": [
                    one for glob in requirement.images or ("*",) for one in _patterns(glob)
                ],
                "required": True,
                "mutateDigest": True,
                "verifyDigest": True,
                "attestors": [
                    {
                        "count": requirement.at_least,
                        "entries": [_entry(role) for role in requirement.roles],
                    }
                ],
            }
        ],
    }


def _patterns(glob: str) -> Iterator[str]:
    """A glob over repositories as globs over references, which end with a tag or a digest."""
    if "[" in glob:
        raise UsageError(Diagnostic(f"Kyverno knows no sets of characters: {glob}"))
    if glob == "*":
        yield glob
        return
    for repository in (glob,) if "/" in glob else (glob, f"*/{glob}"):
        yield f"{repository}:*"
        yield f"{repository}@*"


def _entry(role: Role) -> dict[str, object]:
    """One authority, or several of whom one is enough."""
    if len(role.authorities) == 1:
        return _authority(role.authorities[0])
    entries = [_authority(one) for one in role.authorities]
    return {"attestor": {"count": 1, "entries": entries}}


def _authority(authority: Authority) -> dict[str, object]:
    log: dict[str, object] = {"url": _REKOR} if authority.transparency_log else {"ignoreTlog": True}
    if authority.key or authority.store:
        key = {"publicKeys": authority.key} if authority.key else {"kms": authority.store}
        return {"keys": {**key, "rekor": log}}
    if authority.pattern:
        who = {"subjectRegExp": whole(authority.subject), "issuerRegExp": whole(authority.issuer)}
    else:
        who = {"subject": authority.subject, "issuer": authority.issuer}
    return {"keyless": {**who, "rekor": log}}
