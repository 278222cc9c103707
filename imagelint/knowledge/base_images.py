"""Images that others are built upon: as whom they run, and whether they carry a compiler."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.knowledge.engines import engine
from imagelint.knowledge.globs import matches
from imagelint.knowledge.recognition import recognise_image
from imagelint.knowledge.site.mirrors import original
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from imagelint.knowledge.containers.base_schema import BaseImageRow
    from imagelint.knowledge.recognition import Image

_DEVEL = pattern(r"(?:^|[-_.])devel(?=$|[-_.])", re.ASCII)


class BaseImage(NamedTuple):
    """What is known about an image.

    `root` tells whether it runs as root as long as nobody changes the user, `user` is its
    unprivileged user where it has one. `runtime` is the word which takes the place of `devel` in a
    tag, empty where there is no smaller flavour. `drops` tells whether its own entry point begins
    as root and starts its server as somebody else, `bare` whether there is no server in it, and no
    variable that one reads.
    """

    root: bool
    user: str = ""
    runtime: str = ""
    drops: bool = False
    bare: bool = False


def base_image(reference: Image) -> BaseImage | None:
    """What is known about an image, None when nothing is."""
    image = original(reference)
    name = f"{image.registry}/{image.repository}"
    for row in _rows(name):
        if matches(reference.tag, row.get("tags", "*")):
            user, runtime = row.get("user", ""), row.get("runtime", "")
            drops, bare = row.get("drops", False), row.get("bare", False)
            return BaseImage(row["root"], user, runtime, drops, bare)
    found = recognise_image(reference)
    if found is None or not found.upstream:
        return None
    packaging = engine(found.engine).packaging
    if not packaging.root and not packaging.user:
        return None  # of an engine of a policy, which does not say
    return BaseImage(packaging.root, packaging.user)


@looked_up
def _rows(name: str) -> tuple[BaseImageRow, ...]:
    """The rows about a repository, of which the first that fits the tag counts."""
    return tuple(row for row in table("base_images")["images"] if matches(name, row["glob"]))


def is_devel(tag: str) -> bool:
    """Whether a tag names a flavour with compilers and headers."""
    return _DEVEL.search(tag) is not None


def runtime_tag(reference: Image) -> str:
    """The tag of the smaller flavour of a devel image, empty when there is none that is known."""
    found = base_image(reference)
    if found is None or not found.runtime or not is_devel(reference.tag):
        return ""
    return _DEVEL.sub(lambda match: match[0].replace("devel", found.runtime), reference.tag)
