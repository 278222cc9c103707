"""The rule `vulnerable-package`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from imagelint.documents.image.vulnerabilities import Status, Vulnerability
from imagelint.knowledge.globs import matches
from imagelint.rules.api import Context, Findings, Severity, rule

_Level = Literal["info", "low", "medium", "high", "critical"]
_Status = Literal["affected", "under_investigation", "will_not_fix", "fix_deferred", "end_of_life"]


@dataclass(frozen=True)
class Options:
    """Which vulnerabilities count."""

    minimum: _Level = field(
        default="low", metadata={"doc": "the lowest severity that is reported", "strictest": "info"}
    )
    ignore_unfixed: bool = field(
        default=False,
        metadata={"doc": "say nothing about what no version fixes yet", "strictest": False},
    )
    ignore_status: tuple[_Status, ...] = field(
        default=(),
        metadata={"doc": "say nothing about what the vendor says this of", "strictest": ()},
    )
    ignore_paths: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "say nothing of packages at these places, as globs", "strictest": ()},
    )
    high_only: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "places, as globs, where only high and critical are reported",
            "strictest": (),
        },
    )
    critical_only: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "places, as globs, where only critical is reported", "strictest": ()},
    )
    packages: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "only packages of these kinds: system, language, or as Trivy calls them,"
            " such as debian and python-pkg; without it, all",
            "strictest": (),
        },
    )
    grace_days: int = field(
        default=0,
        metadata={
            "doc": "days from its publication on which a finding is only info",
            "minimum": 0,
            "strictest": 0,
        },
    )
    exploited: _Level = field(
        default="critical",
        metadata={
            "doc": "how severe at least what is known to be exploited is, whatever else",
            "strictest": "critical",
        },
    )
    epss: float = field(
        default=0.1,
        metadata={
            "doc": "from this probability of being exploited on, a finding is at least high",
            "minimum": 0,
            "maximum": 1,
            "strictest": 0,
        },
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

    What CISA's file (`--kev`) lists as exploited is at least as severe as `exploited` says, and no
    option hides it; what FIRST's scores (`--epss`) call probable is at least high.

    Except:
        What the vendor says does not affect the package, and what the options leave out.

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
    if one.status is Status.NOT_AFFECTED or _is_left_out(one, options):
        return
    severity = _severity(one, options)
    if severity < _minimum(one, options):
        return
    young = _is_young(one, options)
    yield ctx.finding(
        one,
        f"{one.package} {one.installed} has {one.id}{_rating(one, options)}: {one.title}".rstrip(
            ": "
        ),
        help=_help(one),
        notes=tuple(ctx.note(text) for text in _notes(one)),
        subject=one.subject,
        severity=Severity.INFO if young else severity,
        details=_details(one, options),
    )


def _notes(one: Vulnerability) -> tuple[str, ...]:
    said = f"reported by {' and '.join(one.reporters)}" if one.reporters else ""
    return tuple(filter(None, (said, f"see {one.url}" if one.url else "")))


def _details(one: Vulnerability, options: Options) -> tuple[tuple[str, str], ...]:
    told = f"{one.title}{_rating(one, options)}".strip()
    return (
        ("package", f"{one.package} {one.installed}"),
        ("vulnerability", one.id),
        ("fixed", one.fixed),
        ("about", told),
        ("layer", one.layer),
        *((("reported by", ", ".join(one.reporters)),) if one.reporters else ()),
    )


def _is_left_out(one: Vulnerability, options: Options) -> bool:
    """Whether the options say nothing of it. What is exploited is told whatever they say."""
    kinds = {one.kind, "system" if one.of_system else "language"}
    return not one.exploited and (
        (options.ignore_unfixed and not one.fixed)
        or one.status.value in options.ignore_status
        or (bool(options.packages) and kinds.isdisjoint(options.packages))
        or any(matches(one.path, glob) for glob in options.ignore_paths)
    )


def _minimum(one: Vulnerability, options: Options) -> Severity:
    """The lowest severity that is reported of a package, by where it is."""
    least = Severity.named(options.minimum)
    if one.exploited:
        return least
    for globs, level in (
        (options.high_only, Severity.HIGH),
        (options.critical_only, Severity.CRITICAL),
    ):
        if any(matches(one.path, glob) for glob in globs):
            least = max(least, level)
    return least


def _severity(one: Vulnerability, options: Options) -> Severity:
    if one.exploited:
        return max(one.severity, Severity.named(options.exploited))
    if one.epss is not None and one.epss >= options.epss:
        return max(one.severity, Severity.HIGH)
    return one.severity


def _is_young(one: Vulnerability, options: Options) -> bool:
    """Whether it was published so lately that it does not count yet."""
    return not one.exploited and one.days is not None and one.days < options.grace_days


def _rating(one: Vulnerability, options: Options) -> str:
    """What there is to say about how bad it is, in parentheses."""
    said = (
        f"exploited, by CISA's list since {one.exploited}" if one.exploited else "",
        f"exploited within 30 days with a probability of {one.epss:.0%}"
        if one.epss is not None and one.epss >= options.epss and not one.exploited
        else "",
        "" if one.rated else "not rated yet",
        f"published {one.days} days ago, counts after {options.grace_days}"
        if _is_young(one, options)
        else "",
    )
    words = "; ".join(filter(None, said))
    return f" ({words})" if words else ""


def _help(one: Vulnerability) -> str:
    if one.fixed:
        return f"update {one.package} to {one.fixed}"
    said = {
        Status.WILL_NOT_FIX: "it will not be fixed: remove the package, or use another base image",
        Status.END_OF_LIFE: "it is no longer maintained: use another version of the base image",
    }
    return said.get(one.status, "there is no fixed version yet: remove the package if you can")
