"""`imagelint image`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.image import image_options
from imagelint.cli.options.report import report_options
from imagelint.cli.options.shared import policy_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.report import ReportOptions


@click.command()
@click.argument("image")
@image_options
@policy_options
@report_options
def image(
    *,
    image: str,
    platform: str,
    timeout: float | None,
    policy: PolicyOptions,
    view: ReportOptions,
) -> int:
    """Look into an image: its configuration, its history, and every layer.

    IMAGE is registry/repository[:tag][@digest], oci:DIR[:tag|@digest], oci-archive:FILE,
    docker-archive:FILE, FILE.tar, or docker-daemon:NAME. Layers are read as a stream and never
    unpacked.
    """
    from imagelint.cli.images.job import ImageJob
    from imagelint.cli.images.run import judge_image
    from imagelint.cli.output.progress import steps
    from imagelint.cli.output.verdict import show
    from imagelint.collect.tools.trivy_options import TrivyOptions

    session = policy.open(seconds=timeout)
    options = TrivyOptions(offline=True, deadline=session.deadline)
    job = ImageJob(image, platform, options, layers=True, table=True)
    with steps(quiet=view.quiet) as tell:
        verdict = judge_image(session, job, tell, {})
    return show(verdict, view, "image", session.levelled(), session.own())
