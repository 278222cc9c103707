"""A rule that somebody defines in a policy, as data."""

from __future__ import annotations

from imagelint.core.finding import Confidence, Severity
from imagelint.core.record import NamedTuple


class Sample(NamedTuple):
    """An example of a rule: files by name, on which it must speak where they are `bad`."""

    bad: bool
    files: tuple[tuple[str, str], ...]
    origin: str = ""


class CustomRule(NamedTuple):
    """A rule of a policy: what it is about, when it speaks, and what it says.

    `subject` is the word for the type of node, `condition` an expression in CEL that is true where
    something is wrong. `at` is another that names the place, empty: what the condition read last.
    `message` and `help` may hold expressions in `{{ }}`. `summary` is one sentence, `origin` the
    place where the rule is written, `file:line`.
    """

    name: str
    subject: str
    condition: str
    message: str
    at: str = ""
    summary: str = ""
    why: str = ""
    help: str = ""
    severity: Severity = Severity.MEDIUM
    confidence: Confidence = Confidence.CERTAIN
    references: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    origin: str = ""
