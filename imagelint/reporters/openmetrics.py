"""For Prometheus: numbers for the textfile collector of the node exporter.

https://prometheus.io/docs/specs/om/open_metrics_spec/. Numbers only, by severity and rule; places
and messages would make a time series of each, and no time, which the collector refuses.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.core.report import Outcome
from imagelint.reporters.order import SEVERITIES
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.report import Verdict
    from imagelint.reporters.context import ReportContext

END = "# EOF\n"


class Sample(NamedTuple):
    """A number with its labels."""

    value: float
    labels: tuple[tuple[str, str], ...] = ()


def report(verdict: Verdict, context: ReportContext) -> Iterator[str]:
    """The verdict, and counts of what it rests on."""
    found = verdict.report
    common = (("command", context.command), *_image(verdict))
    by_rule = Counter((each.severity, each.rule) for each in found.findings)
    severities = Counter(each.severity for each in found.findings)
    tables = (
        (
            "verdict",
            "Whether the verdict is that.",
            {(("outcome", each.value),): int(each is verdict.outcome) for each in Outcome},
        ),
        (
            "findings",
            "Findings that count.",
            {(("severity", str(each)),): severities[each] for each in SEVERITIES},
        ),
        (
            "rule_findings",
            "Findings that count, by rule.",
            {
                (("severity", str(severity)), ("rule", rule)): count
                for (severity, rule), count in by_rule.items()
            },
        ),
        (
            "allowed",
            "Findings that do not count.",
            _counted("by", (each.kind.value for each in found.allowed)),
        ),
        (
            "problems",
            "What could not be judged.",
            _counted("kind", (each.kind.value for each in found.problems)),
        ),
        (
            "examined",
            "Documents that were examined.",
            _counted("kind", (each.kind for each in set(found.examined))),
        ),
    )
    for name, help_, samples in tables:
        ordered = sorted(samples.items())
        yield from family(
            name, help_, (Sample(value, (*common, *labels)) for labels, value in ordered)
        )
    yield END


def family(name: str, help_: str, samples: Iterable[Sample], unit: str = "") -> Iterator[str]:
    """A gauge with its samples; `unit` ends its name, as the specification wants."""
    whole = f"imagelint_{name}_{unit}" if unit else f"imagelint_{name}"
    yield f"# HELP {whole} {help_}\n# TYPE {whole} gauge\n"
    if unit:
        yield f"# UNIT {whole} {unit}\n"
    for sample in samples:
        labels = ",".join(f'{label}="{_quoted(value)}"' for label, value in sample.labels)
        yield f"{whole}{{{labels}}} {sample.value}\n" if labels else f"{whole} {sample.value}\n"


def _image(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The image without its digest: a label that changes with each build is a series each."""
    named = dict(verdict.evidence.entries).get("image", "")
    return (("image", named.partition("@")[0]),) if named else ()


def _counted(label: str, values: Iterable[str]) -> dict[tuple[tuple[str, str], ...], int]:
    return {((label, value),): count for value, count in Counter(values).items()}


def _quoted(value: str) -> str:
    return visible(value).replace("\\", "\\\\").replace('"', '\\"')
