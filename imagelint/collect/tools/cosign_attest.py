"""Let cosign sign an image in a registry, or a statement that it attaches to one.

https://github.com/sigstore/cosign/blob/main/doc/cosign_attest.md. cosign writes the statement about
the digest itself and takes only the predicate from us.
"""

from __future__ import annotations

import json
import os

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.environment import variable
from imagelint.collect.images.names import is_local
from imagelint.collect.process import ProcessLimits, ProcessRequest, run
from imagelint.collect.registry.layout import is_layout
from imagelint.collect.tools.cosign_errors import INSTALL, failure
from imagelint.core.record import NamedTuple
from imagelint.core.redact import MASK
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind

_SECONDS = 180.0
_FILE = "predicate.json"
_SECRETS = ("COSIGN_PASSWORD", "COSIGN_PRIVATE_KEY", "SIGSTORE_ID_TOKEN", "GITLAB_OIDC_TOKEN")
_PASSED = (
    *("COSIGN_PASSWORD", "SIGSTORE_ID_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_*", "GITLAB_OIDC_TOKEN"),
    *("AWS_*", "GOOGLE_*", "CLOUDSDK_*", "AZURE_*", "VAULT_*", "KUBECONFIG", "COSIGN_PRIVATE_KEY"),
)


class AttestRequest(NamedTuple):
    """What to sign: a statement about an image of a registry, which `reference` names.

    Without a `statement` it is the image itself, `several` with all that an index lists. `key` is a
    private key as cosign takes it, or empty for the identity of whoever runs this; `config` a file
    with the services to sign with, or empty for those of the public Sigstore. All of it ends at the
    `deadline` at the latest.
    """

    reference: str
    digest: str
    statement: str
    key: str = ""
    config: str = ""
    several: bool = False
    deadline: Deadline = NEVER


def attest(request: AttestRequest) -> Problem | None:
    """Sign and attach; the problem when it did not come to that."""
    reference = parse_reference(request.reference)
    if reference is None or is_layout(request.reference) or is_local(request.reference):
        return _not_there(request)
    if request.deadline.passed:
        return request.deadline.problem(request.reference, "nothing was signed")
    name = f"{reference.registry}/{reference.repository}"
    words, files = _attesting(request) if request.statement else _signing(request)
    flags = ["--yes"]
    flags += [f"--key={_place(request.key)}"] if request.key else []
    flags += [f"--signing-config={os.path.abspath(request.config)}"] if request.config else []
    completed = run(
        ProcessRequest(
            "cosign",
            (*words, *flags, f"{name}@{request.digest}"),
            request.reference,
            ProcessLimits(request.deadline.left(_SECONDS)),
            INSTALL,
            files=files,
            passed=_PASSED,
            credentials=True,
        )
    )
    if isinstance(completed, Problem):
        return completed
    if completed.code:
        return failure(completed.code, _without_secrets(completed.stderr), request.reference)
    return None


def _without_secrets(text: str) -> str:
    """What cosign said, without what it was given to keep to itself."""
    for secret in filter(None, map(variable, _SECRETS)):
        text = text.replace(secret, MASK)
    return text


def _attesting(request: AttestRequest) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    written = json.loads(request.statement)
    words = ["attest", f"--predicate={_FILE}", f"--type={written['predicateType']}"]
    return words, ((_FILE, json.dumps(written["predicate"])),)


def _signing(request: AttestRequest) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Of an index, whoever pulls an image by its own digest asks for a signature of that."""
    return ["sign", *(["--recursive"] if request.several else [])], ()


def _not_there(request: AttestRequest) -> Problem:
    detail = "only what lies in a registry can have statements attached"
    return Problem(ProblemKind.NOT_FOUND, request.reference, detail, "push it first")


def _place(key: str) -> str:
    return key if "://" in key else os.path.abspath(key)
