"""Whether a release of a scanner may be run."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.knowledge.containers.scanners import least_version, withdrawn
from imagelint.knowledge.versions import compare_versions


class ReleaseRules(NamedTuple):
    """Which releases of a scanner may be run: from `least` on, and none of `denied`.

    `sha256` are the digests, in hexadecimal digits, of the programs that may be run; none: any.
    """

    least: str = ""
    denied: tuple[str, ...] = ()
    sha256: tuple[str, ...] = ()


class Refusal(NamedTuple):
    """Why a release is not run, as the rest of a sentence, and what helps."""

    why: str
    help: str


def withdrawn_release(name: str, version: str) -> Refusal | None:
    """Why a release is not run that was withdrawn; None when it was not."""
    row = withdrawn(name, version)
    if row is None:
        return None
    why = f"a version withdrawn on {row['since']}, since {row['why']}"
    return Refusal(why, f"remove it, change every secret that it could see ({row['id']})")


def refused_release(name: str, version: str, rules: ReleaseRules) -> Refusal | None:
    """Why a release is not run: known as withdrawn, denied by the policy, or too old."""
    found = withdrawn_release(name, version)
    if found is not None:
        return found
    if version in rules.denied:
        return Refusal("a version that the policy denies", "install another version")
    for least, said in ((rules.least, "the policy asks for"), (least_version(name), "is needed")):
        order = compare_versions(version, least) if least else None
        if order is not None and order < 0:
            return Refusal(f"too old: {least} or later {said}", "install a later version")
    return None
