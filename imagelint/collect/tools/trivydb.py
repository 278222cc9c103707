"""For which systems and languages a vulnerability database has advisories.

Without a word, Trivy matches packages against a database that holds nothing about their system. It
is a bbolt file whose buckets are called `alpine 3.22`, `pip::GitHub Security Advisory Pip`.
https://github.com/etcd-io/bbolt/blob/main/internal/common/page.go, meta.go
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = 0xED0CDAED
_HEADER, _META, _ELEMENT = struct.Struct("<QHHI"), struct.Struct("<IIIIQQQQQ"), 16
_BRANCH_PAGE, _LEAF_PAGE, _BUCKET = 0x01, 0x02, 1
_PAGE_SIZES = range(512, 65537)
_MOST_PAGES = 10_000
_DEEPEST = 50
_LARGEST_PAGE = 64 * 1024 * 1024


def advised(cache_folder: str) -> tuple[str, ...] | None:
    """The names of all buckets with something in them; None when nobody can read them."""
    try:
        with open(os.path.join(cache_folder, "db", "trivy.db"), "rb") as file:
            return tuple(sorted(_Bolt(file).buckets()))
    except (OSError, ValueError, struct.error):
        return None


class _Bolt:
    """A bbolt file. Raises ValueError where it is none."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._left = _MOST_PAGES
        self._size = self._page_size()
        metas = (self._meta(at) for at in (0, self._size))
        self._root = max(meta for meta in metas if meta is not None)[1]

    def buckets(self) -> Iterator[str]:
        """The names of the buckets of the root that are not empty."""
        for name, value in self._items(self._root):
            root = struct.unpack_from("<Q", value)[0]
            # A small bucket has its only page behind its head.
            page = self._page(root) if root else value[_ELEMENT:]
            if _HEADER.unpack_from(page)[2]:
                yield name.decode("utf-8", "replace")

    def _page_size(self) -> int:
        meta = self._read(_HEADER.size, _META.size)
        magic, _, size, *_ = _META.unpack(meta)
        if magic != _MAGIC or size not in _PAGE_SIZES:
            raise ValueError("no bbolt file")
        return int(size)

    def _meta(self, at: int) -> tuple[int, int] | None:
        """Number of the transaction and page of the root bucket."""
        magic, _, _, _, root, _, _, _, number = _META.unpack(
            self._read(at + _HEADER.size, _META.size)
        )
        return (number, root) if magic == _MAGIC else None

    def _items(self, number: int, depth: int = 0) -> Iterator[tuple[bytes, bytes]]:
        """Name and head of each bucket below a page."""
        if depth > _DEEPEST:
            raise ValueError("deeper than any tree of pages")
        page = self._page(number)
        _, flags, count, _ = _HEADER.unpack_from(page)
        for at in range(_HEADER.size, _HEADER.size + count * _ELEMENT, _ELEMENT):
            if flags & _BRANCH_PAGE:
                yield from self._items(struct.unpack_from("<Q", page, at + 8)[0], depth + 1)
            elif flags & _LEAF_PAGE:
                kind, position, name, value = struct.unpack_from("<IIII", page, at)
                start = at + position
                if kind & _BUCKET:
                    yield page[start : start + name], page[start + name : start + name + value]

    def _page(self, number: int) -> bytes:
        """A page with what flows over."""
        self._left -= 1
        head = self._read(number * self._size, _HEADER.size)
        length = (_HEADER.unpack(head)[3] + 1) * self._size
        if self._left < 0 or length > _LARGEST_PAGE:
            raise ValueError("too large to be read")
        return self._read(number * self._size, length)

    def _read(self, start: int, length: int) -> bytes:
        self._file.seek(start)
        return self._file.read(length)
