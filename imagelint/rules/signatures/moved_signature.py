"""The rule `moved-signature`."""

from __future__ import annotations

from imagelint.documents.image.signatures import SignatureCheck
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(SignatureCheck, Severity.MEDIUM, references=("SLSA verify artifacts",))
def moved_signature(check: SignatureCheck, ctx: Context) -> Findings:
    """The image was signed for another repository than the one in which it lies.

    Whoever can push puts a good image of one place, signature and all, under the name of another:
    the test build as the release, or the old version as the new one. Signatures in the former
    format of cosign name their repository; later ones name none, so that nobody can tell.

    Where images are copied on purpose, `exempt` takes the repositories that they come from.

    Bad (signatures.json):
        {"image": "registry.example.com/release/llm@sha256:0a", "checks":
         [{"signer": "build", "outcome": "verified",
           "predicates": ["cosign container image signature"],
           "places": ["registry.example.com/test/llm"]}]}

    Good (signatures.json):
        {"image": "registry.example.com/release/llm@sha256:0a", "checks":
         [{"signer": "build", "outcome": "verified",
           "predicates": ["cosign container image signature"], "places": []}]}
    """
    for place in check.places:
        yield ctx.finding(
            check,
            f"`{check.signer}` signed this image as {place}",
            help="sign it where it is used, or name that place in `exempt` of this rule",
            subject=place,
        )
