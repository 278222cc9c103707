"""`imagelint gate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.attest import attest_options
from imagelint.cli.declared import declared_options
from imagelint.cli.imageoptions import image_options, signer, verify_options
from imagelint.cli.options import baseline_option, exclude_option, policy_options
from imagelint.cli.promotion import promotion_options
from imagelint.cli.reportoptions import report_options
from imagelint.cli.scanoptions import ScanOptions, scan_options

if TYPE_CHECKING:
    from imagelint.cli.attest import AttestOptions
    from imagelint.cli.policyoptions import PolicyOptions
    from imagelint.cli.promotion import PromotionOptions
    from imagelint.cli.reportoptions import ReportOptions
    from imagelint.core.environment import Environment


@click.command()
@click.argument("image")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@image_options
@scan_options
@verify_options
@policy_options
@report_options
@baseline_option
@declared_options
@exclude_option
@attest_options
@promotion_options
def gate(  # noqa: PLR0913 - the options of the command
    *,
    image: str,
    paths: tuple[str, ...],
    platform: str,
    scanning: ScanOptions,
    timeout: float | None,
    key: str,
    identity: str,
    issuer: str,
    no_transparency_log: bool,
    cross_check: bool,
    policy: PolicyOptions,
    view: ReportOptions,
    baseline: str | None,
    declared: Environment,
    exclude: tuple[str, ...],
    attest: AttestOptions,
    promotion: PromotionOptions,
) -> int:
    """Check, scan and verify: one verdict about one image and the files that it is made from.

    IMAGE is resolved to a digest once. A stage is left out where the policy has all its rules off.
    """
    from imagelint.cli.imagejob import ImageJob, gated
    from imagelint.cli.imagerun import judge_image
    from imagelint.cli.output import show
    from imagelint.cli.progress import progress, steps
    from imagelint.cli.selection import excluded_files
    from imagelint.cli.signoff import sign_off

    named = signer(key, identity, issuer, logged=not no_transparency_log)
    said = declared._replace(signers=named, gated=image)
    session = policy.open(paths, environment=said, demanded=promotion.demanded, seconds=timeout)
    session = session._replace(exclude=excluded_files(exclude))
    files = session.check(paths, progress("examined", quiet=view.quiet)) if paths else {}
    job = ImageJob(image, platform, folder="." if named else "", baseline=baseline, paths=paths)
    job = scanning.apply(promotion.apply(job._replace(cross_check=cross_check)), session)
    job = gated(job, session.policies.of("."))
    with steps(quiet=view.quiet) as tell:
        verdict = judge_image(session, job, tell, files)
    sign_off(verdict, attest, promotion.store, session.policies.of(".").environment.summary)
    return show(verdict, view, "gate", session.levelled(), session.own())
