"""The rule `unscanned-packages`."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.documents.image.coverage import Unscanned, UnscannedPackages
from imagelint.documents.image.layers.nodes import FileRole, LayerFiles
from imagelint.rules.api import Context, Findings, Severity, rule

_NAMED = 5
_WHOLE_SYSTEM = "system package list"
_APART = (
    *(Unscanned.NO_ADVISORIES, Unscanned.NO_SECOND_OPINION),
    *(Unscanned.UNLISTED, Unscanned.UNCOMPARED),
)
"""Of these there may be several, each about something else."""


class _Words(NamedTuple):
    severity: Severity
    message: str
    help: str


_WORDS = {
    Unscanned.THIRD_PARTY: _Words(
        Severity.INFO,
        "not matched, for want of advisories of their vendor: {what}",
        "compare their versions with the vendor's bulletins, and waive this with the outcome",
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
    Unscanned.UNKNOWN_SYSTEM: _Words(
        Severity.HIGH,
        "the packages of a system that the scanner does not know were compared with nothing",
        "keep the name of the distribution (`/etc/os-release`) in the image, or use a known one",
    ),
    Unscanned.NO_PACKAGES: _Words(
        Severity.MEDIUM,
        "{where} is there without a single package: their list was removed, or the scanner cannot"
        " read it",
        "keep the package database in the image, of a system that the scanner knows",
    ),
    Unscanned.UNKNOWN_RELEASE: _Words(
        Severity.HIGH,
        "the vulnerability database has no advisories for {where}, so nothing is known of {what}",
        "use a release that the database knows, or a newer database",
    ),
    Unscanned.NO_ADVISORIES: _Words(
        Severity.MEDIUM,
        "the scanner has no advisories for packages of the kind {where}: {what}",
        "compare their versions with their projects' advisories, and waive this with the outcome",
    ),
    Unscanned.EMPTY_DATABASE: _Words(
        Severity.HIGH,
        "the vulnerability database is empty: nothing was compared with anything",
        "see where it comes from, and download it anew",
    ),
    Unscanned.NO_VERSION: _Words(
        Severity.LOW,
        "not matched, because they do not say which version they are: {what}",
        "build them with their version",
    ),
    Unscanned.UNREADABLE: _Words(
        Severity.LOW,
        "the scanner did not understand some files of packages: {what}",
        "see what is wrong with them: the packages that they describe are in no report",
    ),
    Unscanned.NO_DISTRIBUTION: _Words(
        Severity.LOW,
        "the scanner recognised no distribution, so it listed no system packages",
        "keep the package database and the distribution's name (`/etc/os-release`) in the image",
    ),
    Unscanned.UNVERIFIED_LIST: _Words(
        Severity.LOW,
        "only a list of packages was compared, and not the image: {where} attaches it, and nobody"
        " verified who wrote that",
        "declare who signs the image, and let them attest its bill of materials",
    ),
    Unscanned.UNLISTED: _Words(
        Severity.HIGH,
        "{where} in the image tells of {what} of which the scanner lists none",
        "see whether the scanner is the program that you trust, and let another look as well",
    ),
    Unscanned.UNCOMPARED: _Words(
        Severity.LOW,
        "{where}: nobody knows whether the scanner lists all that it tells of",
        "see whether it is whole, and let another scanner look as well",
    ),
    Unscanned.OTHER_SYSTEM: _Words(
        Severity.HIGH,
        "{where}: advisories of another system were compared",
        "let all files that name the distribution say the same, and see whether the scanner is the"
        " program that you trust",
    ),
    Unscanned.NO_SECOND_OPINION: _Words(
        Severity.LOW,
        "{where}, which must look as well, compared nothing with {what}",
        "have them looked at by a scanner that knows such packages, or waive this",
    ),
}


@rule((UnscannedPackages, LayerFiles), Severity.MEDIUM)
def unscanned_packages(unscanned: UnscannedPackages | LayerFiles, ctx: Context) -> Findings:
    """Packages of the image were never compared with any advisory.

    No finding about them means nothing. Scanners say so in a debug line at best: packages of
    NVIDIA's repositories (most of a CUDA image), packages of conda, everything of a distribution
    that is out of support, or of one that the scanner or its database does not know, packages
    without a version, and files of packages that it did not understand. Where several scanners must
    look, what only one of them compares has no second opinion. Where a bill of materials stands
    for the image that nobody verified, whoever may attach one says what is compared. Where layers
    are read, what apk, dpkg, rpm and Python packages themselves say is installed is held against
    the scanner's list, and `os-release` against the system for which it took the image. Scanners
    follow no links: what uv or pnpm linked to their caches is unknown once the cache is removed.

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

    Bad (trivy.json):
        {"SchemaVersion": 2, "ArtifactType": "container_image",
         "Metadata": {"OS": {"Family": "debian", "Name": "12.7"}},
         "Results": [{"Target": "app (debian 12.7)", "Class": "os-pkgs", "Type": "debian",
          "Packages": [{"Name": "openssl", "Version": "3.0.14"}]},
          {"Target": "Conda", "Class": "lang-pkgs", "Type": "conda-pkg",
           "Packages": [{"Name": "pytorch", "Version": "2.5.0"}]}]}

    Good (trivy.json):
        {"SchemaVersion": 2, "ArtifactType": "container_image",
         "Metadata": {"OS": {"Family": "debian", "Name": "12.7"}},
         "Results": [{"Target": "app (debian 12.7)", "Class": "os-pkgs", "Type": "debian",
          "Packages": [{"Name": "openssl", "Version": "3.0.14"}]},
          {"Target": "Python", "Class": "lang-pkgs", "Type": "python-pkg",
           "Packages": [{"Name": "torch", "Version": "2.5.0"}]}]}
    """
    if isinstance(unscanned, LayerFiles):
        yield from _linked(unscanned, ctx)
        return
    words = _WORDS.get(unscanned.reason)
    if words is None:
        return
    noun = "file" if unscanned.reason is Unscanned.UNREADABLE else "package"
    message = words.message.format(what=_what(unscanned.names, noun), where=unscanned.detail)
    reason = unscanned.reason.value
    if unscanned.reason in _APART:
        reason = f"{reason} {unscanned.detail}"
    yield ctx.finding(unscanned, message, help=words.help, subject=reason, severity=words.severity)


def _linked(files: LayerFiles, ctx: Context) -> Findings:
    if files.role is FileRole.LINKED:
        count = f"{files.files:,} {files.detail}{'' if files.files == 1 else 's'}"
        names = ", ".join(files.names) + (" …" if files.files > len(files.names) else "")
        yield ctx.finding(
            files,
            f"scanners follow no links, and so do not know of {count}: {names}",
            help="keep files in their place, and no links: let the installer copy what it installs",
            subject=f"linked {files.detail}",
            severity=Severity.HIGH if files.detail == _WHOLE_SYSTEM else None,
        )


def _what(names: tuple[str, ...], noun: str) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    count = f"{len(names)} {noun}{'' if len(names) == 1 else 's'}"
    return f"{count} ({', '.join(names[:_NAMED])}{more})"
