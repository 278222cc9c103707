"""`imagelint scan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.image import image_options, image_scan_options
from imagelint.cli.options.report import report_options
from imagelint.cli.options.shared import policy_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.report import ReportOptions
    from imagelint.cli.options.scan import ScanOptions


@click.command()
@click.argument("image")
@image_options
@image_scan_options
@click.option("--sbom", metavar="FILE", default="", help="Write what is listed: CycloneDX, SPDX.")
@policy_options
@report_options
def scan(  # noqa: PLR0913 - the options of the command
    *,
    image: str,
    platform: str,
    scanning: ScanOptions,
    sbom: str,
    timeout: float | None,
    policy: PolicyOptions,
    view: ReportOptions,
) -> int:
    """Scan an image for vulnerable packages with Trivy.

    IMAGE is registry/repository[:tag][@digest], or oci:DIR[:tag|@digest] for an OCI layout. With
    --sbom the packages are written down as well: as SPDX where FILE ends in .spdx.json.
    """
    from imagelint.cli.files.inputs import refuse_inputs
    from imagelint.cli.images.job import ImageJob
    from imagelint.cli.images.run import judge_image
    from imagelint.cli.output.progress import steps
    from imagelint.cli.output.verdict import show

    refuse_inputs((sbom,))
    session = policy.open(demanded=("vulnerable-package",), seconds=timeout)
    job = scanning.apply(ImageJob(image, platform, scan=True, sbom=sbom), session)
    with steps(quiet=view.quiet) as tell:
        verdict = judge_image(session, job, tell, {})
    return show(verdict, view, "scan", session.levelled(), session.own())
