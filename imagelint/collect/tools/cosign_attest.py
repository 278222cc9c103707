"""Let cosign sign a statement and attach it to an image in a registry.

https://github.com/sigstore/cosign/blob/main/doc/cosign_attest.md. cosign writes the statement about
the digest itself and takes only the predicate from us.
"""

from __future__ import annotations

import json
import os

from imagelint.collect.images.local import is_local
from imagelint.collect.process import ProcessLimits, ProcessRequest, run
from imagelint.collect.registry.layout import is_layout
from imagelint.collect.tools.cosign_errors import INSTALL, failure
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind

_SECONDS = 180.0
_FILE = "predicate.json"
_PASSED = (
    *("COSIGN_PASSWORD", "SIGSTORE_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_*", "GITLAB_OIDC_TOKEN"),
    *("AWS_*", "GOOGLE_*", "CLOUDSDK_*", "AZURE_*", "VAULT_*", "KUBECONFIG", "COSIGN_PRIVATE_KEY"),
)


class AttestRequest(NamedTuple):
    """What to sign: a statement about an image of a registry, which `reference` names.

    `key` is a private key as cosign takes it, or empty for the identity of whoever runs this;
    `config` a file with the services to sign with, or empty for those of the public Sigstore.
    """

    reference: str
    digest: str
    statement: str
    key: str = ""
    config: str = ""


def attest(request: AttestRequest) -> Problem | None:
    """Sign and attach; the problem when it did not come to that."""
    reference = parse_reference(request.reference)
    if reference is None or is_layout(request.reference) or is_local(request.reference):
        return _not_there(request)
    name = f"{reference.registry}/{reference.repository}"
    written = json.loads(request.statement)
    flags = [f"--predicate={_FILE}", f"--type={written['predicateType']}", "--yes"]
    flags += [f"--key={_place(request.key)}"] if request.key else []
    flags += [f"--signing-config={os.path.abspath(request.config)}"] if request.config else []
    completed = run(
        ProcessRequest(
            "cosign",
            ("attest", *flags, f"{name}@{request.digest}"),
            request.reference,
            ProcessLimits(_SECONDS),
            INSTALL,
            files=((_FILE, json.dumps(written["predicate"])),),
            passed=_PASSED,
            credentials=True,
        )
    )
    if isinstance(completed, Problem):
        return completed
    if completed.code:
        return failure(completed.code, completed.stderr, request.reference)
    return None


def _not_there(request: AttestRequest) -> Problem:
    detail = "only what lies in a registry can have statements attached"
    return Problem(ProblemKind.NOT_FOUND, request.reference, detail, "push it first")


def _place(key: str) -> str:
    return key if "://" in key else os.path.abspath(key)
