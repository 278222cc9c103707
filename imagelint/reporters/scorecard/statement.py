"""A scorecard as an in-toto statement about the image that is served."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.core.serving.scorecard import PREDICATE
from imagelint.reporters.scorecard.json import written

if TYPE_CHECKING:
    from imagelint.core.serving.scorecard import Scorecard

_STATEMENT = "https://in-toto.io/Statement/v1"


def statement(card: Scorecard, name: str) -> str:
    """The statement about the image `name`, whose digest the scorecard has; its predicate is it."""
    said = {
        "_type": _STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": card.image.removeprefix("sha256:")}}],
        "predicateType": PREDICATE,
        "predicate": written(card),
    }
    return json.dumps(said, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
