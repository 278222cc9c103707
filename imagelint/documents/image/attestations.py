"""Signed statements about an image, what they say, and whether that is what a policy wants.

Predicates: https://slsa.dev/spec/v1.1/provenance and /v0.2, https://slsa.dev/spec/v1.1/verification_summary,
https://github.com/in-toto/attestation/tree/main/spec/predicates (vulns, svr, test-result),
https://github.com/sigstore/cosign/blob/main/specs/COSIGN_VULN_ATTESTATION_SPEC.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from imagelint.core.record import NamedTuple
from imagelint.core.serving.scorecard import PREDICATE as SCORECARD
from imagelint.documents.image.moments import days_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.environment import AttestationDemand
    from imagelint.documents.image.jsonview import JsonView

SVR = "https://in-toto.io/attestation/svr/v0.2"
VSA = "https://slsa.dev/verification_summary/v1"
PASSED = "IMAGELINT_GATE_PASSED"
"""The property that our own verdict has when the gate was passed."""

ATTESTED = "attested"
"""What is given instead of the file of a statement where the image carries it."""

_IN_TOTO, _SLSA = "https://in-toto.io/attestation", "https://slsa.dev"
KINDS = {
    "slsa-provenance": tuple(f"{_SLSA}/provenance/{one}" for one in ("v0.1", "v0.2", "v1")),
    "sbom": ("https://spdx.dev/Document", "https://cyclonedx.org/bom"),
    "vulnerabilities": (
        "https://cosign.sigstore.dev/attestation/vuln/v1",
        *(f"{_IN_TOTO}/vulns{one}" for one in ("", "/v0.1", "/v0.2")),
    ),
    "evaluation": (f"{_IN_TOTO}/test-result/v0.1",),
    "scorecard": (SCORECARD,),
    "verdict": (
        *(f"{_IN_TOTO}/svr/{one}" for one in ("v0.1", "v0.2")),
        *(f"{_SLSA}/verification_summary/{one}" for one in ("v0.1", "v0.2", "v1")),
    ),
}
"""The short names of kinds, and the addresses of their predicate types in the versions that are
read: what a later one says may mean something else. A bill of materials is of any version."""


class Attestation(NamedTuple):
    """A verified statement about the image, by a signer of the policy; `digests`: its subjects."""

    signer: str
    predicate: str
    content: JsonView
    digests: tuple[str, ...] = ()


class AttestationOutcome(NamedTuple):
    """Whether a demand is met, and why it is not; `subject` is what was demanded, for people."""

    subject: str
    met: bool
    reason: str = ""


def outcome_of(
    demand: AttestationDemand, found: Iterable[Attestation], now: float
) -> AttestationOutcome:
    """Whether one of the statements is what a demand wants; `now` in seconds since 1970."""
    of_kind = [one for one in found if _is_of_kind(one.predicate, demand.type)]
    if not of_kind:
        return AttestationOutcome(demand.type, met=False, reason="there is none that verifies")
    reasons: list[str] = []
    for one in of_kind:
        faults = list(_faults(demand, one, now))
        if not faults:
            return AttestationOutcome(demand.type, met=True)
        reasons.append(f"that of `{one.signer}`: {'; '.join(faults)}")
    return AttestationOutcome(demand.type, met=False, reason=" / ".join(dict.fromkeys(reasons)))


def _is_of_kind(predicate: str, kind: str) -> bool:
    known = KINDS.get(kind, ())
    versioned = kind == "sbom" and predicate.startswith(tuple(f"{one}/" for one in known))
    return predicate == kind or predicate in known or versioned


def _faults(demand: AttestationDemand, one: Attestation, now: float) -> Iterator[str]:
    if demand.signed_by and one.signer not in demand.signed_by:
        yield f"it is to be signed by {' or '.join(demand.signed_by)}"
    told = {
        "builder": (demand.builder, _builders(one.content)),
        "source": (demand.source, _sources(one.content)),
        "verifier": (demand.verifier, (one.content["verifier"]["id"].exact,)),
    }
    for name, (wanted, said) in told.items():
        known = [value for value in said if value]
        # Of two forms of a provenance in one, whoever is built for may have filled in the other.
        others = [value for value in known if not _is(wanted, value)]
        if wanted and (others or not known):
            yield f"its {name} is {others[0] if others else 'not said'}, not {wanted}"
    if demand.type in ("verdict", "evaluation", "scorecard"):
        yield from _failed(one)
    if demand.max_age_days is not None:
        yield from _too_old(one.content, demand.max_age_days, now)


def _is(wanted: str, value: str) -> bool:
    if not wanted.endswith("*"):
        return value == wanted
    rest = unquote(value.removeprefix(wanted[:-1]))
    # What leads up again is no more below the beginning.
    return value.startswith(wanted[:-1]) and ".." not in rest.replace("\\", "/").split("/")


def _builders(content: JsonView) -> tuple[str, ...]:
    return (content["runDetails"]["builder"]["id"].exact, content["builder"]["id"].exact)


def _sources(content: JsonView) -> tuple[str, ...]:
    """Where the source came from; what else went into a build is no source."""
    given = content["buildDefinition"]["externalParameters"]
    return (
        given["source"].exact,
        given["source"]["uri"].exact,
        given["workflow"]["repository"].exact,
        given["configSource"]["uri"].exact,
        content["invocation"]["configSource"]["uri"].exact,
    )


def _failed(one: Attestation) -> Iterator[str]:
    """Why a verdict, an evaluation or a scorecard is none that lets an image pass."""
    if one.predicate.startswith(SVR.rpartition("/")[0]):
        passed = PASSED in {said.exact for said in one.content["properties"].items()}
        said = "it does not say that the gate was passed"
    elif one.predicate == SCORECARD:
        result = one.content["verdict"]["outcome"].exact
        passed, said = result == "pass", f"its outcome is {result or 'not said'}"
        image = one.content["image"].exact
        if image not in one.digests:
            yield f"it was measured of {image or 'no image that it names'}"
    else:
        result = one.content["verificationResult"].exact or one.content["result"].exact
        passed, said = result == "PASSED", f"its result is {result or 'not said'}"
    if not passed:
        yield said


def _too_old(content: JsonView, days: int, now: float) -> Iterator[str]:
    metadata = content["metadata"]
    told = (
        *(content["timeCreated"], content["timeVerified"], metadata["scanFinishedOn"]),
        *(content["runDetails"]["metadata"]["finishedOn"], metadata["buildFinishedOn"]),
        *(metadata["timestamp"], content["creationInfo"]["created"], content["measured"]["to"]),
    )
    said = next((one.text for one in told if one.text), "")
    age = days_since(said, now)
    if age is None:
        yield "it does not say when it was made"
    elif age < 0:
        yield f"it says that it was made in the future: {said}"
    elif age > days:
        yield f"it is {age:.0f} days old, and may be {days}"
