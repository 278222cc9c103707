"""Which texts hold queries, by what stands in them."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern

# The configuration of a Prometheus server, or of a collector of OpenTelemetry: jobs with names.
_SCRAPES = pattern(r"^[\"']?(?:scrape_configs|receivers)[\"']?[ \t]*:", re.MULTILINE)
_JOB = pattern(r"^[ \t]*-?[ \t{]*[\"']?job_name[\"']?[ \t]*:", re.MULTILINE)
# Rules for Prometheus, in groups with expressions, and of its adapter, each with its series.
_SERIES = pattern(r"^[ \t-]+[\"']?seriesQuery[\"']?[ \t]*:", re.MULTILINE)
_RULE_GROUPS = pattern(r"^[\"']?groups[\"']?[ \t]*:", re.MULTILINE)
# Values of the charts of Prometheus that hold such groups.
_OF_A_CHART = pattern(
    r"^[ \t]*[\"']?(?:additionalPrometheusRules(?:Map)?|(?:alerting|recording)_rules\.yml)[\"']?"
    r"[ \t]*:",
    re.MULTILINE,
)
# The plain form of sloth: objectives of a service.
_SLOTH = pattern(r"^[\"']?version[\"']?[ \t]*:[ \t]*[\"']?prometheus/v", re.MULTILINE)
_OBJECTIVES = pattern(r"^[\"']?slos[\"']?[ \t]*:", re.MULTILINE)
_PANELS = pattern(r'"(?:panels"\s{0,99}:\s{0,99}\[|vizConfig"\s{0,99}:\s{0,99}\{)')
_EXPRESSION = pattern(r"(?:^[ \t]+(?:-[ \t]+)?|[{,][ \t]*)[\"']?expr[\"']?[ \t]*:", re.MULTILINE)


def monitoring_kind(name: str, text: str) -> str:
    """Whether a text is a dashboard, rules for Prometheus, or whom that asks; empty: none of it."""
    if name.endswith(".json"):
        # What the keys hold tells: the vocabulary of a model has all words as its keys.
        return "dashboard" if '"expr"' in text and _PANELS.search(text) else ""
    if "scrape_configs" in text and _SCRAPES.search(text) and _JOB.search(text):
        return "prometheus"
    grouped = "expr" in text and (_RULE_GROUPS.search(text) or _OF_A_CHART.search(text))
    rules = grouped and _EXPRESSION.search(text)
    asked = "seriesQuery" in text and _SERIES.search(text)
    sloth = "prometheus/v" in text and _SLOTH.search(text) and _OBJECTIVES.search(text)
    return "prometheus-rules" if rules or asked or sloth else ""
