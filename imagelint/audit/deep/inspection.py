"""Look deeper than the configuration: signatures, layers, vulnerabilities.

Only as deep as the policy has rules for. What may change for the same digest (a signature is added,
a database knows more) is asked again on another day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.audit.options import DEPTHS
from imagelint.collect.tools.trivy_options import TrivyOptions
from imagelint.core.environment import ScanSettings
from imagelint.core.record import NamedTuple
from imagelint.documents.image.layers import nodes
from imagelint.documents.image.signatures import SignatureReport
from imagelint.documents.image.vulnerabilities import VulnerabilityReport
from imagelint.engine.examine import asks, concerned, judging
from imagelint.run.images import (
    ImageRequest,
    ImageResult,
    examine_image,
    examine_targets,
)
from imagelint.run.supplychain.signers import signers_for

if TYPE_CHECKING:
    from imagelint.audit.inspection import Looked
    from imagelint.collect.deadline import Deadline
    from imagelint.collect.images.contents import KeptLayers
    from imagelint.collect.registry.client import Clients
    from imagelint.collect.tools.keptscans import KeptScans
    from imagelint.core.report import Report
    from imagelint.run.session import Session

_UNSIGNED = "unsigned-image"
LAYER_NODES: tuple[type, ...] = (
    *(nodes.LayerContents, nodes.LayerFiles, nodes.InstalledSystem, nodes.InstalledPackage),
    nodes.InstalledList,
    *(nodes.Account, nodes.Waste, nodes.CudaRuntimes, nodes.UnreadLayer),
)
"""What is met in an image of which the layers were read, besides its configuration."""


class ScanRequest(NamedTuple):
    """How Trivy is asked, and by which files the answer is read."""

    trivy: TrivyOptions = TrivyOptions()
    settings: ScanSettings = ScanSettings()


class Kept(NamedTuple):
    """What is known of layers and scans, and where that is written down."""

    layers: KeptLayers
    scans: KeptScans


class DeepInspection:
    """Examines images beyond their configuration."""

    def __init__(
        self,
        session: Session,
        depth: str,
        asked: ScanRequest,
        kept: Kept,
        clients: Clients,
    ) -> None:
        self._kept = kept
        self._policy = session.policies.of(".")
        self._folder = session.policies.base_of(self._policy)
        self._trivy, self._settings = asked
        level = DEPTHS.index(depth)
        self._verify = level >= DEPTHS.index("signatures") and self._asks(SignatureReport.kind)
        asks_for_packages = self._asks(VulnerabilityReport.kind)
        self._bom = depth == "sbom" and asks_for_packages
        self._layers = level >= DEPTHS.index("layers")
        self._scan = depth == "scan" and asks_for_packages
        self._scans = self._scan or self._bom
        self._clients = clients

    @property
    def asked(self) -> tuple[str, ...]:
        """The rules that are asked of what only a deeper look tells."""
        return (
            *(judging(self._policy, SignatureReport.kind) if self._verify else ()),
            *(judging(self._policy, VulnerabilityReport.kind) if self._scans else ()),
            *(concerned(self._policy, LAYER_NODES) if self._layers else ()),
        )

    def _asks(self, kind: str) -> bool:
        return asks(self._policy, kind)

    def __call__(self, looked: Looked, deadline: Deadline) -> ImageResult:
        """What comes of an image, its configuration included."""
        first = looked.targets[0]
        request = ImageRequest(
            policy=self._policy,
            trivy=self._trivy._replace(deadline=deadline),
            folder=self._folder,
            scan=self._scan,
            verify=self._verify and bool(signers_for(first, self._policy)),
            layers=self._layers,
            settings=self._settings,
            kept_layers=self._kept.layers,
            kept_scans=self._kept.scans,
            bom=self._bom,
            packages=True,
            clients=self._clients,
        )
        if first.identity.layout:
            return examine_image(first.reference, request)
        return examine_targets(looked.targets, request)


def signed(report: Report) -> str | None:
    """Whether an image is signed as the policy demands; None where nobody looked."""
    if not any(examined.kind == SignatureReport.kind for examined in report.examined):
        return None
    found = (*report.findings, *(allowed.finding for allowed in report.allowed))
    return "unsigned" if any(one.rule == _UNSIGNED for one in found) else "signed"
