"""`imagelint score`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.score import score_options, source_options
from imagelint.cli.options.shared import policy_file_options
from imagelint.cli.options.statements import attest_options

if TYPE_CHECKING:
    from imagelint.cli.evaluations.metrics import Source
    from imagelint.cli.options.formats import Format
    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.cli.options.statements import AttestOptions


@click.command()
@source_options
@score_options
@policy_file_options
@attest_options
def score(
    *,
    source: Source,
    fail_under: float | None,
    formats: tuple[Format, ...],
    policy: PolicyOptions,
    attest: AttestOptions,
) -> int:
    """Score how well a model server serves, from its metrics.

    Latency, KV cache, queue, preemptions and errors become signals from 1 (target met) to 0
    (severe breach); the lowest one counts. What cannot be told is no pass.
    """
    from imagelint.cli.output.missingextras import need
    from imagelint.cli.output.scorecard import attested, show_scorecard
    from imagelint.core.serving.scorecard import ScorecardSettings
    from imagelint.run.scoring.score import score as score_server

    need("prometheus_client", "score", "what reads metrics pages")
    settings = policy.open().policies.of(".").scorecard
    said = ScorecardSettings(fail_under=fail_under)
    request = source.request()._replace(settings=said.over(settings))
    card = score_server(request)
    attested(attest, source.image, card)
    return show_scorecard(card, formats)
