"""The rule `unscanned-packages`."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.documents.image.vulnerabilities import Unscanned, UnscannedPackages
from imagelint.rules.api import Context, Findings, Severity, rule

_NAMED = 5


class _Words(NamedTuple):
    severity: Severity
    message: str
    help: str


_WORDS = {
    Unscanned.THIRD_PARTY: _Words(
        Severity.INFO,
        "not matched, for want of advisories of their vendor: {what}",
        "compare their versions with the vendor's own security bulletins",
    ),
    Unscanned.CONDA: _Words(
        Severity.MEDIUM,
        "not matched, because conda installed them: {what}",
        "install them with pip, or scan them with a tool that knows conda's channels",
    ),
    Unscanned.END_OF_LIFE: _Words(
        Severity.HIGH,
        "{where} gets no advisories any more, so only old ones are known for {what}",
        "use a release that is still maintained",
    ),
    Unscanned.NO_DISTRIBUTION: _Words(
        Severity.LOW,
        "the scanner recognised no distribution, so it listed no system packages",
        "keep `/etc/os-release` and the package database in the image",
    ),
}


@rule(UnscannedPackages, Severity.MEDIUM)
def unscanned_packages(unscanned: UnscannedPackages, ctx: Context) -> Findings:
    """Packages of the image were listed, but never compared with any advisory.

    No finding about them means nothing. Scanners say so in a debug line at best: packages of
    NVIDIA's repositories (most of a CUDA image), packages of conda, everything of a distribution
    that is out of support.

    Except:
        Files that cannot hold packages (weights, datasets) and are left out for that.

    Bad (trivy.json):
        {"SchemaVersion": 2, "ArtifactType": "container_image",
         "Metadata": {"OS": {"Family": "ubuntu", "Name": "18.04", "EOSL": true}},
         "Results": [{"Target": "app (ubuntu 18.04)", "Class": "os-pkgs", "Type": "ubuntu",
          "Packages": [{"Name": "openssl", "Version": "1.1.1"}]}]}

    Good (trivy.json):
        {"SchemaVersion": 2, "ArtifactType": "container_image",
         "Metadata": {"OS": {"Family": "ubuntu", "Name": "24.04"}},
         "Results": [{"Target": "app (ubuntu 24.04)", "Class": "os-pkgs", "Type": "ubuntu",
          "Packages": [{"Name": "openssl", "Version": "3.0.13"}]}]}
    """
    words = _WORDS.get(unscanned.reason)
    if words is None:
        return
    message = words.message.format(what=_what(unscanned.names), where=unscanned.detail)
    reason = unscanned.reason.value
    yield ctx.finding(unscanned, message, help=words.help, subject=reason, severity=words.severity)


def _what(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    count = f"{len(names)} package{'' if len(names) == 1 else 's'}"
    return f"{count} ({', '.join(names[:_NAMED])}{more})"
