"""`imagelint verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.image import (
    files_options,
    image_options,
    signer,
    verify_options,
)
from imagelint.cli.options.report import report_options
from imagelint.cli.options.shared import policy_options
from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.report import ReportOptions


@click.command()
@click.argument("image", default="")
@files_options
@image_options
@verify_options
@policy_options
@report_options
def verify(  # noqa: PLR0913 - the options of the command
    *,
    image: str,
    bases: tuple[str, ...],
    manifests: tuple[str, ...],
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
    """Verify who signed an image, or all images that files name.

    IMAGE is registry/repository[:tag][@digest], or oci:DIR[:tag|@digest] for an OCI layout; with
    --bases or --from it may be left out. Who may sign is declared in the policy
    (`environment.signers`), or given here.
    """
    from imagelint.cli.images.job import ImageJob
    from imagelint.cli.images.run import judge_image
    from imagelint.cli.output.progress import steps
    from imagelint.cli.output.verdict import show
    from imagelint.collect.tools.trivy_options import TrivyOptions
    from imagelint.core.environment import Environment
    from imagelint.policy.demands import BY_SIGNER

    if not (image or bases or manifests):
        help_ = "name one, or files that do: `--bases PATH`, `--from PATH`"
        raise UsageError(Diagnostic("no image is named", help=help_))
    named = signer(key, identity, issuer, logged=not no_transparency_log)
    declared = Environment(signers=named)
    session = policy.open(environment=declared, demanded=BY_SIGNER, seconds=timeout)
    options = TrivyOptions(offline=True, deadline=session.deadline)
    folder = "." if named else ""
    job = ImageJob(image, platform, options, folder, verify=True, cross_check=cross_check)
    job = job._replace(bases=bases, manifests=manifests)
    with steps(quiet=view.quiet) as tell:
        verdict = judge_image(session, job, tell, {})
    return show(verdict, view, "verify", session.levelled(), session.own())
