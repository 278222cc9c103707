"""`imagelint evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.report import report_options
from imagelint.cli.options.shared import policy_options
from imagelint.cli.options.statements import DEMANDED, attest_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.report import ReportOptions
    from imagelint.cli.options.statements import AttestOptions


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(), metavar="RESULTS...")
@click.option(
    "--baseline",
    "baselines",
    metavar="RESULTS",
    multiple=True,
    help="Results of the previous tag; may repeat.",
)
@click.option("--first", is_flag=True, help="There is no previous tag to compare with.")
@click.option("--plan", metavar="FILE", default="", help="The plan. [default: with RESULTS]")
@click.option(
    "--image", metavar="DIGEST", default="", help="What is used: NAME@sha256:… or a digest."
)
@click.option(
    "--store", metavar="FILE|URL", default="", help="Keep it, and compare with what is kept."
)
@click.option("--power", is_flag=True, help="Only tell what this suite can see.")
@policy_options
@report_options
@attest_options
def evaluate(  # noqa: PLR0913 - the options of the command
    *,
    results: tuple[str, ...],
    baselines: tuple[str, ...],
    first: bool,
    plan: str,
    image: str,
    store: str,
    power: bool,
    policy: PolicyOptions,
    view: ReportOptions,
    attest: AttestOptions,
) -> int:
    """Judge the results of an evaluation: each dimension alone, and beside the previous tag.

    RESULTS are files or folders of lm-evaluation-harness, inspect_ai, promptfoo, DeepEval, Ragas,
    HELM, OpenAI evals, or of imagelint's simple form. What they must be stands in
    `imagelint-eval.yaml`.
    """
    from imagelint.cli.evaluations.run import attested, digest_in, verdict_of
    from imagelint.cli.evaluations.store import keep_evaluation, with_previous
    from imagelint.cli.output.missingextras import need_statistics
    from imagelint.cli.output.verdict import show
    from imagelint.run.evaluating.evaluation import EvaluationRequest
    from imagelint.run.evaluating.evaluation import evaluate as judge

    need_statistics()
    request = EvaluationRequest(results, baselines, plan, digest_in(image), first)
    if power:
        from imagelint.cli.output.power import power_of

        return power_of(request)
    session = policy.open(demanded=DEMANDED)
    if store:
        request = with_previous(request, image, store)
    outcome = judge(request, session.policies.of("."))
    verdict = verdict_of(session, outcome)
    if store:
        keep_evaluation(outcome, verdict, image, store)
    attested(attest, image, outcome, verdict)
    return show(verdict, view, "evaluate", session.levelled(), session.own())
