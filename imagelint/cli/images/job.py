"""What is to be done with an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.images.names import is_local
from imagelint.collect.registry.layout import is_layout
from imagelint.collect.tools.trivy_options import TrivyOptions
from imagelint.core.environment import ScanSettings
from imagelint.core.record import NamedTuple
from imagelint.documents.image.attestations import ATTESTED
from imagelint.engine.examine import asks

if TYPE_CHECKING:
    from imagelint.policy.model import Policy


class ImageJob(NamedTuple):
    """One image and what to do with it; `folder` overrides where the policy's keys lie.

    `paths` are the files and folders that were checked as well, `left_out` the stages of a gate
    whose rules the policy has off: a pass says nothing about those. `cross_check` asks cosign for a
    second opinion. `layers` are read, and told one by one in a `table`; those of a registry that a
    scan is held against are `fetched` however large they are. `settings` are those of the scan.
    `evaluation` and `scorecard` are files, or `attested`: then a signature is verified, whatever
    rules say; `sbom` is a file for what is listed. The images that Dockerfiles below `bases` are
    built from, and those that `manifests` run, are judged as well; `image` may then be empty.
    """

    image: str
    platform: str = ""
    trivy: TrivyOptions = TrivyOptions()
    folder: str = ""
    baseline: str | None = None
    paths: tuple[str, ...] = ()
    scan: bool = False
    verify: bool = False
    left_out: tuple[str, ...] = ()
    cross_check: bool = True
    layers: bool = False
    fetched: bool = False
    table: bool = False
    settings: ScanSettings = ScanSettings()
    evaluation: str = ""
    scorecard: str = ""
    sbom: str = ""
    bases: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()


def gated(job: ImageJob, policy: Policy) -> ImageJob:
    """The job with the stages that a policy has rules for.

    Layers are judged where they are at hand; of a registry they would be downloaded a second time:
    they are judged if that is asked for, and else held against what is listed if they are small.
    """
    from imagelint.documents.image.signatures import SignatureReport
    from imagelint.documents.image.vulnerabilities import VulnerabilityReport

    stages = {
        "scan": asks(policy, VulnerabilityReport.kind),
        "verify": ATTESTED in (job.evaluation, job.scorecard) or asks(policy, SignatureReport.kind),
    }
    off = tuple(stage for stage, asked in stages.items() if not asked)
    near = is_local(job.image) or is_layout(job.image)
    return job._replace(
        scan=stages["scan"],
        verify=stages["verify"],
        left_out=off,
        layers=job.layers or job.fetched or near,
    )
