from __future__ import annotations

from imagelint.core.redact import MASK
from imagelint.core.source import Source, Span
from imagelint.documents.detect import parse
from imagelint.documents.locate import Locator

COMPOSE = """\
services:
  mysql:
    image: mysql
    environment:
      MYSQL_PASSWORD: mysql
      MYSQL_ROOT_PASSWORD: sup3rs3cret
      API_TOKEN: opensesame
"""


def locator() -> Locator:
    return Locator(parse(Source("compose.yaml", COMPOSE), "compose"))


def test_a_secret_is_masked_in_messages() -> None:
    assert locator().redact("the value sup3rs3cret is bad") == f"the value {MASK} is bad"
    assert locator().redact("opensesame") == MASK


def test_a_word_that_the_text_says_openly_is_not() -> None:
    assert locator().redact("`mysql` has no tag") == "`mysql` has no tag"


def test_excerpts_mask_where_the_secret_is_written() -> None:
    start = COMPOSE.index("MYSQL_PASSWORD")
    (line,) = locator().locate(Span(start, start + 5)).excerpt.lines
    assert line == "      MYSQL_PASSWORD: •••••"
