"""The rule `wrong-signer`."""

from __future__ import annotations

from dataclasses import dataclass, field

from imagelint.documents.image.signatures import SignatureOutcome, SignatureReport
from imagelint.rules.api import Context, Findings, Severity, rule


@dataclass(frozen=True)
class Options:
    """Whose signatures an image needs."""

    every: bool = field(
        default=False,
        metadata={
            "doc": "every signer who may sign the image must have signed, not just one",
            "strictest": True,
        },
    )


@rule(
    SignatureReport,
    Severity.CRITICAL,
    options=Options,
    references=("Kyverno verify-image", "SLSA verify artifacts"),
)
def wrong_signer(report: SignatureReport, ctx: Context, options: Options) -> Findings:
    """The image is signed, but not by those who may sign it.

    A signature by an unknown key proves nothing, one for other content is forged, and one that no
    trusted log or certificate authority knows may be stolen. An image for which the policy names
    no signer at all is nobody's.

    Bad (signatures.json):
        {"image": "registry.example.com/llm@sha256:0a", "checks":
         [{"signer": "build", "outcome": "wrong-signer", "reason": "made with another key"}]}

    Good (signatures.json):
        {"image": "registry.example.com/llm@sha256:0a", "checks":
         [{"signer": "build", "outcome": "verified",
           "predicates": ["https://sigstore.dev/cosign/sign/v1"]},
          {"signer": "release", "outcome": "wrong-signer", "reason": "made with another key"}]}
    """
    if not report.checks:
        message = f"the policy names no signer who may sign {report.image}"
        help_ = "add one under `environment: signers`, or widen the `images` of one"
        yield ctx.finding(report, message, help=help_, subject="no signer")
    elif report.signed and (options.every or not report.verified):
        for check in report.checks:
            if check.outcome is SignatureOutcome.VERIFIED:
                continue
            yield ctx.finding(
                check,
                f"no trusted signature of `{check.signer}` on {report.image}",
                help="let the image be signed by a signer of the policy, or find out who did",
                notes=(ctx.note(check.reason),) if check.reason else (),
                subject=check.signer,
            )
