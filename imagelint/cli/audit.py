"""`imagelint audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.audit import audit_options
from imagelint.cli.options.scan import scan_options
from imagelint.cli.options.shared import policy_options

if TYPE_CHECKING:
    from imagelint.cli.options.audit import AuditChoice
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.scan import ScanOptions


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@audit_options
@scan_options
@policy_options
def audit(
    *,
    sources: tuple[str, ...],
    choice: AuditChoice,
    scanning: ScanOptions,
    policy: PolicyOptions,
) -> int:
    """Judge many images by one policy: a registry, a list, what runs.

    SOURCE is registry://HOST, repository://HOST/NAME, harbor://HOST[/PROJECT],
    quay://HOST/NAMESPACE, gitlab://HOST/PROJECT, ghcr://OWNER, oci:FOLDER, a folder of manifests,
    an image reference, a file with one reference a line, or `-` for standard input: such a list, or
    what `kubectl get pods -A -o json` says. What is found out is kept in a store, by digest; an
    audit that was cut off goes on where it was.
    """
    from imagelint.cli.audits.run import run_audit

    return run_audit(sources, choice, scanning, policy)
