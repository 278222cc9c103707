"""Options about what must be known of an image before it is promoted, and where that is kept."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

import click

from imagelint.cli.options.statements import DEMANDED
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.cli.images.job import ImageJob

C = TypeVar("C", bound="Callable[..., object]")


class PromotionOptions(NamedTuple):
    """What must be known of an image besides its files, and where the verdict is kept."""

    evaluation: str = ""
    scorecard: str = ""
    store: str = ""

    @property
    def demanded(self) -> tuple[str, ...]:
        """The rules that must be on."""
        scored = ("breached-signal", "stale-evaluation") if self.scorecard else ()
        return tuple(dict.fromkeys((*(DEMANDED if self.evaluation else ()), *scored)))

    def apply(self, job: ImageJob) -> ImageJob:
        """The job with what is demanded."""
        return job._replace(evaluation=self.evaluation, scorecard=self.scorecard)


def promotion_options(command: C) -> C:
    """Options about what must be known of an image: the command gets them as `promotion`."""

    @wraps(command)
    def with_options(**given: object) -> object:
        promotion = PromotionOptions._make(given.pop(name) for name in PromotionOptions._fields)
        if promotion.store:
            from imagelint.cli.output.missingextras import need_store

            need_store()
        return command(promotion=promotion, **given)

    collected = cast("C", with_options)
    help_ = "Demand an evaluation of this image: a statement, or `attested` for a signed one on it."
    scored = "Demand a scorecard of this image: a file of `score`, or `attested` for a signed one."
    store = "Keep the verdict, and that a pass promotes the image."
    for option in (
        click.option("--store", metavar="FILE|URL", default="", help=store),
        click.option("--scorecard", metavar="FILE|attested", default="", help=scored),
        click.option("--evaluation", metavar="FILE|attested", default="", help=help_),
    ):
        collected = option(collected)
    return collected
