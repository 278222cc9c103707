"""The files of which a kustomization makes ConfigMaps and Secrets, or that say what it copies.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/secretgenerator/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.secrets.named import named_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Embedded
    from imagelint.documents.kinds import Beside
    from imagelint.documents.yaml.cursor import Cursor

_GENERATORS = ("configMapGenerator", "secretGenerator")


def generator_files(body: Cursor, origin: str, read: Beside) -> Iterator[Embedded]:
    """The files that are named for their content, and of which no name says what they are.

    Others are examined as what they are.
    """
    return named_files(_named(body), origin, read)


def _named(body: Cursor) -> Iterator[tuple[str, bool]]:
    """The names of files, each with whether it holds settings."""
    for key in _GENERATORS:
        for generator in body[key].items():
            for item in (*generator["envs"].items(), generator["env"]):
                yield item.word(), True
            for item in generator["files"].items():
                name = item.word()
                yield name.partition("=")[2] or name, False
    for one in body["replacements"].items():
        if one["path"].word():
            yield one["path"].word(), False
