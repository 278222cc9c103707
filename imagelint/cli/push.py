"""`imagelint push`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.report import report_options
from imagelint.cli.options.shared import policy_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.report import ReportOptions


@click.command()
@click.argument("image")
@click.argument("destination")
@click.option(
    "--verdict", metavar="FILE", required=True, help="The verdict, as `gate --attest` writes it."
)
@click.option(
    "--mount-from",
    metavar="REPO",
    default="",
    help="A repository beside the destination that may have some of its layers.",
)
@click.option("--sign", is_flag=True, help="Let cosign sign what was pushed, and the verdict.")
@click.option("--sign-key", metavar="KEY", default="", help="A private key, as cosign takes it.")
@click.option(
    "--signing-config", metavar="FILE", default="", help="Services that cosign signs with."
)
@click.option("--timeout", type=click.FloatRange(1), help="Seconds for all of it.")
@policy_options
@report_options
def push(  # noqa: PLR0913 - the options of the command
    *,
    image: str,
    destination: str,
    verdict: str,
    mount_from: str,
    sign: bool,
    sign_key: str,
    signing_config: str,
    timeout: float | None,
    policy: PolicyOptions,
    view: ReportOptions,
) -> int:
    """Push an image to a registry, upon the verdict of its gate.

    IMAGE is oci:DIR[:tag|@digest], oci-archive:FILE, docker-archive:FILE, FILE.tar, or
    docker-daemon:NAME; DESTINATION is registry/repository[:tag]. Nothing is sent unless the verdict
    is a pass of this very digest, young enough, and of the policy that holds here.
    """
    from imagelint.cli.output.progress import steps
    from imagelint.cli.output.push import PushOptions, policies_in, signed, verdict_of
    from imagelint.cli.output.verdict import show
    from imagelint.run.supplychain.push import PushRequest, push_image

    session = policy.open(seconds=timeout)
    request = PushRequest(destination, verdict, policies_in(session), session.deadline)
    settings = session.policies.of(".").environment.push
    request = request._replace(settings=settings, mount_from=mount_from)
    with steps(quiet=view.quiet) as tell:
        result = push_image(image, request._replace(tell=tell))
        if sign:
            by = PushOptions(sign_key, signing_config)
            result = signed(result, destination, by, tell, session)
    return show(verdict_of(result, session), view, "push", session.levelled(), session.own())
