"""A verdict as an in-toto statement about the image, for whoever decides what may run.

https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md (v0.2) and
https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md. What is beyond the fields of
the predicate stands under `imagelint`, and readers skip it.
"""

from __future__ import annotations

import json

from imagelint.core.report import Outcome, Verdict

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/svr/v0.2"
PASSED = "IMAGELINT_GATE_PASSED"
_ALGORITHM = "sha256:"


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
