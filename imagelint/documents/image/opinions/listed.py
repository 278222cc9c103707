"""The packages that a scanner lists in an image, whether or not anything is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.image.coverage import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.image.jsonview import JsonView


class ListedPackage(NamedTuple):
    """A package of an image.

    `kind` is its type as Trivy calls it (`debian`, `python-pkg`), `layer` the digest of the layer
    that holds it; empty where the scanner does not tell.
    """

    name: str
    version: str
    kind: str
    layer: str = ""


def listed_packages(results: JsonView) -> Iterator[ListedPackage]:
    """The packages under `Results` of Trivy's report.

    The epoch stands before a version (`1:1.2.3-4`), as in what it says of vulnerabilities.
    """
    for result in results.items():
        kind = result["Type"].text
        for one in result["Packages"].items():
            epoch, version = one["Epoch"].number, version_of(one)
            version = f"{epoch:.0f}:{version}" if epoch else version
            layer = one["Layer"]
            place = layer["Digest"].text or layer["DiffID"].text
            yield ListedPackage(one["Name"].text, version, kind, place)
