"""Ask cosign who signed an image.

One process per signer and image: a list stops at its first failure and takes its format from the
first image. cosign's exit code alone proves nothing: it is 0 for any attestation by that key, and
1 alike for a forged signature and a dead network. What verified is read from its JSON, what failed
from its words. https://github.com/sigstore/cosign/blob/main/doc/cosign_verify.md
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Self

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.process import CompletedProcess, ProcessLimits, ProcessRequest, locate, run
from imagelint.collect.tools.bundles import StagedImage, layout_views
from imagelint.collect.tools.cosign_errors import INSTALL, classify
from imagelint.collect.tools.referrers import fetch_signatures
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.key_reference import key_fault
from imagelint.core.pattern import pattern as lazy
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Source
from imagelint.documents.image.claims import named_kind
from imagelint.documents.image.image import NOWHERE, ImageIdentity
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.signatures import (
    LEGACY_SIGNATURE,
    SIGNATURES,
    SignatureCheck,
    SignatureOutcome,
    write_signatures,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from imagelint.collect.registry.client import Clients
    from imagelint.core.environment import Signer, TrustRule
    from imagelint.documents.image.attestations import Attestation

OLDEST = (3, 0, 4)
"""Earlier ones accept some bundles that they should not: GHSA-whqx-f9j3-ch6m."""

_NAME = "cosign"
# In the folder in which it runs.
_KEY_FILE, _ROOT_FILE = "signer.pub", "trusted-root.json"
_VERSION = lazy(r"v?(\d+)\.(\d+)\.(\d+)(?:[-+~].*)?")
_UNNUMBERED = ("devel", "unknown", "(devel)")  # what distributions build from source
_SECONDS = 180.0
_MARGIN_SECONDS = 30.0
_VERSION_SECONDS = 60.0
_LEGACY = ("--new-bundle-format=false",)
_KEY_STORES = {
    "awskms": ("AWS_*",),
    "gcpkms": ("GOOGLE_*", "CLOUDSDK_*"),
    "azurekms": ("AZURE_*",),
    "hashivault": ("VAULT_*", "TRANSIT_SECRET_ENGINE_PATH"),
    "k8s": ("KUBECONFIG",),
}


class VerifyRequest(NamedTuple):
    """Which signers to look for. Keys and trusted root are relative to `folder`.

    `trusted_root_text` is the root itself where it is not to be read from a file. `cross_check`
    wants a second opinion of cosign about what can be verified without it. `trust` are the rules
    that hold for this image, `witnesses` the signers whom only they name. `clients` are
    those of repositories that are there already.
    """

    image: ImageIdentity
    signers: tuple[Signer, ...]
    trusted_root: str = ""
    folder: str = "."
    deadline: Deadline = NEVER
    trusted_root_text: str = ""
    cross_check: bool = True
    trust: tuple[TrustRule, ...] = ()
    witnesses: tuple[Signer, ...] = ()
    clients: Clients | None = None


class Verification(NamedTuple):
    """What `parse_signatures` reads, if anything could be told; cosign's version; the problems.

    `statements` are all about the image that verified, by a signer or a witness.
    """

    source: Source | None
    version: str
    problems: tuple[Problem, ...] = ()
    statements: tuple[Attestation, ...] = ()


def verify(request: VerifyRequest) -> Verification:
    """Look for the signature of each signer.

    Raises:
        UsageError: a signer has neither a key nor an identity with its issuer.
    """
    origin = request.image.reference
    for signer in request.signers:
        demand_usable(signer)
    version = installed(origin, request.deadline)
    if isinstance(version, Problem):
        return Verification(None, "", (version,))
    with _Confirmation(request) as confirmation:
        answers = [_check(request, signer, confirmation) for signer in request.signers]
    problems = dict.fromkeys(answer for answer in answers if isinstance(answer, Problem))
    checks = [answer for answer in answers if isinstance(answer, SignatureCheck)]
    if problems and not checks:
        return Verification(None, version, tuple(problems))
    text = write_signatures(request.image.pinned, checks)
    return Verification(Source(origin, text), version, tuple(problems))


class _Confirmation:
    """The signatures of an image in a registry, fetched once, when the first signer is refused."""

    def __init__(self, request: VerifyRequest) -> None:
        self._request = request
        self._folder = tempfile.TemporaryDirectory(prefix="imagelint-", ignore_cleanup_errors=True)
        self._fetched: ImageIdentity | Problem | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def image(self) -> ImageIdentity | Problem:
        """The image as a layout with its signatures."""
        if self._fetched is None:
            request = self._request
            folder = self._folder.name
            self._fetched = fetch_signatures(request.image, folder, request.deadline)
        return self._fetched


def arguments(signer: Signer, request: VerifyRequest) -> tuple[str, ...]:
    """The flags for one signer, without the image."""
    seconds = max(1, int(request.deadline.left(_SECONDS)))
    flags = [f"--timeout={seconds}s", "--output=json"]
    if signer.key_text:
        flags.append(f"--key={_KEY_FILE}")
    elif signer.key:
        flags.append(f"--key={_path(request.folder, signer.key)}")
    else:
        end = "-regexp" if signer.pattern else ""
        flags.append(f"--certificate-identity{end}={_whole(signer.identity, signer)}")
        flags.append(f"--certificate-oidc-issuer{end}={_whole(signer.issuer, signer)}")
    if request.trusted_root_text:
        flags.append(f"--trusted-root={_ROOT_FILE}")
    elif request.trusted_root:
        flags.append(f"--trusted-root={_path(request.folder, request.trusted_root)}")
    if not signer.transparency_log:
        flags.append("--insecure-ignore-tlog=true")
    return tuple(flags)


def _whole(text: str, signer: Signer) -> str:
    """A pattern for the whole of an identity: cosign is content with a match in its middle.

    https://github.com/sigstore/cosign/blob/main/pkg/cosign/verify.go (MatchString).
    """
    return rf"\A(?:{text})\z" if signer.pattern else text


def installed(origin: str, deadline: Deadline = NEVER) -> str | Problem:
    """The version of the cosign on PATH; a problem when it is too old to be trusted."""
    path = locate(_NAME, origin, INSTALL)
    if isinstance(path, Problem):
        return path
    limits = ProcessLimits(deadline.left(_VERSION_SECONDS))
    completed = run(ProcessRequest(_NAME, ("version", "--json"), origin, limits, INSTALL))
    if isinstance(completed, Problem):
        return completed
    view = read_json(completed.stdout)
    said = "" if isinstance(view, str) else view["gitVersion"].text
    numbers = _VERSION.fullmatch(said)
    if completed.code or not (numbers or said in _UNNUMBERED):
        detail = f"`{path}` does not say which version of cosign it is"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail, help=INSTALL)
    if numbers and tuple(int(number) for number in numbers.groups()) < OLDEST:
        detail = f"`{path}` is cosign {said}, which accepts signatures that it should not"
        return Problem(ProblemKind.TOOL_FAILED, origin, detail, help=INSTALL)
    return said


def demand_usable(signer: Signer) -> None:
    """Refuse a signer of whom nothing can be verified.

    Raises:
        UsageError: it has neither a key nor an identity with its issuer, or no proper key.
    """
    fault = key_fault(signer.key) if signer.key and not signer.key_text else ""
    if fault:
        message = f"the key `{signer.key}` {fault}"
        raise UsageError(Diagnostic(message, help="keep the public key in a file, and name that"))
    if signer.key or (signer.identity and signer.issuer):
        return
    message = f"the signer `{signer.name}` has neither a key nor an identity with its issuer"
    raise UsageError(Diagnostic(message, help="give it `key`, or `identity` and `issuer`"))


def _check(
    request: VerifyRequest, signer: Signer, confirmation: _Confirmation
) -> SignatureCheck | Problem:
    """Whether a signer signed; a "no" about a registry only from what was fetched from there."""
    missing = _missing_key(request, signer)
    if missing is not None:
        return missing
    answer = _look(request, signer)
    if request.image.layout or isinstance(answer, Problem):
        return answer
    if answer.outcome is SignatureOutcome.VERIFIED:
        return answer
    image = confirmation.image()
    if isinstance(image, Problem):
        return image
    second = _look(request._replace(image=image), signer)
    if isinstance(second, Problem) or second.outcome is not SignatureOutcome.UNSIGNED:
        return second
    if answer.outcome is SignatureOutcome.UNSIGNED:
        return answer
    return second if second.predicates else answer


def _look(request: VerifyRequest, signer: Signer) -> SignatureCheck | Problem:
    """Ask in the ways in which the image may be signed, until one verifies."""
    answers: list[SignatureCheck] = []
    for view in _views(request.image):
        latest = _ask(request, signer, view)
        if isinstance(latest, Problem):
            if answers and latest.kind is ProblemKind.TOOL_FAILED:
                break  # a later cosign does not know the former format any more
            return latest
        if latest.outcome is SignatureOutcome.VERIFIED:
            return latest
        answers.append(latest)
        if latest.outcome is SignatureOutcome.UNSIGNED and not (latest.predicates or view.files):
            break  # it has looked for both formats
    if not answers:
        return _answer(signer, SignatureOutcome.UNSIGNED, "the layout holds no signature")
    return max(answers, key=lambda answer: answer.outcome is not SignatureOutcome.UNSIGNED)


def _missing_key(request: VerifyRequest, signer: Signer) -> Problem | None:
    if not signer.key or "://" in signer.key or signer.key_text:
        return None
    path = _path(request.folder, signer.key)
    if os.path.isfile(path):
        return None
    detail = f"the key of the signer `{signer.name}` is not there: {path}"
    return Problem(ProblemKind.UNREADABLE, request.image.reference, detail)


def _texts(signer: Signer, request: VerifyRequest) -> tuple[tuple[str, str], ...]:
    """The files that cosign gets for a key and a root which are texts."""
    texts = {_KEY_FILE: signer.key_text, _ROOT_FILE: request.trusted_root_text}
    return tuple((name, text) for name, text in texts.items() if text)


def _views(image: ImageIdentity) -> Iterator[StagedImage]:
    """How to show the image to cosign.

    As soon as an image in a registry has one bundle, by whomever, cosign looks at bundles only
    and overlooks a good signature in the former format: so that is asked for as well.
    """
    if image.layout:
        yield from layout_views(image)
        return
    yield StagedImage((image.pinned,))
    yield StagedImage((*_LEGACY, image.pinned), retry=True)


def _ask(request: VerifyRequest, signer: Signer, view: StagedImage) -> SignatureCheck | Problem:
    if request.deadline.passed:
        return request.deadline.problem(request.image.reference, "not all signers were asked for")
    command = ("verify", *arguments(signer, request), *view.arguments)
    completed = run(
        ProcessRequest(
            _NAME,
            command,
            request.image.reference,
            ProcessLimits(request.deadline.left(_SECONDS + _MARGIN_SECONDS)),
            INSTALL,
            files=(*view.files, *_texts(signer, request)),
            passed=_passed(signer.key),
            credentials=True,
        )
    )
    if isinstance(completed, Problem):
        return completed
    if completed.code == 0:
        return _verified(completed, signer, view, request.image)
    meaning = classify(completed.code, completed.stderr, request.image.reference)
    return meaning if isinstance(meaning, Problem) else _answer(signer, *meaning)


def _verified(
    completed: CompletedProcess, signer: Signer, view: StagedImage, image: ImageIdentity
) -> SignatureCheck | Problem:
    """What a success is worth: only a statement that says "signed" is a signature."""
    statements = _statements(completed.stdout)
    if isinstance(statements, str):
        detail = f"cosign's answer {statements}"
        return Problem(ProblemKind.TOOL_FAILED, image.reference, detail)
    notes: list[str] = []
    predicates: list[str] = []
    places: list[str] = []
    for statement in statements:
        critical = statement["critical"]
        digest = critical["image"]["docker-manifest-digest"].raw
        if digest and digest != image.digest:
            continue
        predicate = named_kind(critical["type"]) or view.predicate
        predicates.append(predicate)
        if predicate == LEGACY_SIGNATURE:
            places.append(critical["identity"]["docker-reference"].text)
    found = tuple(dict.fromkeys(predicates))
    if set(found) & set(SIGNATURES):
        if view.retry:
            notes.append("the image carries signatures of two formats")
        outcome, reason = SignatureOutcome.VERIFIED, ""
    else:
        outcome = SignatureOutcome.UNSIGNED
        listed = ", ".join(found) or "nothing about this digest"
        reason = f"only other statements by this signer verify: {listed}"
    elsewhere = _elsewhere(places, image)
    notes += (f"was signed as {place}" for place in elsewhere)
    answer = _answer(signer, outcome, reason)
    return answer._replace(predicates=found, notes=tuple(notes), places=elsewhere)


def _elsewhere(places: list[str], image: ImageIdentity) -> tuple[str, ...]:
    """The places for which an image was signed, if it is none of them."""
    ours = parse_reference(image.repository)
    named = {place: parse_reference(place) for place in places}
    if ours is None or any(one is not None and one.name == ours.name for one in named.values()):
        return ()
    return tuple(dict.fromkeys(place for place in places if place))


def _statements(stdout: str) -> list[JsonView] | str:
    text = stdout.strip()
    view = read_json(text)
    if isinstance(view, str):
        return view
    return list(view.items()) if view.is_array else "is not a JSON array"


def _answer(signer: Signer, outcome: SignatureOutcome, reason: str) -> SignatureCheck:
    return SignatureCheck(NOWHERE, signer.name, outcome, reason, path=f"signer {signer.name}")


def _path(folder: str, name: str) -> str:
    return name if "://" in name else os.path.abspath(os.path.join(folder, name))


def _passed(key: str) -> tuple[str, ...]:
    """The environment variables that cosign needs to reach a key that is not a file."""
    scheme, mark, rest = key.partition("://")
    if not mark:
        return ()
    return (rest,) if scheme == "env" else _KEY_STORES.get(scheme, ())
