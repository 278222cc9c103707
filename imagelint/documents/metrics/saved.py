"""Samples as they are saved: a metrics page, or what a Prometheus server answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.metrics.api import read_answer
from imagelint.documents.metrics.exposition import Limit, PageReader

if TYPE_CHECKING:
    from collections.abc import Collection

    from imagelint.documents.metrics.exposition import Sample

_MOST_JSON = 64 * 1024 * 1024
_JSON = (b"{", b"[")


class SampleReader:
    """Takes a page or an answer piece by piece; which it is shows at its first character."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)
        self._page = PageReader(names)
        self._json = bytearray()
        self._is_json: bool | None = None

    def take(self, piece: bytes) -> None:
        """Read on.

        Raises:
            Limit: that is more than we read.
        """
        if self._is_json is None and piece.strip():
            self._is_json = piece.lstrip().startswith(_JSON)
        if not self._is_json:
            self._page.take(piece)
            return
        self._json += piece
        if len(self._json) > _MOST_JSON:
            raise Limit(f"there are more than {_MOST_JSON:,} bytes of JSON")

    def samples(self) -> list[Sample]:
        """The samples of all that was taken, of the metrics that are asked for.

        Raises:
            Limit: there are more than we read.
            ValueError: it is neither, or one of the lines that are asked for is wrong.
        """
        if not self._is_json:
            return self._page.samples()
        answer = read_answer(bytes(self._json))
        if answer.warnings:  # what Thanos and its kin say when a store did not answer
            raise ValueError(f"is a part of the whole: {answer.warnings[0]}")
        return [sample for sample in answer.samples if sample.name in self._names]
