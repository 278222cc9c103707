"""ClusterImagePolicies of Sigstore's policy-controller.

Of the authorities of one policy one is enough, and all policies must hold that are about an image:
https://docs.sigstore.dev/policy-controller/overview/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.pattern import pattern
from imagelint.policy.export.manifests import object_name, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.policy.export.requirements import Authority, ExportedTrust

_REKOR = "https://rekor.sigstore.dev"
_FULCIO = "https://fulcio.sigstore.dev"
# https://github.com/sigstore/policy-controller/blob/main/pkg/apis/glob/glob.go
_GLOB = pattern(r"[a-zA-Z0-9_:/*.-]+")
_HUB = "docker.io/"


def policy_controller(trust: ExportedTrust, name: str) -> Iterator[dict[str, object]]:
    """A policy for each set of roles of which one must have signed.

    Raises:
        UsageError: a glob has a wildcard that the controller does not know.
    """
    number = 0
    for requirement in trust.requirements:
        images = [{"glob": one} for glob in requirement.images or ("*",) for one in _globs(glob)]
        for roles in requirement.clauses():
            number += 1
            authorities = [one for role in roles for one in role.authorities]
            yield {
                "apiVersion": "policy.sigstore.dev/v1beta1",
                "kind": "ClusterImagePolicy",
                "metadata": {"name": object_name(name, str(number))},
                "spec": {
                    "mode": "enforce",
                    "images": images,
                    "authorities": [_authority(one, at) for at, one in enumerate(authorities, 1)],
                },
            }


def _globs(glob: str) -> Iterator[str]:
    """A glob over repositories as one over references: what follows is a tag or a digest.

    It knows neither `@` nor a way to tell where a name ends, so that one policy may hold for more
    images than it should, and never for fewer.
    """
    if not _GLOB.fullmatch(glob):
        raise UsageError(Diagnostic(f"policy-controller knows no wildcard but *: {glob}"))
    if set(glob) == {"*"}:
        yield "**"
        return
    begun = f"index.{glob}" if glob.startswith(_HUB) else glob
    whole_glob = f"{begun.rstrip('*')}**".replace("*", "**").replace("****", "**")
    yield whole_glob
    if "/" not in glob:
        yield f"**/{whole_glob}"


def _authority(authority: Authority, number: int) -> dict[str, object]:
    made: dict[str, object] = {"name": object_name(authority.name, str(number))}
    if authority.key:
        made["key"] = {"data": authority.key, "hashAlgorithm": "sha256"}
    elif authority.store:
        made["key"] = {"kms": authority.store}
    else:
        made["keyless"] = {"url": _FULCIO, "identities": [_identity(authority)]}
    if authority.transparency_log:
        made["ctlog"] = {"url": _REKOR}
    return made


def _identity(authority: Authority) -> dict[str, str]:
    if authority.pattern:
        return {
            "issuerRegExp": whole(authority.issuer),
            "subjectRegExp": whole(authority.subject),
        }
    return {"issuer": authority.issuer, "subject": authority.subject}
