"""List the containers that ask for accelerators, with the engine that each one starts.

    python tools/engines.py FOLDER... [--all]

What is examined is what `imagelint check FOLDER` would examine. A container starts an engine, or
another server, that is known; it is a `server` of an engine that is not known; or it is `none`,
which a reader must find right. The latter two are listed with their image and their first words,
with `--all` the known ones as well; the last lines count them.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from imagelint.collect.files import find  # noqa: E402
from imagelint.collect.git import list_files  # noqa: E402
from imagelint.core.fact import Known  # noqa: E402
from imagelint.documents.base import Document  # noqa: E402
from imagelint.documents.compose import launching as compose  # noqa: E402
from imagelint.documents.compose.model import ComposeService  # noqa: E402
from imagelint.documents.kubernetes.objects import Container  # noqa: E402
from imagelint.documents.kubernetes.pods import launching as pods  # noqa: E402
from imagelint.documents.serving.invocation import find_invocation  # noqa: E402
from imagelint.documents.serving.reading import other_server, serving_command  # noqa: E402
from imagelint.run.reading.index import FileIndex  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imagelint.documents.serving.launch import Launch

SERVER, NONE = "server", "none"
_MOST_SHOWN = 110


class Row(NamedTuple):
    """A container: where it is, whose it is, and its engine, or `SERVER`, or `NONE`."""

    place: str
    owner: str
    engine: str
    image: str
    words: str

    @property
    def known(self) -> bool:
        """Whether its engine is known."""
        return self.engine not in (SERVER, NONE)


def rows(folders: Iterable[str]) -> Iterator[Row]:
    """The containers and services below some folders that ask for accelerators, in order."""
    files = find(folders, lambda _path: False, list_files).files
    index = FileIndex({found.origin: found for found in files}, hashed=False)
    for found in files:
        document = index.document(found)
        if isinstance(document, Document):
            yield from _rows(document)


def _rows(document: Document) -> Iterator[Row]:
    for node in document.nodes_of(Container):
        yield from _row(document, pods.launch(node))
    for service in document.nodes_of(ComposeService):
        yield from _row(document, compose.launch(service))


def _row(document: Document, launch: Launch) -> Iterator[Row]:
    runtime = launch.runtime
    if not isinstance(runtime.gpus, Known):
        return
    line = document.source.text.count("\n", 0, launch.span.start) + 1
    yield Row(
        f"{document.source.origin}:{line}",
        f"{runtime.owner} {runtime.name}",
        _engine(launch),
        launch.image.text if launch.image else "",
        " ".join(" ".join(word.text or word.raw for word in launch.argv).split()),
    )


def _engine(launch: Launch) -> str:
    invocation = find_invocation(launch)
    if invocation is not None:
        return invocation.engine
    other = other_server(launch)
    if other is not None and other.models:
        return other.name
    return NONE if serving_command(launch) is None else SERVER


def report(found: Sequence[Row], *, everything: bool) -> Iterator[str]:
    """The lines that are printed: the containers to read, and how many there are of each kind."""
    for row in found:
        if everything or not row.known:
            words = row.words if len(row.words) <= _MOST_SHOWN else f"{row.words[:_MOST_SHOWN]}…"
            yield f"{row.engine}\t{row.place}\t{row.owner}\t{row.image}\t{words}"
    counts = Counter(row.engine for row in found)
    for engine, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{count:6}  {engine}"
    known = sum(row.known for row in found)
    yield (
        f"{len(found)} containers ask for accelerators: {known} start a known engine, "
        f"{counts[SERVER]} serve by one that is not known, {counts[NONE]} are no server"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the list."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--all", action="store_true", help="list known engines as well")
    given = parser.parse_args(arguments)
    for line in report(tuple(rows(given.folders)), everything=given.all):
        print(line)


if __name__ == "__main__":
    main()
