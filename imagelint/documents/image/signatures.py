"""Who signed an image, as far as the signers are concerned whom the policy trusts.

The text is JSON of our own making, written by whoever asked cosign:

    {"image": "registry.example.com/app@sha256:…",
     "checks": [{"signer": "build", "outcome": "verified", "reason": "",
                 "predicates": ["https://sigstore.dev/cosign/sign/v1"], "notes": [],
                 "places": [], "matched": ["bundle sha256:0a1b2c3d4e5f"]}],
     "quorums": [{"roles": ["build", "security"], "needed": 2, "signed": ["build"]}],
     "attestations": [{"type": "sbom", "met": false, "reason": "there is none that verifies"}]}
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source, Span
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.jsonview import JsonView, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Node

SIGNATURE = "https://sigstore.dev/cosign/sign/v1"
LEGACY_SIGNATURE = "cosign container image signature"
NOTATION_SIGNATURE = "application/vnd.cncf.notary.signature"
SIGNATURES = (SIGNATURE, LEGACY_SIGNATURE, NOTATION_SIGNATURE)
"""What says "I vouch for this image". Any other predicate only says something about it."""


class SignatureOutcome(Enum):
    """What came of looking for the signature of one signer."""

    VERIFIED = "verified"
    UNSIGNED = "unsigned"  # there is no signature at all
    WRONG_SIGNER = "wrong-signer"  # there are signatures, none by this signer, or forged ones
    UNTRUSTED = "untrusted"  # by this signer, but what must prove it is missing or wrong


class SignatureCheck(NamedTuple):
    """The answer for one signer of the policy.

    `predicates` are the types of all statements that verified, a signature or not; `notes` what
    a reader should know besides. `places` are the repositories for which the signatures were made,
    where they say so and none of them is that of the image. `matched` names the signatures that
    verified, of several.
    """

    span: Span
    signer: str
    outcome: SignatureOutcome
    reason: str = ""
    predicates: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    path: str = ""
    places: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()


class Quorum(NamedTuple):
    """How many of some roles must have signed an image, and which of them did."""

    span: Span
    roles: tuple[str, ...]
    needed: int
    signed: tuple[str, ...] = ()
    path: str = "signers"


class AttestationCheck(NamedTuple):
    """A statement that the policy demands about an image, and why it is not there."""

    span: Span
    subject: str
    met: bool
    reason: str = ""
    path: str = "attestations"


class TrustDemands(NamedTuple):
    """What the policy demands of an image besides one signature."""

    quorums: tuple[Quorum, ...] = ()
    attestations: tuple[AttestationCheck, ...] = ()


NOTHING_DEMANDED = TrustDemands()


class SignatureReport(Document):
    """The answers for all signers who may sign an image; empty when none may. Has no text."""

    kind = "signatures"
    __slots__ = ("checks", "demands", "image")

    def __init__(
        self,
        origin: str,
        image: str,
        checks: Iterable[SignatureCheck],
        demands: TrustDemands = NOTHING_DEMANDED,
    ) -> None:
        super().__init__(Source(origin, ""))
        self.image = image
        self.checks = tuple(checks)
        self.demands = demands

    @property
    def digest(self) -> str:
        """The digest that was verified."""
        return self.image.rpartition("@")[2]

    @property
    def signed(self) -> bool:
        """Whether the image carries any signature, whoever made it."""
        return any(check.outcome is not SignatureOutcome.UNSIGNED for check in self.checks)

    @property
    def verified(self) -> bool:
        """Whether one of the signers did sign."""
        return any(check.outcome is SignatureOutcome.VERIFIED for check in self.checks)

    def noted(self, note: str) -> SignatureReport:
        """The same, with something that a reader should know about every answer."""
        checks = (check._replace(notes=(*check.notes, note)) for check in self.checks)
        return SignatureReport(self.source.origin, self.image, checks, self.demands)

    def nodes(self) -> Iterator[Node]:
        """The checks, in the order of the policy, and what is demanded besides."""
        yield from self.checks
        yield from self.demands.quorums
        yield from self.demands.attestations


def parse_signatures(source: Source) -> SignatureReport:
    """The report that a text holds; findings will name `source.origin`, which is an image.

    Raises:
        DocumentError: it is not such a report.
    """
    view = read_json(source.text)
    if isinstance(view, str):
        raise DocumentError(ProblemKind.UNPARSABLE, f"the report about signatures {view}")
    if not view["image"].text or not view["checks"].is_array:
        detail = "the report about signatures has no `image` or no `checks`"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    checks = [_check(check) for check in view["checks"].items()]
    return SignatureReport(source.origin, view["image"].text, checks, _demands(view))


def _demands(view: JsonView) -> TrustDemands:
    return TrustDemands(
        tuple(
            Quorum(
                NOWHERE,
                one["roles"].texts(),
                int(one["needed"].number or 0),
                one["signed"].texts(),
            )
            for one in view["quorums"].items()
        ),
        tuple(
            AttestationCheck(NOWHERE, one["type"].text, one["met"].flag, one["reason"].text)
            for one in view["attestations"].items()
        ),
    )


def _check(view: JsonView) -> SignatureCheck:
    try:
        outcome = SignatureOutcome(view["outcome"].text)
    except ValueError:
        detail = f"there is no outcome `{view['outcome'].text}` of a signature check"
        raise DocumentError(ProblemKind.UNPARSABLE, detail) from None
    predicates = view["predicates"].texts()
    if outcome is SignatureOutcome.VERIFIED and not set(predicates) & set(SIGNATURES):
        outcome = SignatureOutcome.UNSIGNED  # never believe a verdict without its ground
    signer = view["signer"].text
    return SignatureCheck(
        NOWHERE,
        signer,
        outcome,
        view["reason"].text,
        predicates,
        view["notes"].texts(),
        path=f"signer {signer}",
        places=view["places"].texts(),
        matched=view["matched"].texts(),
    )


def write_signatures(
    image: str, checks: Iterable[SignatureCheck], demands: TrustDemands = NOTHING_DEMANDED
) -> str:
    """The text that `parse_signatures` reads."""
    import json

    rows = [
        {
            "signer": check.signer,
            "outcome": check.outcome.value,
            "reason": check.reason,
            "predicates": list(check.predicates),
            "notes": list(check.notes),
            "places": list(check.places),
            "matched": list(check.matched),
        }
        for check in checks
    ]
    written: dict[str, object] = {"image": image, "checks": rows}
    if demands.quorums:
        written["quorums"] = [
            {"roles": one.roles, "needed": one.needed, "signed": one.signed}
            for one in demands.quorums
        ]
    if demands.attestations:
        written["attestations"] = [
            {"type": one.subject, "met": one.met, "reason": one.reason}
            for one in demands.attestations
        ]
    return json.dumps(written, ensure_ascii=False, indent=1)
