"""The rule `missing-attestation`."""

from __future__ import annotations

from imagelint.documents.image.signatures import AttestationCheck
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    AttestationCheck,
    Severity.HIGH,
    references=(
        *("SLSA verify artifacts", "policy-controller attestations"),
        *("Docker Scout supply chain attestations", "Kyverno verify-image"),
    ),
)
def missing_attestation(check: AttestationCheck, ctx: Context) -> Findings:
    """A signed statement that the policy demands is not there, or says something else.

    How an image was built, what is in it and how it was judged is known only from statements, and
    a statement is worth no more than the signature below it. One by somebody else, of another
    builder or source, or of last year, is as good as none.

    Bad (signatures.json):
        {"image": "registry.example.com/llm@sha256:0a", "checks": [],
         "attestations": [{"type": "slsa-provenance", "met": false,
                           "reason": "there is none that verifies"}]}

    Good (signatures.json):
        {"image": "registry.example.com/llm@sha256:0a", "checks": [],
         "attestations": [{"type": "slsa-provenance", "met": true}]}
    """
    if not check.met:
        yield ctx.finding(
            check,
            f"the image has no `{check.subject}` statement that the policy accepts",
            help="attest it with `cosign attest` by a signer of the policy, after the last build",
            notes=(ctx.note(check.reason),) if check.reason else (),
            subject=check.subject,
        )
