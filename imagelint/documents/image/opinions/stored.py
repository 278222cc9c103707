"""A scan as one text: the report of the scanner that leads, with what further ones say beside it.

{"SchemaVersion": 2, …, "Imagelint": {"opinions": [
  {"scanner": "grype", "version": "0.116.0", "report": {"matches": […], …}}]}}
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.opinions.grype import parse_grype
from imagelint.documents.image.opinions.merge import combined, listing
from imagelint.documents.image.opinions.osv import parse_osv
from imagelint.documents.image.vulnerabilities import (
    ScanFacts,
    VulnerabilityReport,
    parse_vulnerabilities,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.documents.image.opinions.opinion import Opinion

PARSERS: Mapping[str, Callable[[Source, ScanFacts], Opinion]] = MappingProxyType(
    {"grype": parse_grype, "osv": parse_osv}
)
"""How the reports of further scanners are read, by the name of each."""


def parse_scans(source: Source) -> VulnerabilityReport:
    """The scan that a text holds, Trivy's with or without the opinions of others.

    Raises:
        DocumentError: a report cannot be read.
    """
    view = read_json(source.text)
    stored = JsonView(None) if isinstance(view, str) else view["Imagelint"]
    facts = ScanFacts(unverified=stored["unverified"].text)
    document, beside = parse_vulnerabilities(source, facts), stored["opinions"]
    if not beside:
        return document
    opinions = [_opinion(one, source, document.facts) for one in beside.items()]
    layers = {diff: digest for digest, diff in document.scanned.layers}
    return combined(document, listing(document, source.text), opinions, layers)


def _opinion(one: JsonView, source: Source, facts: ScanFacts) -> Opinion:
    name = one["scanner"].text
    parse = PARSERS.get(name)
    if parse is None:
        detail = f"no scanner is called {name or 'nothing'}"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    databases = tuple((key, value.text) for key, value in one["databases"].pairs())
    told = ScanFacts(one["version"].text, facts.taken, bill=facts.bill, databases=databases)
    return parse(Source(source.origin, one["report"].dumped()), told)
