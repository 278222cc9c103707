"""What rules say of an image before a policy levels or waives it: kept, so that it is said once.

It depends on the image, on which rules were asked with which options, on the declared environment
and on this release. Another policy that asks the same rules decides anew what is kept, and asks
none of them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.core.digest import digest_of
from imagelint.core.finding import Confidence, Finding, Location, Note, Severity
from imagelint.core.report import Examined, Report
from imagelint.documents.base import Text
from imagelint.documents.image.config import ImageConfig
from imagelint.documents.image.image import ImageTarget
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.layers.nodes import HistoryGap, HistoryStep
from imagelint.documents.kinds import about
from imagelint.documents.shared import EnvVar, ImageUse, Setting
from imagelint.engine.examine import concerned
from imagelint.policy.digest import policy_digest
from imagelint.policy.model import Policy, RuleSetting
from imagelint.policy.options import options_given
from imagelint.store.records import AskedRules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

NODES: tuple[type, ...] = (
    *(ImageTarget, Text, ImageUse, ImageConfig, EnvVar, Setting, HistoryStep, HistoryGap),
)
"""What is met in an image of which the configuration was read: rules about nothing else are silent.
"""

_DIGITS = 32


def bare(policy: Policy) -> Policy:
    """What of a policy decides what rules say: neither levels, nor what is waived, nor what fails.

    Rules that say nothing of images are left out.
    """
    return Policy(
        environment=policy.environment,
        rules={
            name: RuleSetting("on", policy.setting(name).options)
            for name in concerned(policy, NODES)
        },
        custom=policy.custom,
        plugins=policy.plugins,
    )


def asked_rules(policy: Policy, *said: str) -> AskedRules:
    """The rules of a bare policy; `said` is what else decides: by what code, of what."""
    basis = digest_of(policy_digest(policy._replace(rules={})), *said)
    return AskedRules(basis, tuple(map(_named, sorted(policy.rules.items()))))


def _named(rule: tuple[str, RuleSetting]) -> str:
    name, setting = rule
    if not setting.options:
        return name
    return f"{name} {digest_of(repr(sorted(setting.options.items())))[:_DIGITS]}"


def asked_with_options(policy: Policy, names: Iterable[str]) -> str:
    """Rules in JSON, each with its options that the policy gives another value than they have."""
    return json.dumps({name: list(options_given(policy, name)) for name in sorted({*names})})


def written(report: Report, origin: str) -> bytes | None:
    """The findings of a report about an image as they are kept; None where they cannot be."""
    if report.problems or report.allowed or not report.examined:
        return None
    if not all(_is_plain(finding, origin) for finding in report.findings):
        return None
    return _packed(report.findings)


def read(data: bytes, origin: str) -> Report:
    """The report that was written, about an image of which the same is said."""
    kind = ImageTarget.kind
    examined = Examined(origin, kind, about=about(kind))
    findings = tuple(_finding(row, origin) for row in _rows(data))
    return Report(findings, examined=(examined,))


def narrowed(data: bytes, rules: Collection[str]) -> bytes:
    """The same without what other rules said."""
    kept = [finding for finding in read(data, "").findings if finding.rule in rules]
    return _packed(kept)


def _packed(findings: Iterable[Finding]) -> bytes:
    return json.dumps([_row(finding) for finding in findings], separators=(",", ":")).encode()


def _is_plain(finding: Finding, origin: str) -> bool:
    """Whether all that a finding says can be written: its place is a path in the image."""
    place = finding.location
    return (
        place == Location(origin, path=place.path)
        and finding.fix is None
        and not (finding.parts or finding.details)
        and finding.references is None
        and all(note.location is None for note in finding.notes)
    )


def _row(finding: Finding) -> tuple[object, ...]:
    notes = [note.message for note in finding.notes]
    said = finding.message, finding.location.path, finding.help, notes, finding.subject
    return finding.rule, int(finding.severity), *said, finding.confidence.value, finding.cause


def _rows(data: bytes) -> Iterator[list[JsonView]]:
    view = read_json(data.decode())
    for row in () if isinstance(view, str) else view.items():
        yield list(row.items())


def _finding(row: list[JsonView], origin: str) -> Finding:
    rule, severity, message, path, help_, notes, subject, confidence, cause = row
    return Finding(
        rule.raw,
        Severity(int(severity.number or 0)),
        message.raw,
        Location(origin, path=path.raw),
        help_.raw,
        tuple(Note(note.raw) for note in notes.items()),
        subject=subject.raw,
        confidence=Confidence(confidence.raw),
        cause=cause.raw,
    )
