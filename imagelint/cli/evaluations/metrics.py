"""Where metrics are read, as the command line says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.run.scoring.score import ScoreRequest


class Source(NamedTuple):
    """What the command line says about where metrics are read."""

    prometheus: str = ""
    metrics: tuple[str, ...] = ()
    window: float = 0.0
    again: float = 0.0
    labels: tuple[str, ...] = ()
    engine: str = ""
    timeout: float = 0.0
    evaluation: str = ""
    image: str = ""

    def request(self) -> ScoreRequest:
        """What is asked for.

        Raises:
            click.UsageError: none or both of the sources are named, or a label has no value.
            UsageError: the image has no digest.
        """
        from imagelint.cli.evaluations.run import digest_in
        from imagelint.cli.options.names import unknown
        from imagelint.collect.deadline import Deadline
        from imagelint.knowledge.serving.signals import scored_engines
        from imagelint.run.scoring.score import ScoreRequest

        if bool(self.prometheus) == bool(self.metrics):
            raise click.UsageError("name either `--prometheus` or `--metrics`")
        if self.engine and self.engine not in scored_engines():
            raise click.UsageError(unknown("engine", self.engine, scored_engines()))
        pairs = tuple(cast("tuple[str, str]", tuple(text.split("=", 1))) for text in self.labels)
        if any(len(pair) == 1 for pair in pairs):
            raise click.UsageError("`--label` needs NAME=VALUE")
        if not self.window:
            raise click.UsageError("`--window` needs more than no time at all")
        return ScoreRequest(
            prometheus=self.prometheus,
            pages=self.metrics,
            seconds=self.window,
            pause=self.again,
            labels=pairs,
            engine=self.engine,
            evaluation=self.evaluation,
            image=digest_in(self.image),
            deadline=Deadline(self.timeout),
        )
