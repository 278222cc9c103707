"""`imagelint scan`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.imageoptions import image_options
from imagelint.cli.options import policy_options
from imagelint.cli.reportoptions import report_options
from imagelint.cli.scanoptions import scan_options

if TYPE_CHECKING:
    from imagelint.cli.policyoptions import PolicyOptions
    from imagelint.cli.reportoptions import ReportOptions
    from imagelint.cli.scanoptions import ScanOptions


@click.command()
@click.argument("image")
@image_options
@scan_options
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
    from imagelint.cli.imagejob import ImageJob
    from imagelint.cli.imagerun import judge_image
    from imagelint.cli.output import show
    from imagelint.cli.progress import steps

    session = policy.open(demanded=("vulnerable-package",), seconds=timeout)
    job = scanning.apply(ImageJob(image, platform, scan=True, sbom=sbom), session)
    with steps(quiet=view.quiet) as tell:
        verdict = judge_image(session, job, tell, {})
    return show(verdict, view, "scan", session.levelled(), session.own())
