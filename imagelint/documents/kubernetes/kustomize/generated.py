"""The files of which the generators of a kustomization make ConfigMaps and Secrets.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/secretgenerator/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Source
from imagelint.documents.base import Embedded
from imagelint.documents.project import beside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kinds import Beside
    from imagelint.documents.yaml.cursor import Cursor

_GENERATORS = ("configMapGenerator", "secretGenerator")
_MOST_FILES = 50


def generator_files(body: Cursor, origin: str, read: Beside) -> Iterator[Embedded]:
    """The files that are named for their content, and of which no name says what they are.

    Others are examined as what they are.
    """
    named = dict.fromkeys(_named(body))
    for name, of_settings in list(named)[:_MOST_FILES]:
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


def _named(body: Cursor) -> Iterator[tuple[str, bool]]:
    """The names of files, each with whether it holds settings."""
    for key in _GENERATORS:
        for generator in body[key].items():
            for item in (*generator["envs"].items(), generator["env"]):
                yield item.word(), True
            for item in generator["files"].items():
                name = item.word()
                yield name.partition("=")[2] or name, False


def _has_kind(origin: str, text: str) -> bool:
    from imagelint.documents.detect import detect

    return detect(origin, text) != ""
