"""What cosign's words mean: no signature, one that is refused, or something on our side."""

from __future__ import annotations

from imagelint.collect.tools.trivy_errors import (
    NO_SPACE,
    OUTDATED,
    REGISTRY,
    ErrorPattern,
    explain,
    last_words,
    mean,
)
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.signatures import SignatureOutcome

INSTALL = (
    "run `brew install cosign`, or see"
    " https://docs.sigstore.dev/cosign/system_config/installation/ (3.0.4 or later)"
)

_NO_SIGNATURE = 10
_UNSIGNED = (
    "no signatures found",
    "no valid bundles exist in registry",
    "no signatures associated",
)


class RejectionPattern(NamedTuple):
    """If cosign says one of the words, the signature is refused, and this is why."""

    words: tuple[str, ...]
    outcome: SignatureOutcome
    reason: str


OURS = (
    ErrorPattern(
        ("context deadline exceeded",),
        ProblemKind.TIMED_OUT,
        "there was no answer in time",
        "see whether the registry answers; give it more with `--timeout`",
    ),
    ErrorPattern(
        (
            *("failed to create TUF client", "tuf refresh failed", "initializing tuf"),
            *("getting trusted root", "fetching trusted root", "loading trusted root"),
            *("trusted root from TUF", "getting Rekor public keys", "getting CTLog public keys"),
            *("error reading trusted root", "setting up trusted material", "trusted_root"),
        ),
        ProblemKind.UNREACHABLE,
        "the trust material cannot be had",
        "name a trusted root file (`environment: trusted-root`), or let the signer do without a"
        " transparency log",
    ),
    ErrorPattern(
        ("loading public key", "load public key", "reading key", "unable to load key", "PEM decod"),
        ProblemKind.UNREADABLE,
        "the signer's public key cannot be read",
        "see whether `key` of the signer names a public key",
    ),
    OUTDATED._replace(help=INSTALL),
    NO_SPACE,
)
REFUSALS = (
    RejectionPattern(
        ("not enough verified log entries", "signature not found in transparency log"),
        SignatureOutcome.UNTRUSTED,
        "the signature is in no transparency log that the policy trusts",
    ),
    RejectionPattern(
        ("not enough verified timestamps", "not enough verified SCTs", "certificate has expired"),
        SignatureOutcome.UNTRUSTED,
        "what must prove time or certificate of the signature is missing or wrong",
    ),
    RejectionPattern(
        ("expected SAN value", "expected issuer value", "none of the expected identities"),
        SignatureOutcome.WRONG_SIGNER,
        "the image was signed under another identity",
    ),
    RejectionPattern(
        ("accepted signatures do not match threshold", "invalid signature when validating"),
        SignatureOutcome.WRONG_SIGNER,
        "no signature on the image was made by this signer, or it was made for other content",
    ),
)
OTHER_REFUSALS = (
    RejectionPattern(
        ("leaf certificate", "x509: "),
        SignatureOutcome.UNTRUSTED,
        "the certificate of the signature comes from nobody whom the policy trusts",
    ),
    RejectionPattern(
        ("no matching signatures", "no matching attestations", "failed to verify"),
        SignatureOutcome.WRONG_SIGNER,
        "no signature on the image satisfies this signer",
    ),
)


def classify(code: int, stderr: str, origin: str) -> tuple[SignatureOutcome, str] | Problem:
    """What a failed verification means: an outcome with its reason, or that nobody can tell.

    Asked in this order: was there a signature, is it our side, a clear refusal, the network, any
    refusal. None of it lets an image pass.
    """
    if code == _NO_SIGNATURE or any(word in stderr for word in _UNSIGNED):
        return SignatureOutcome.UNSIGNED, "the image carries no signature"
    for table in (OURS, REFUSALS, REGISTRY, OTHER_REFUSALS):
        for meaning in table:
            if not any(word in stderr for word in meaning.words):
                continue
            if isinstance(meaning, ErrorPattern):
                return mean(meaning, stderr, "cosign", origin)
            return meaning.outcome, f"{meaning.reason} ({last_words(stderr, meaning.words)})"
    return failure(code, stderr, origin)


def failure(code: int, stderr: str, origin: str) -> Problem:
    """The problem that a failed call of cosign is."""
    problem = explain(stderr, (*OURS, *REGISTRY), "cosign", origin)
    if problem is not None:
        return problem
    detail = f"cosign ended with {code}: {last_words(stderr)}"
    return Problem(ProblemKind.TOOL_FAILED, origin, detail)
