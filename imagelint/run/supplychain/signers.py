"""Who may vouch for an image, and what of what is attached to it verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.signatures.verify import verify
from imagelint.collect.tools.cosign import Verification, VerifyRequest
from imagelint.core.environment import ScanSettings
from imagelint.core.report import Problem, ProblemKind
from imagelint.policy.glob import matches_subject

if TYPE_CHECKING:
    from collections.abc import Collection

    from imagelint.core.environment import Signer, TrustRule
    from imagelint.documents.image.image import ImageTarget
    from imagelint.policy.model import Policy
    from imagelint.run.images import ImageRequest


def asks_for_statements(request: ImageRequest) -> bool:
    """Whether a scan builds upon what signers state."""
    return bool(_stated_by(request))


def _stated_by(request: ImageRequest) -> frozenset[str]:
    settings = request.settings if request.scan else ScanSettings()
    return frozenset((*settings.vex_signed_by, *settings.sbom_signed_by))


def verification_of(target: ImageTarget, request: ImageRequest) -> Verification | Problem | None:
    """What is said about an image and verified; None where nobody asks."""
    stated = _stated_by(request)
    if not (request.verify or stated):
        return None
    environment = request.policy.environment
    signers = signers_for(target, request.policy)
    trust = trust_for(target, request.policy)
    others = witnesses(trust, signers, environment.signers, stated)
    if not (signers if request.verify else (*signers, *others)):
        detail = "no signer is declared for it, so nobody's signature was looked for"
        help_ = (
            "declare environment.signers in the policy, or switch the rules about signatures off"
        )
        return Problem(ProblemKind.NOTHING_EXAMINED, target.reference, detail, help_)
    request.tell(f"verifying {target.reference}")
    asked = VerifyRequest(
        image=target.identity,
        signers=signers,
        trusted_root=environment.trusted_root or "",
        folder=request.folder,
        deadline=request.deadline,
        trusted_root_text=environment.trusted_root_text,
        cross_check=request.cross_check,
        trust=trust,
        witnesses=others,
        clients=request.clients,
    )
    return verify(asked)


def trust_for(target: ImageTarget, policy: Policy) -> tuple[TrustRule, ...]:
    """The rules of trust that hold for an image: those without `images`, and those that match."""
    name = target.identity.repository or target.reference
    return tuple(
        rule
        for rule in policy.environment.trust
        if not rule.images or any(matches_subject(glob, name) for glob in rule.images)
    )


def witnesses(
    trust: tuple[TrustRule, ...],
    signers: tuple[Signer, ...],
    declared: tuple[Signer, ...],
    named: Collection[str] = (),
) -> tuple[Signer, ...]:
    """The declared signers whom rules of trust name, or who are `named`, beside the image's."""
    names = {*named, *(name for rule in trust for name in rule.signed_by)}
    names |= {name for rule in trust for one in rule.attestations for name in one.signed_by}
    return tuple(one for one in declared if one.name in names and one not in signers)


def signers_for(target: ImageTarget, policy: Policy) -> tuple[Signer, ...]:
    """The declared signers of an image: those without `images`, and those with a glob for it."""
    name = target.identity.repository or target.reference
    return tuple(
        signer
        for signer in policy.environment.signers
        if not signer.images or any(matches_subject(glob, name) for glob in signer.images)
    )
