"""Bills of materials that are attached to an image: what is in it, as its builder says.

https://cyclonedx.org/docs/1.6/json/, https://spdx.github.io/spdx-spec/v2.3/. As a statement about
an image: https://github.com/in-toto/attestation/tree/main/spec/predicates (cyclonedx, spdx).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.image.attestations import KINDS
from imagelint.documents.image.jsonview import read_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from imagelint.documents.image.attestations import Attestation
    from imagelint.documents.image.jsonview import JsonView

STATEMENT = "application/vnd.in-toto+json"
"""A statement as BuildKit attaches it: nobody signed it."""

MEDIA_TYPES = ("application/vnd.cyclonedx+json", "application/spdx+json", "text/spdx+json")
"""Of layers that are a bill of materials; parameters may follow."""


class BillOfMaterials(NamedTuple):
    """A bill of materials as JSON: where it came from, and who vouches for it, if anybody does.

    `source` is the digest of the manifest that attaches it, or empty for a verified statement.
    """

    text: str
    source: str = ""
    signer: str = ""

    @property
    def label(self) -> str:
        """Which one it is, for people."""
        if self.signer:
            return f"stated by {self.signer}"
        return f"attached by {self.source[:19]}, which nobody verified"


def text_of(view: JsonView) -> str:
    """The bill of materials that a JSON value is, or that it wraps as cosign once did; or empty."""
    if view["bomFormat"].raw == "CycloneDX" or view["spdxVersion"].raw.startswith("SPDX-"):
        return view.dumped()
    inner = view["Data"]
    return text_of(inner) if inner.is_object else ""


def is_stated(predicate: str) -> bool:
    """Whether statements of a type hold one."""
    return predicate.startswith(KINDS["sbom"])


def in_layer(media_type: str, data: bytes, digests: Collection[str]) -> str:
    """What a layer of a manifest holds that refers to an image, or lies in its index; or empty.

    A statement has to be about one of the digests.
    """
    view = read_json(data.decode("utf-8", "replace"))
    if isinstance(view, str):
        return ""
    if media_type.partition(";")[0] in MEDIA_TYPES:
        return text_of(view)
    if media_type != STATEMENT or not is_stated(view["predicateType"].raw):
        return ""
    about = {f"sha256:{one['digest']['sha256'].text}" for one in view["subject"].items()}
    return "" if about.isdisjoint(digests) else text_of(view["predicate"])


def of_statements(statements: Iterable[Attestation]) -> tuple[BillOfMaterials, ...]:
    """Those that verified statements about an image hold."""
    return tuple(
        BillOfMaterials(text, signer=one.signer)
        for one in statements
        if is_stated(one.predicate) and (text := text_of(one.content))
    )
