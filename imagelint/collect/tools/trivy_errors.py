"""What a tool's complaints mean: from its words on standard error to a problem."""

from __future__ import annotations

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.redact import redact
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.jsonview import plain

_LONGEST_QUOTE = 300
_PREAMBLE = pattern(
    r"^(?:[\dT:.Z+-]+ +(?:FATAL|ERROR) +)?"
    r"(?:(?:Error|Fatal error|error during command execution)[: ]+)*"
)


class ErrorPattern(NamedTuple):
    """If one of the words is said, it means this. `help` says what to do."""

    words: tuple[str, ...]
    kind: ProblemKind
    detail: str
    help: str = ""


REGISTRY = (
    ErrorPattern(
        ("UNAUTHORIZED", "DENIED", "401 Unauthorized", "403 Forbidden", "authentication required"),
        ProblemKind.UNAUTHORIZED,
        "the registry refuses access",
        "log in with `docker login`, or name a folder with logins in DOCKER_CONFIG",
    ),
    ErrorPattern(
        ("TOOMANYREQUESTS", "429 Too Many Requests"),
        ProblemKind.UNREACHABLE,
        "the registry answers no more for now: too many requests",
        "log in, use a mirror, or try again later",
    ),
    ErrorPattern(
        ("MANIFEST_UNKNOWN", "NAME_UNKNOWN", "image tag not found", "manifest unknown"),
        ProblemKind.NOT_FOUND,
        "there is no such image in the registry",
        "see whether the name, tag or digest is right and the push has finished",
    ),
    ErrorPattern(
        ("no child with platform",),
        ProblemKind.NOT_FOUND,
        "the image has no variant for this platform",
        "choose one with `--platform`",
    ),
    ErrorPattern(
        ("does not match expected size", "error verifying s", "unexpected EOF"),
        ProblemKind.UNREACHABLE,
        "the registry's answer was cut, or is not what was asked for",
        "try again later",
    ),
    ErrorPattern(
        (
            *("connection refused", "no such host", "i/o timeout", "network is unreachable"),
            *("no route to host", "connection reset", "TLS handshake", ": EOF"),
            *("tls: failed to verify certificate", "gave HTTP response to HTTPS client"),
            *("server misbehaving", "502 Bad Gateway", "503 Service Unavailable"),
            "500 Internal Server Error",
        ),
        ProblemKind.UNREACHABLE,
        "the registry cannot be reached",
        "see whether the name is right and the network, proxy and certificates allow it",
    ),
)
NO_SPACE = ErrorPattern(
    ("no space left on device",),
    ProblemKind.TOOL_FAILED,
    "the disk is full",
    "point TMPDIR to a disk with more room than the largest files of the image",
)
OUTDATED = ErrorPattern(
    ("unknown flag", "unknown command", "unknown shorthand flag"),
    ProblemKind.TOOL_FAILED,
    "this version of the tool does not know what we ask of it",
)


def explain(
    stderr: str, meanings: tuple[ErrorPattern, ...], tool: str, origin: str
) -> Problem | None:
    """The problem that the words mean, the first meaning that fits; None when none does."""
    for meaning in meanings:
        if any(word in stderr for word in meaning.words):
            return mean(meaning, stderr, tool, origin)
    return None


def mean(meaning: ErrorPattern, stderr: str, tool: str, origin: str) -> Problem:
    """The problem of one meaning, with the words that gave it away."""
    detail = f"{tool}: {meaning.detail} ({last_words(stderr, meaning.words)})"
    return Problem(meaning.kind, origin, detail, meaning.help)


def last_words(stderr: str, words: tuple[str, ...] = ()) -> str:
    """The last line that holds one of the words, fit for a message; any last line without."""
    lines = [line for line in stderr.splitlines() if line.strip()]
    fitting = [line for line in lines if any(word in line for word in words)] or lines
    if not fitting:
        return "it said nothing"
    line = _PREAMBLE.sub("", redact(plain(fitting[-1])), count=1)
    if len(line) <= _LONGEST_QUOTE:
        return line
    at = next((line.find(word) for word in words if word in line), 0)
    start = max(0, min(at - _LONGEST_QUOTE // 2, len(line) - _LONGEST_QUOTE))
    return f"{'…' if start else ''}{line[start : start + _LONGEST_QUOTE]}…"
