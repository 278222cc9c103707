"""The verdict of a gate, as `gate --attest` writes it down, and whether one may push upon it.

https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.image.attestations import PASSED, SVR
from imagelint.documents.image.jsonview import plain
from imagelint.documents.image.manifest import read_strictly
from imagelint.documents.image.moments import days_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.environment import PushSettings

_STATEMENT = "https://in-toto.io/Statement/v1"
_HOURS = 24
_EACH = ("image for ", "one image")
"""How evidence begins that names the manifest of one of several images."""


class GateVerdict(NamedTuple):
    """What a statement says: about which digests, whether it passed, when, by which policies.

    `policies` are their digests (`sha256:…`), `names` what each is called, `manifests` those of the
    images that were looked at, where the digest is that of an index.
    """

    digests: tuple[str, ...]
    passed: bool
    made: str
    policies: tuple[str, ...]
    manifests: tuple[str, ...]
    names: tuple[str, ...] = ()


class PushedImage(NamedTuple):
    """What is to be pushed: its digest, and the manifests of the images below it."""

    digest: str
    manifests: tuple[str, ...]


def parse_verdict(text: str) -> GateVerdict | str:
    """The verdict that a text is, or why it is none."""
    view = read_strictly(text)
    if isinstance(view, str):
        return view
    predicate = view["predicate"]
    if view["_type"].exact != _STATEMENT or view["predicateType"].exact != SVR:
        return "is no verdict as `imagelint gate --attest` writes it"
    ours = predicate["imagelint"]
    evidence = [(row["name"].text, row["value"].text) for row in ours["evidence"].items()]
    properties = {one.exact for one in predicate["properties"].items()}
    return GateVerdict(
        tuple(f"sha256:{one['digest']['sha256'].exact}" for one in view["subject"].items()),
        PASSED in properties and ours["outcome"].exact == "pass",
        predicate["timeCreated"].text,
        tuple(
            f"sha256:{one['digest']['sha256'].exact}"
            for one in predicate["verifier"]["policies"].items()
        ),
        tuple(value for name, value in evidence if name.startswith(_EACH)),
        tuple(one["uri"].text for one in predicate["verifier"]["policies"].items()),
    )


def objections(
    verdict: GateVerdict,
    image: PushedImage,
    policies: Iterable[str],
    settings: PushSettings,
    now: float,
) -> Iterator[str]:
    """Why an image may not be pushed upon a verdict; none where it may.

    `policies` are the digests of what holds here, `now` is in seconds since 1970.
    """
    if image.digest not in verdict.digests:
        told = plain(verdict.digests[0]) if verdict.digests else "nothing"
        yield f"the verdict is about {told}, not {image.digest}"
    if not verdict.passed:
        yield "the verdict is not that the gate was passed"
    seen = {*verdict.digests, *verdict.manifests}
    for manifest in image.manifests:
        if manifest not in seen:
            yield f"the gate did not look at {manifest}, which is part of the image"
    yield from _age(verdict, frozenset(policies), settings, now)


def _age(
    verdict: GateVerdict, policies: frozenset[str], settings: PushSettings, now: float
) -> Iterator[str]:
    days = days_since(verdict.made, now)
    if days is None:
        yield "the verdict does not say when it was given"
        return
    if days < 0:
        yield f"the verdict says that it was given in the future: {plain(verdict.made)}"
        return
    hours = days * _HOURS
    most, most_of_others = settings.hours
    if hours > most:
        yield f"the verdict is {hours:.1f} hours old, and may be {most}"
    counts = 0 < most_of_others >= hours
    if not counts and not policies.intersection(verdict.policies):
        told = ", ".join(map(plain, verdict.policies)) or "none that it names"
        yield f"the verdict was given under another policy than the one that holds here: {told}"
