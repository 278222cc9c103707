"""The rule `unsigned-image`."""

from __future__ import annotations

from imagelint.documents.image.signatures import SignatureReport
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    SignatureReport,
    Severity.HIGH,
    references=("Kyverno verify-image", "SLSA verify artifacts", "NIST SP 800-190 4.1.5"),
)
def unsigned_image(report: SignatureReport, ctx: Context) -> Findings:
    """The image carries no signature.

    Whoever can push to the registry, or stands between it and the cluster, decides what runs.
    Statements about an image (a bill of materials, a vulnerability report) are not a signature,
    though verifying tools take them for one.

    Except:
        An image for which the policy names no signer: `wrong-signer` speaks about it.

    Bad (signatures.json):
        {"image": "registry.example.com/llm@sha256:0a", "checks":
         [{"signer": "build", "outcome": "unsigned"}]}

    Good (signatures.json):
        {"image": "registry.example.com/llm@sha256:0a", "checks":
         [{"signer": "build", "outcome": "verified",
           "predicates": ["https://sigstore.dev/cosign/sign/v1"]}]}
    """
    if not report.checks or report.signed:
        return
    reasons = dict.fromkeys(
        said for check in report.checks for said in (check.reason, *check.notes) if said
    )
    signers = ", ".join(check.signer for check in report.checks)
    yield ctx.finding(
        report,
        f"{report.image} is not signed",
        help=f"sign the digest after the push with `cosign sign`; may sign: {signers}",
        notes=tuple(ctx.note(reason) for reason in reasons),
        subject="signature",
    )
