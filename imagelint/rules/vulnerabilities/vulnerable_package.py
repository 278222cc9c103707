"""The rule `vulnerable-package`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from imagelint.documents.image.vulnerabilities import Status, Vulnerability
from imagelint.rules.api import Context, Findings, Severity, rule


@dataclass(frozen=True)
class Options:
    """Which vulnerabilities count."""

    minimum: Literal["info", "low", "medium", "high", "critical"] = field(
        default="low", metadata={"doc": "the lowest severity that is reported"}
    )
    ignore_unfixed: bool = field(
        default=False, metadata={"doc": "say nothing about what no version fixes yet"}
    )


@rule(
    Vulnerability,
    Severity.HIGH,
    options=Options,
    references=("CIS Docker 4.4", "Trivy vuln", "NIST SP 800-190 4.1.1"),
)
def vulnerable_package(one: Vulnerability, ctx: Context, options: Options) -> Findings:
    """A package of the image has a known vulnerability.

    The severity of the finding is that of the vulnerability, as the distribution or project rates
    it. What nobody has rated yet counts as medium. `exempt` and waivers take an id
    (`CVE-2099-0002`), a package (`openssl`), or its URL (`pkg:deb/debian/openssl`).

    Except:
        What the vendor says does not affect the package.

    Bad (trivy.json):
        {"SchemaVersion": 2, "ArtifactType": "container_image",
         "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}},
         "Results": [{"Target": "Python", "Class": "lang-pkgs", "Type": "python-pkg",
          "Packages": [{"Name": "vllm", "Version": "0.8.5"}],
          "Vulnerabilities": [{"VulnerabilityID": "CVE-2099-0002", "PkgName": "vllm",
           "InstalledVersion": "0.8.5", "FixedVersion": "0.9.0", "Severity": "HIGH"}]}]}

    Good (trivy.json):
        {"SchemaVersion": 2, "ArtifactType": "container_image",
         "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}},
         "Results": [{"Target": "Python", "Class": "lang-pkgs", "Type": "python-pkg",
          "Packages": [{"Name": "vllm", "Version": "0.9.0"}]}]}
    """
    unfixed = options.ignore_unfixed and not one.fixed
    if one.status is Status.NOT_AFFECTED or unfixed:
        return
    if one.severity < Severity.named(options.minimum):
        return
    rating = "" if one.rated else " (not rated yet)"
    yield ctx.finding(
        one,
        f"{one.package} {one.installed} has {one.id}{rating}: {one.title}".rstrip(": "),
        help=_help(one),
        notes=(ctx.note(f"see {one.url}"),) if one.url else (),
        subject=one.subject,
        severity=one.severity,
    )


def _help(one: Vulnerability) -> str:
    if one.fixed:
        return f"update {one.package} to {one.fixed}"
    said = {
        Status.WILL_NOT_FIX: "it will not be fixed: remove the package, or use another base image",
        Status.END_OF_LIFE: "it is no longer maintained: use another version of the base image",
    }
    return said.get(one.status, "there is no fixed version yet: remove the package if you can")
