"""The rule `scanners-disagree`."""

from __future__ import annotations

from imagelint.documents.image.opinions.opinion import Disagreement
from imagelint.rules.api import Context, Findings, Severity, rule

_NAMED = 5


@rule(Disagreement, Severity.LOW)
def scanners_disagree(one: Disagreement, ctx: Context) -> Findings:
    """One scanner reports a high or critical vulnerability with a fix, and another does not.

    Both compare packages of that type with advisories, so one of them errs: its advisories are
    older or narrower, it did not find the package, or it compares versions wrongly. The
    vulnerability itself is a finding in any case; this one says that what the silent scanner passes
    is not to be relied on.

    Except:
        Packages that the silent scanner compares with nothing, which `unscanned-packages` tells.

    Bad (trivy.json):
        {"SchemaVersion": 2, "ArtifactType": "container_image",
         "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}},
         "Results": [{"Target": "Python", "Class": "lang-pkgs", "Type": "python-pkg",
          "Packages": [{"Name": "vllm", "Version": "0.8.5"}]}],
         "Imagelint": {"opinions": [{"scanner": "grype", "report": {
          "matches": [{"vulnerability": {"id": "CVE-2099-0002", "severity": "Critical",
            "fix": {"versions": ["0.9.0"], "state": "fixed"}},
           "artifact": {"name": "vllm", "version": "0.8.5", "type": "python",
            "purl": "pkg:pypi/vllm@0.8.5"}}],
          "source": {"type": "image"}, "distro": {"name": "debian", "version": "12"},
          "descriptor": {"name": "grype", "version": "0.116.0"}}}]}}

    Good (trivy.json):
        {"SchemaVersion": 2, "ArtifactType": "container_image",
         "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}},
         "Results": [{"Target": "Python", "Class": "lang-pkgs", "Type": "python-pkg",
          "Packages": [{"Name": "vllm", "Version": "0.9.0"}]}],
         "Imagelint": {"opinions": [{"scanner": "grype", "report": {
          "matches": [],
          "source": {"type": "image"}, "distro": {"name": "debian", "version": "12"},
          "descriptor": {"name": "grype", "version": "0.116.0"}}}]}}
    """
    more = f" and {len(one.ids) - _NAMED} more" if len(one.ids) > _NAMED else ""
    told = f"{', '.join(one.ids[:_NAMED])}{more} ({one.severity}) of {one.package}"
    reporters = " and ".join(one.reporters)
    verb = "report" if len(one.reporters) > 1 else "reports"
    silent = "does not" if one.listed else "does not list the package"
    message = f"{reporters} {verb} {told}, {one.silent} {silent}"
    help_ = "update the package; if it is not affected, say so in a VEX document, or waive both"
    yield ctx.finding(one, message, help=help_, subject=one.subject)
