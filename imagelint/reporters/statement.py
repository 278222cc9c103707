"""A verdict as an in-toto statement about the image, for whoever decides what may run.

https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md (v0.2) and
https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md. What is beyond the fields of
the predicate stands under `imagelint`, and readers skip it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from imagelint.core.reference import parse_reference
from imagelint.core.report import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/svr/v0.2"
SUMMARY = "https://slsa.dev/verification_summary/v1"
PASSED = "IMAGELINT_GATE_PASSED"
_ALGORITHM = "sha256:"
_NO_REGISTRY = ("oci:", "oci-archive:", "docker-archive:", "docker-daemon:")


def statement(verdict: Verdict, version: str, moment: str) -> str | None:
    """The statement as JSON; None where the verdict is about no image by its digest.

    `moment` is when the verdict was given, as `2026-01-31T12:00:00Z`. Only what passed has the
    property that says so.
    """
    entries = verdict.evidence.entries
    named = dict(entries)
    digest = named.get("digest", "")
    if not digest.startswith(_ALGORITHM):
        return None
    written = {
        "_type": STATEMENT,
        "subject": [
            {
                "name": named.get("image", "").partition("@")[0],
                "digest": {"sha256": digest.removeprefix(_ALGORITHM)},
            }
        ],
        "predicateType": PREDICATE,
        "predicate": _predicate(verdict, version, moment),
    }
    return json.dumps(written, ensure_ascii=False, indent=1) + "\n"


def verification_summary(
    verdict: Verdict, moment: str, verifier: str, levels: Iterable[str]
) -> str | None:
    """The same for whoever asks for levels, as JSON; None where it is about no image by its digest.

    https://slsa.dev/spec/v1.1/verification_summary. What did not pass has no levels.
    """
    named = dict(verdict.evidence.entries)
    digest = named.get("digest", "")
    if not digest.startswith(_ALGORITHM):
        return None
    passed = verdict.outcome is Outcome.PASS
    image = named.get("image", "").partition("@")[0]
    policy = _policy(next((v for n, v in verdict.evidence.entries if n == "policy"), ""))
    written = {
        "_type": STATEMENT,
        "subject": [{"name": image, "digest": {"sha256": digest.removeprefix(_ALGORITHM)}}],
        "predicateType": SUMMARY,
        "predicate": {
            "verifier": {"id": verifier},
            "timeVerified": moment,
            "resourceUri": _resource(image, digest),
            "policy": policy,
            "verificationResult": "PASSED" if passed else "FAILED",
            "verifiedLevels": list(levels) if passed else [],
            "slsaVersion": "1.1",
        },
    }
    return json.dumps(written, ensure_ascii=False, indent=1) + "\n"


def _resource(image: str, digest: str) -> str:
    """https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md."""
    elsewhere = image.startswith(_NO_REGISTRY) or image.endswith(".tar")
    reference = None if elsewhere else parse_reference(image)
    repository = f"{reference.registry}/{reference.repository}" if reference else ""
    name = quote(repository.rpartition("/")[2].lower(), safe="") or "image"
    where = f"?repository_url={quote(repository, safe='/:.')}" if repository else ""
    return f"pkg:oci/{name}@{digest}{where}"


def _predicate(verdict: Verdict, version: str, moment: str) -> dict[str, object]:
    passed = verdict.outcome is Outcome.PASS
    entries = verdict.evidence.entries
    policies = [value for name, value in entries if name in ("policy", "trusted policy")]
    return {
        "verifier": {
            "id": f"pkg:pypi/imagelint@{version}",
            "policies": [_policy(said) for said in policies],
        },
        "timeCreated": moment,
        "properties": [PASSED] if passed else [],
        "imagelint": {
            "outcome": verdict.outcome.value,
            "reasons": list(verdict.reasons),
            "evidence": [{"name": name, "value": value} for name, value in entries],
        },
    }


def _policy(said: str) -> dict[str, object]:
    name, _, encoded = said.rpartition(_ALGORITHM)
    return {"uri": name.partition(" (")[0].strip(), "digest": {"sha256": encoded}}
