"""What somebody says does not affect an image: OpenVEX, CycloneDX VEX and CSAF.

A statement counts for the products that it names by a package URL, and for no others: for a package
(`pkg:pypi/vllm@0.8.5`), or for an image by its digest (`pkg:oci/server@sha256:…`), of which it may
name packages. https://github.com/openvex/spec, https://cyclonedx.org/capabilities/vex/,
https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html (profile 5)
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.jsonview import JsonView, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Source
    from imagelint.documents.image.vulnerabilities import Vulnerability

_HARMLESS = {
    "not_affected": "not affected",
    "fixed": "fixed",
    "resolved": "fixed",
    "resolved_with_pedigree": "fixed",
    "false_positive": "a false positive",
    "known_not_affected": "not affected",
}
_MENDED = frozenset(said for said, told in _HARMLESS.items() if told == "fixed")
_DEEPEST = 30


class Product(NamedTuple):
    """What a statement is about: a package URL, and packages in it; none: the whole of it."""

    purl: str
    parts: tuple[str, ...] = ()


class VexStatement(NamedTuple):
    """Somebody's word that vulnerabilities do not affect products.

    `said` is what exactly, as `not affected`, `why` the reason as given, `author` who says so,
    empty where the document does not say, `origin` the document.
    """

    ids: tuple[str, ...]
    products: tuple[Product, ...]
    said: str
    why: str
    author: str
    origin: str

    @property
    def reason(self) -> str:
        """The statement for people."""
        why = f": {self.why}" if self.why else ""
        return f"{self.said}, says {self.author or 'nobody by name'} in {self.origin}{why}"

    def covers(self, one: Vulnerability, digests: Iterable[str]) -> bool:
        """Whether it is about a vulnerability of an image that has these digests."""
        return one.id in self.ids and any(
            _is_about(product, one.purl, tuple(digests)) for product in self.products
        )


def parse_vex(source: Source) -> tuple[VexStatement, ...]:
    """All statements of a document that call something harmless, in its order.

    Raises:
        DocumentError: it is of none of the three formats.
    """
    view = read_json(source.text)
    if isinstance(view, str):
        raise DocumentError(ProblemKind.UNPARSABLE, f"the VEX document {view}")
    if view["@context"].text.startswith("https://openvex.dev/ns"):
        return tuple(_openvex(view, source.origin))
    if view["bomFormat"].text == "CycloneDX":
        return tuple(_cyclonedx(view, source.origin))
    if view["document"]["csaf_version"].text:
        return tuple(_csaf(view, source.origin))
    detail = "is neither OpenVEX nor CycloneDX VEX nor CSAF"
    raise DocumentError(ProblemKind.UNPARSABLE, detail, help="name a VEX document in JSON")


def _openvex(view: JsonView, origin: str) -> Iterator[VexStatement]:
    author = view["author"].text
    for one in view["statements"].items():
        named = one["vulnerability"]
        ids = (named.text, named["name"].text, named["@id"].text, *named["aliases"].texts())
        why = one["justification"].text or one["impact_statement"].text
        status = one["status"].text
        if status in _HARMLESS and _is_founded(status, why):
            products = tuple(
                Product(_purl(product), tuple(map(_purl, product["subcomponents"].items())))
                for product in one["products"].items()
            )
            said = _HARMLESS[status]
            yield VexStatement(tuple(filter(None, ids)), products, said, why, author, origin)


def _is_founded(status: str, why: str) -> bool:
    """Whether a statement says why: that something is mended needs no reason."""
    return bool(why) or status in _MENDED


def _purl(product: JsonView) -> str:
    return product["identifiers"]["purl"].text or product["@id"].text or product.text


def _cyclonedx(view: JsonView, origin: str) -> Iterator[VexStatement]:
    metadata = view["metadata"]
    names = [one["name"].text for one in metadata["authors"].items()]
    author = ", ".join(filter(None, names)) or metadata["supplier"]["name"].text
    purls = {one["bom-ref"].text: one["purl"].text for one in view["components"].items()}
    root = metadata["component"]
    purls[root["bom-ref"].text] = root["purl"].text
    for one in view["vulnerabilities"].items():
        analysis = one["analysis"]
        why = analysis["justification"].text or analysis["detail"].text
        if analysis["state"].text in _HARMLESS and _is_founded(analysis["state"].text, why):
            refs = (affected["ref"].text for affected in one["affects"].items())
            products = tuple(Product(_referred(ref, purls)) for ref in refs)
            said = _HARMLESS[analysis["state"].text]
            yield VexStatement((one["id"].text,), products, said, why, author, origin)


def _referred(ref: str, purls: dict[str, str]) -> str:
    """The package URL behind a reference: of this document, or at the end of a link to another."""
    inside = unquote(ref.partition("#")[2]) or ref
    return inside if inside.startswith("pkg:") else purls.get(ref, "")


def _csaf(view: JsonView, origin: str) -> Iterator[VexStatement]:
    author = view["document"]["publisher"]["name"].text
    purls = dict(_products(view["product_tree"], 0))
    for one in view["vulnerabilities"].items():
        why = "; ".join(
            [flag["label"].text for flag in one["flags"].items()]
            + [threat["details"].text for threat in one["threats"].items()]
        )
        for status in ("known_not_affected", "fixed"):
            named = one["product_status"][status].texts()
            products = tuple(Product(purls[name]) for name in named if name in purls)
            if products and _is_founded(status, why):
                ids = (one["cve"].text,)
                yield VexStatement(ids, products, _HARMLESS[status], why, author, origin)


def _products(view: JsonView, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    for product in (view["product"], *view["full_product_names"].items()):
        purl = product["product_identification_helper"]["purl"].text
        if purl:
            yield product["product_id"].text, purl
    for branch in view["branches"].items():
        yield from _products(branch, depth + 1)


def _is_about(product: Product, purl: str, digests: tuple[str, ...]) -> bool:
    if product.purl.startswith("pkg:oci/"):
        digest = unquote(product.purl.partition("?")[0].rpartition("@")[2])
        named = not product.parts or any(_same_package(part, purl) for part in product.parts)
        return digest in digests and named
    return not product.parts and _same_package(product.purl, purl)


def _same_package(said: str, purl: str) -> bool:
    """Whether a package URL is one of a package; what it does not say may be anything."""
    if not (said.startswith("pkg:") and purl):
        return False
    (name, version, qualifiers), (ours, installed, known) = _split(said), _split(purl)
    return name == ours and version in ("", installed) and qualifiers <= known


def _split(purl: str) -> tuple[str, str, frozenset[str]]:
    plain, _, qualifiers = purl.partition("#")[0].partition("?")
    name, _, version = plain.rpartition("@") if "@" in plain.rpartition("/")[2] else (plain, "", "")
    return unquote(name), unquote(version), frozenset(filter(None, qualifiers.split("&")))
