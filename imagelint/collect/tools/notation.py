"""Ask notation who signed an image in a registry.

It reads who is trusted from its folder of settings, so each call has one of its own, with nothing
in it but the certificate of one signer, and the strict level: expired and revoked certificates are
refused. https://notaryproject.dev/docs/user-guides/how-to/manage-trust-policy/,
https://github.com/notaryproject/specifications/blob/main/specs/trust-store-trust-policy.md

All that fails ends with 1: what went wrong is read from its words, and what those do not say to be
about a signature is no answer.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.collect.process import CompletedProcess, ProcessLimits, ProcessRequest, run
from imagelint.collect.registry.transport import LOOPBACK
from imagelint.collect.tools.trivy_errors import REGISTRY, explain, last_words
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from imagelint.collect.deadline import Deadline
    from imagelint.documents.image.image import ImageIdentity

INSTALL = "see https://notaryproject.dev/docs/user-guides/installation/cli/"
OLDEST = (1, 3, 0)
"""Earlier ones may end amid a look at what is revoked: GHSA-qjh3-4j3h-vmwp."""

_TITLE, _SETTINGS = "notation", "notation"
_SECONDS, _VERSION_SECONDS = 180.0, 60.0
_VERSION = pattern(r"Version:\s{1,20}v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})")
_VERIFIED = "Successfully verified signature for "
_REFUSED = ("signature verification failed", "no signature is associated with")


class NotationAnswer(NamedTuple):
    """Whether the signer signed; with the version that said it, and why it does not count."""

    version: str
    reason: str = ""
    verified: bool = False


def verify_by_notation(
    image: ImageIdentity, certificate: str, identity: str, deadline: Deadline
) -> NotationAnswer | Problem:
    """Whether a certificate, or one that it vouches for, signed an image.

    `certificate` is text (PEM), `identity` the subject of who signs, empty for anybody for whom the
    certificate vouches.
    """
    origin = image.reference
    version = _installed(origin, deadline)
    if isinstance(version, Problem):
        return version
    reference = parse_reference(image.repository)
    if reference is None or image.layout:
        detail = "notation verifies what lies in a registry"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail, help="push it first")
    name = f"{reference.registry}/{reference.repository}@{image.digest}"
    plain = ("--insecure-registry",) if LOOPBACK.fullmatch(reference.registry) else ()
    completed = run(
        ProcessRequest(
            _TITLE,
            ("verify", *plain, name),
            origin,
            ProcessLimits(deadline.left(_SECONDS)),
            INSTALL,
            files=(
                (f"{_SETTINGS}/trustpolicy.json", json.dumps(_policy(identity))),
                (f"{_SETTINGS}/truststore/x509/ca/signer/signer.pem", certificate),
            ),
            variables=(("NOTATION_CONFIG", _SETTINGS),),
            credentials=True,
        )
    )
    if isinstance(completed, Problem):
        return completed
    return _answer(completed, name, version, origin)


def _policy(identity: str) -> dict[str, object]:
    rule = {
        "name": "signer",
        "registryScopes": ["*"],
        "signatureVerification": {"level": "strict"},
        "trustStores": ["ca:signer"],
        "trustedIdentities": [f"x509.subject: {identity}" if identity else "*"],
    }
    return {"version": "1.0", "trustPolicies": [rule]}


def _answer(
    completed: CompletedProcess, name: str, version: str, origin: str
) -> NotationAnswer | Problem:
    said = last_words(completed.stderr, ("Error",))
    if completed.code == 0:
        if f"{_VERIFIED}{name}" in completed.stdout:
            return NotationAnswer(version, verified=True)
        detail = "notation ended well without saying what it verified"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail)
    if any(words in completed.stderr for words in _REFUSED):
        return NotationAnswer(version, said)
    known = explain(completed.stderr, REGISTRY, _TITLE, origin)
    detail = f"notation ended with {completed.code}: {said}"
    return known or Problem(ProblemKind.TOOL_FAILED, origin, detail)


def _installed(origin: str, deadline: Deadline) -> str | Problem:
    limits = ProcessLimits(deadline.left(_VERSION_SECONDS))
    completed = run(ProcessRequest(_TITLE, ("version",), origin, limits, INSTALL))
    if isinstance(completed, Problem):
        return completed
    found = _VERSION.search(completed.stdout)
    if completed.code or found is None:
        detail = "`notation` does not say which version it is"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail, help=INSTALL)
    numbers = tuple(map(int, found.groups()))
    version = ".".join(found.groups())
    if numbers < OLDEST:
        least = ".".join(map(str, OLDEST))
        detail = f"notation {version} is too old: {least} or later is needed"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail, help=INSTALL)
    return version
