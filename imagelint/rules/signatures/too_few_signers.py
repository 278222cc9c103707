"""The rule `too-few-signers`."""

from __future__ import annotations

from imagelint.documents.image.signatures import Quorum
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Quorum,
    Severity.CRITICAL,
    references=("Connaisseur threshold", "policy-controller authorities", "SLSA verify artifacts"),
)
def too_few_signers(quorum: Quorum, ctx: Context) -> Findings:
    """Fewer have signed the image than the policy demands.

    One key can be stolen, and one pipeline taken over. Where two roles must vouch for an image,
    such as the build and whoever reviewed its scan, nobody can release it alone. Several keys
    under one name are one role, and one key under several names is one as well: two signatures of
    the same team are one.

    Bad (signatures.json):
        {"image": "registry.example.com/llm@sha256:0a", "checks":
         [{"signer": "build", "outcome": "verified",
           "predicates": ["https://sigstore.dev/cosign/sign/v1"]}],
         "quorums": [{"roles": ["build", "security"], "needed": 2, "signed": ["build"]}]}

    Good (signatures.json):
        {"image": "registry.example.com/llm@sha256:0a", "checks":
         [{"signer": "build", "outcome": "verified",
           "predicates": ["https://sigstore.dev/cosign/sign/v1"]}],
         "quorums": [{"roles": ["build", "security"], "needed": 2,
                      "signed": ["build", "security"]}]}
    """
    if len(quorum.signed) < quorum.needed:
        missing = [role for role in quorum.roles if role not in quorum.signed]
        yield ctx.finding(
            quorum,
            f"{len(quorum.signed)} of {quorum.needed} signers that are needed have signed",
            help=f"let the image be signed by {' or '.join(f'`{role}`' for role in missing)}, "
            "with a key that no other role has",
            subject=" ".join(missing),
        )
