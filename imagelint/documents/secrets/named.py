"""Files that another document names for what they hold, and whose own names say nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Source
from imagelint.documents.base import Embedded
from imagelint.documents.compose.variables import environment_files
from imagelint.documents.project import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.compose.model import ComposeService
    from imagelint.documents.kinds import Beside
    from imagelint.documents.yaml.cursor import Cursor

_MOST_FILES = 50
# What compose mounts as it is: https://docs.docker.com/reference/compose-file/secrets/
_MOUNTED = ("secrets", "configs")


def named_files(named: Iterable[tuple[str, bool]], origin: str, read: Beside) -> Iterator[Embedded]:
    """The files of some names, each with whether it holds settings, a line each.

    Files that are examined as what they are by their own names and contents are left to that.
    """
    for name, of_settings in list(dict.fromkeys(named))[:_MOST_FILES]:
        text = read(name)
        place = beside(origin, name)
        if text is None or "\0" in text or _has_kind(place, text):
            continue
        source = Source(place, text)
        if of_settings:
            from imagelint.documents.dotenv import parse_dotenv

            yield Embedded(parse_dotenv(source))
        else:
            from imagelint.documents.plaintext import PlainText

            yield Embedded(PlainText(source))


def files_of_services(
    services: Iterable[ComposeService], origin: str, read: Beside
) -> Iterator[Embedded]:
    """The files with variables or labels of services."""
    yield from named_files(_of_services(services), origin, read)


def mounted_files(root: Cursor, origin: str, read: Beside) -> Iterator[Embedded]:
    """The files that a compose file makes secrets and configurations of."""
    named = ((one["file"].word(), False) for key in _MOUNTED for _, one in root[key].entries())
    yield from named_files((one for one in named if _is_beside(one[0])), origin, read)


def _of_services(services: Iterable[ComposeService]) -> Iterator[tuple[str, bool]]:
    for service in services:
        labels = service.body["label_file"]
        names = (*environment_files(service.body), labels.word(), *map(_word, labels.items()))
        yield from ((name, True) for name in names if name is not None and _is_beside(name))


def _word(place: Cursor) -> str:
    return place.word()


def _is_beside(name: str) -> bool:
    return bool(name) and name[0] not in "/~"


def _has_kind(origin: str, text: str) -> bool:
    from imagelint.documents.detect import detect

    return detect(origin, text) != ""
