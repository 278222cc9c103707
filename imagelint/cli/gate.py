"""`imagelint gate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.environment import declared_options
from imagelint.cli.options.image import image_options, image_scan_options, signer, verify_options
from imagelint.cli.options.promotion import promotion_options
from imagelint.cli.options.report import report_options
from imagelint.cli.options.shared import baseline_option, exclude_option, policy_options
from imagelint.cli.options.statements import attest_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.promotion import PromotionOptions
    from imagelint.cli.options.report import ReportOptions
    from imagelint.cli.options.scan import ScanOptions
    from imagelint.cli.options.statements import AttestOptions
    from imagelint.core.environment import Environment


@click.command()
@click.argument("image")
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@image_options
@image_scan_options
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
    from imagelint.cli.images.job import ImageJob, gated
    from imagelint.cli.images.run import judge_image
    from imagelint.cli.images.signoff import sign_off
    from imagelint.cli.options.selection import excluded_files
    from imagelint.cli.output.progress import progress, steps
    from imagelint.cli.output.verdict import show

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
    sign_off(verdict, attest, session, promotion.store)
    return show(verdict, view, "gate", session.levelled(), session.own())
