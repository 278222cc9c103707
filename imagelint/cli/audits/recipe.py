"""What the command line says an audit is put together from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.audit.options import AuditOptions
    from imagelint.audit.setup import Prepared
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.scan import ScanOptions


class AuditRecipe(NamedTuple):
    """Where its store is, how it scans, and by which policy it judges."""

    store: str
    scanning: ScanOptions
    policy: PolicyOptions

    def prepared(self, options: AuditOptions) -> Prepared:
        """The audit.

        Raises:
            PolicyError: the policy is wrong.
            UsageError: the store cannot be used, or two wishes do not go together.
        """
        from imagelint.audit.setup import ScanRequest, prepare
        from imagelint.cli.images.job import ImageJob

        session = self.policy.open()
        job = self.scanning.apply(ImageJob(""), session)
        return prepare(session, self.store, options, ScanRequest(job.trivy, job.settings))
