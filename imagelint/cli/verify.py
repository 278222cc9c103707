"""`imagelint verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.imageoptions import (
    image_options,
    signer,
    verify_options,
)
from imagelint.cli.options import policy_options
from imagelint.cli.reportoptions import report_options

if TYPE_CHECKING:
    from imagelint.cli.policyoptions import PolicyOptions
    from imagelint.cli.reportoptions import ReportOptions


@click.command()
@click.argument("image")
@image_options
@verify_options
@policy_options
@report_options
def verify(  # noqa: PLR0913 - the options of the command
    *,
    image: str,
    platform: str,
    timeout: float | None,
    key: str,
    identity: str,
    issuer: str,
    no_transparency_log: bool,
    cross_check: bool,
    policy: PolicyOptions,
    view: ReportOptions,
) -> int:
    """Verify who signed an image.

    IMAGE is registry/repository[:tag][@digest], or oci:DIR[:tag|@digest] for an OCI layout. Who
    may sign is declared in the policy (`environment.signers`), or given here.
    """
    from imagelint.cli.imagejob import ImageJob
    from imagelint.cli.imagerun import judge_image
    from imagelint.cli.output import show
    from imagelint.cli.progress import steps
    from imagelint.collect.deadline import Deadline
    from imagelint.collect.tools.trivy import TrivyOptions
    from imagelint.core.environment import Environment
    from imagelint.policy.demands import BY_SIGNER

    named = signer(key, identity, issuer, logged=not no_transparency_log)
    session = policy.open(environment=Environment(signers=named), demanded=BY_SIGNER)
    options = TrivyOptions(offline=True, deadline=Deadline(timeout or 0))
    folder = "." if named else ""
    job = ImageJob(image, platform, options, folder, verify=True, cross_check=cross_check)
    with steps(quiet=view.quiet) as tell:
        verdict = judge_image(session, job, tell, {})
    return show(verdict, view, "verify", session.levelled(), session.own())
