"""`imagelint host`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.shared import policy_file_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option("--image", default="", help="Does this image start here?")
@click.option("--read-image", is_flag=True, help="Read its configuration from its registry.")
@click.option("--model", default="", help="Does this model fit?")
@click.option("--tp", type=click.IntRange(1, 64), default=1, help="Over so many GPUs.")
@click.option("--quantization", default="", help="As the engines' flag: awq, fp8, bitsandbytes …")
@click.option("--max-model-len", default="", help="Tokens: 32768, 32k. [default: the model's own]")
@click.option("--root", default="/", type=click.Path(), help="Read the files of another system.")
@click.option("--timeout", type=click.FloatRange(1), default=None, help="Seconds for all of it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@policy_file_options
def host(
    *,
    paths: tuple[str, ...],
    root: str,
    timeout: float | None,
    as_json: bool,
    policy: PolicyOptions,
    **told: str | int | bool,
) -> int:
    """Tell what this host has for model servers, and whether an image starts here.

    Driver, GPUs, container toolkit and engines, memory and disks, by the policy's `environment`.
    PATHs are judged by the rules about drivers, GPUs and memory, as if the policy declared this
    host. No GPU is an answer.
    """
    from imagelint.cli.output.host import show_host, wish, with_files
    from imagelint.collect.deadline import Deadline
    from imagelint.run.host.host import HostRequest, host_facts, judge_host

    facts = host_facts(root)
    declared = policy.open().policies.of(".").environment
    request = HostRequest(
        Deadline(timeout or 0), root, wish(told), declared, reads=bool(told["read_image"])
    )
    report = judge_host(facts, request)
    if paths:
        report = with_files(report, policy, paths)
    return show_host(report, as_json=as_json)
