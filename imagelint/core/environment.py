"""What the policy declares about the place where the image will run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.sitefacts import SiteFacts


class Signer(NamedTuple):
    """Who may sign images: a public key, or a certificate identity with its issuer.

    `key` is a path relative to the policy file (or what cosign takes for `--key`); `identity` and
    `issuer` are exact strings, or, when `pattern` is true, regular expressions that must match the
    whole of each. `images` are globs over repositories; empty means all. `key_text` is the key
    itself where it is not to be read from a file.
    """

    name: str
    key: str = ""
    identity: str = ""
    issuer: str = ""
    pattern: bool = False
    images: tuple[str, ...] = ()
    transparency_log: bool = True
    key_text: str = ""


ATTESTATION_KINDS = (
    *("slsa-provenance", "sbom", "vulnerabilities"),
    *("evaluation", "scorecard", "verdict"),
)
"""The kinds of statements that a policy may call by a short name."""


class AttestationDemand(NamedTuple):
    """A statement that an image needs, and what it must say; empty means: whatever it says.

    `type` is one of `ATTESTATION_KINDS` or the address of a predicate type. `signed_by` are names
    of signers, each of whom is enough. A final `*` of `builder`, `source` and `verifier` stands for
    any end. `max_age_days` is how old it may be.
    """

    type: str
    signed_by: tuple[str, ...] = ()
    builder: str = ""
    source: str = ""
    verifier: str = ""
    max_age_days: int | None = None


class TrustRule(NamedTuple):
    """What images need whose repository matches one of `images`, globs of which empty means all.

    `signed_by` are names of signers: roles, of which several signers with one name are one.
    `at_least` of them must have signed, all where it is 0.
    """

    images: tuple[str, ...] = ()
    signed_by: tuple[str, ...] = ()
    at_least: int = 0
    attestations: tuple[AttestationDemand, ...] = ()


class ProgramRules(NamedTuple):
    """Which program of a scanner may run: the oldest version, versions that may not, digests."""

    scanner: str
    least_version: str = ""
    denied: tuple[str, ...] = ()
    sha256: tuple[str, ...] = ()


class ScanSettings(NamedTuple):
    """How images are scanned. What is empty was not said.

    `kev` and `epss` are files that list exploits, `vex` files that say what does not affect the
    image; paths are relative to the policy file, and `texts` holds those that are not to be read
    from where they are. `skip_files` are globs of files left out beside weights. `least_version`
    is the oldest Trivy that may run, `denied` versions that may not, `sha256` the digests of the
    programs that may. `server` is the address of a Trivy server. `vex_signed_by` are names of
    signers whose signed VEX counts, `sbom_signed_by` of those whose signed bill of materials is
    scanned instead of the image. `scanners` are names of those that must look, the first of which
    leads: none is taken away by what is said above. `programs` say which of them may run, beside
    Trivy's.
    """

    kev: str = ""
    epss: str = ""
    vex: tuple[str, ...] = ()
    skip_files: tuple[str, ...] = ()
    least_version: str = ""
    denied: tuple[str, ...] = ()
    sha256: tuple[str, ...] = ()
    server: str = ""
    texts: tuple[tuple[str, str], ...] = ()
    vex_signed_by: tuple[str, ...] = ()
    sbom_signed_by: tuple[str, ...] = ()
    scanners: tuple[str, ...] = ()
    programs: tuple[ProgramRules, ...] = ()

    def over(self, below: ScanSettings) -> ScanSettings:
        """Both as one: what is said here wins. Associative; `ScanSettings()` is the identity."""
        both = ScanSettings._make(high or low for low, high in zip(below, self, strict=True))
        scanners = tuple(dict.fromkeys((*below.scanners, *self.scanners)))
        named = {each.scanner for each in self.programs}
        kept = (each for each in below.programs if each.scanner not in named)
        return both._replace(scanners=scanners, programs=(*kept, *self.programs))


USUAL_VERDICT_HOURS = 24
"""Hours for which a verdict counts where no policy says."""


class PushSettings(NamedTuple):
    """Upon which verdicts an image is pushed; None was not said.

    `verdict_hours` is how old a verdict may be, `other_policy_hours` how old one may be that was
    given under another policy than the one that holds.
    """

    verdict_hours: int | None = None
    other_policy_hours: int | None = None

    @property
    def hours(self) -> tuple[int, int]:
        """Both, each as it holds where nobody said it."""
        verdict = USUAL_VERDICT_HOURS if self.verdict_hours is None else self.verdict_hours
        return (verdict, self.other_policy_hours or 0)

    def over(self, below: PushSettings) -> PushSettings:
        """Both as one: what is said here wins. Associative; `PushSettings()` is the identity."""
        pairs = zip(below, self, strict=True)
        return PushSettings._make(low if high is None else high for low, high in pairs)


class DeclaredBuild(NamedTuple):
    """From which Dockerfile images are built.

    `glob` is one over their names without tags, `dockerfile` a path as the user knows it,
    `target` the stage, empty for the last one, and `arguments` what the build is given, by name.
    """

    glob: str
    dockerfile: str
    target: str = ""
    arguments: tuple[tuple[str, str], ...] = ()


class GivenBuild(NamedTuple):
    """What builds are given: `arguments` by name, and the stage that they end with, if any."""

    arguments: tuple[tuple[str, str], ...] = ()
    target: str = ""


class SummarySettings(NamedTuple):
    """What a passing verdict is worth: `levels`, and `verifier`, the address of who says so."""

    levels: tuple[str, ...] = ()
    verifier: str = ""


class Environment(NamedTuple):
    """What the files cannot say. None and empty mean: not declared, so rules stay silent.

    `driver` is the NVIDIA driver of the hosts (`550.90.07`), `gpu_product` a node label's value
    (`NVIDIA-H100-80GB-HBM3`), `gpus_per_node` a count, `registries` globs over
    `registry/repository`, `build_contexts` names given to the build with `--build-context`,
    `trusted_root_text` the trusted root itself where it is not to be read from a file. `closed`
    tells that what is examined together is all there is: what it names and lacks is missing.
    `trust` says what images need besides one signature, `scan` is how images are scanned, `push`
    upon which verdicts they are pushed, `summary` what a pass is worth. `gated` is the image about
    which a verdict is given beside the files, as it was named. `images` tells from which
    Dockerfiles images are built: the first whose glob matches counts. `build` is what the builds of
    the Dockerfiles that are examined are given, as a command says it. `knowledge` is what a site
    knows of its own, the last file that is named last.
    """

    driver: str | None = None
    gpu_product: str | None = None
    gpus_per_node: int | None = None
    registries: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()
    trusted_root: str | None = None
    build_contexts: tuple[str, ...] = ()
    trusted_root_text: str = ""
    closed: bool | None = None
    trust: tuple[TrustRule, ...] = ()
    scan: ScanSettings = ScanSettings()
    gated: str = ""
    push: PushSettings = PushSettings()
    summary: SummarySettings = SummarySettings()
    images: tuple[DeclaredBuild, ...] = ()
    build: GivenBuild = GivenBuild()
    knowledge: tuple[SiteFacts, ...] = ()
