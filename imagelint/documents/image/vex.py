"""What somebody says does, or does not, affect an image: OpenVEX, CycloneDX VEX and CSAF.

A statement counts for the products that it names by a package URL, and for no others: for a package
(`pkg:pypi/vllm@0.8.5`), or for an image by its digest (`pkg:oci/server@sha256:…`), of which it may
name packages. https://github.com/openvex/spec, https://cyclonedx.org/capabilities/vex/,
https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html (profile 5)
"""

from __future__ import annotations

from itertools import chain
from math import inf
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.jsonview import JsonView, plain, read_once
from imagelint.documents.image.moments import days_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
_PARTS = "subcomponents"
_SCHEME = "pkg:"
_CASELESS = frozenset(
    ("alpm", "apk", "bitbucket", "composer", "deb", "github", "golang", "hex", "npm", "pypi")
)
"""Types of package URLs whose names are the same in whatever case."""
_DEEPEST = 30
_REASONS = frozenset(
    (
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    )
)
"""The words for a reason that OpenVEX and CSAF have; with any other, none is given."""
_ANALYSES = frozenset(
    (
        *("code_not_present", "code_not_reachable"),
        *("requires_configuration", "requires_dependency", "requires_environment"),
        *("protected_by_compiler", "protected_at_runtime", "protected_at_perimeter"),
        "protected_by_mitigating_control",
    )
)
"""Those of CycloneDX."""
_STATUSES = {
    "known_not_affected": "known_not_affected",
    "fixed": "fixed",
    **dict.fromkeys(("known_affected", "first_affected", "last_affected"), "affected"),
    "under_investigation": "under_investigation",
}
"""How products are listed in CSAF, and what that says."""


class Product(NamedTuple):
    """What a statement is about: a package URL, and packages in it; none: the whole of it."""

    purl: str
    parts: tuple[str, ...] = ()


class VexStatement(NamedTuple):
    """Somebody's word whether vulnerabilities affect products.

    `ids` are in capitals: lists differ in how they write them. `said` is what exactly, as `not
    affected`; empty where they do, or may. `why` is the reason as given, `author` who says so,
    empty where the document does not say, `origin` the document. `when` is in days since 1970, 0
    where nothing is said and infinite where it cannot be read, to the worse side; `place` is the
    order in the document.
    """

    ids: tuple[str, ...]
    products: tuple[Product, ...]
    said: str
    why: str
    author: str
    origin: str
    when: float = 0.0
    place: int = 0

    @property
    def reason(self) -> str:
        """The statement for people."""
        why = f": {self.why}" if self.why else ""
        return f"{self.said}, says {self.author or 'nobody by name'} in {self.origin}{why}"

    def covers(self, one: Vulnerability, digests: Iterable[str]) -> bool:
        """Whether it is about a vulnerability of an image that has these digests."""
        return not {one.id.upper(), *map(str.upper, one.aliases)}.isdisjoint(self.ids) and any(
            _is_about(product, one.purl, tuple(digests)) for product in self.products
        )


def word_about(
    one: Vulnerability, statements: Iterable[VexStatement], digests: Sequence[str]
) -> VexStatement | None:
    """Who says that a vulnerability of an image with these digests does no harm.

    What somebody said last counts, and of two words at the same time the worse. Who names no time
    may have spoken last: no other document of theirs takes back that it does harm.
    """
    about = sorted((each for each in statements if each.covers(one, digests)), key=_order)
    of_document = {(each.author, each.origin): each for each in about}
    latest = sorted(of_document.values(), key=lambda each: (_latest(each), not each.said))
    words = {each.author or each.origin: each for each in latest}
    return next((each for each in words.values() if each.said), None)


def _order(one: VexStatement) -> tuple[float, int, bool]:
    return one.when, one.place, not one.said


def _latest(one: VexStatement) -> float:
    """When it was said, at the latest where that makes it worse."""
    return one.when if one.when or one.said else inf


def parse_vex(source: Source) -> tuple[VexStatement, ...]:
    """All statements of a document, in its order, but for those that are without a reason.

    A word that the format does not know calls nothing harmless, and takes back that something was.

    Raises:
        DocumentError: it is of none of the three formats, or says something twice.
    """
    view = read_once(source.text)
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
    made = _when(view["timestamp"])
    for place, one in enumerate(view["statements"].items()):
        named = one["vulnerability"]
        ids = (named.exact, named["name"].exact, named["@id"].exact, *named["aliases"].texts())
        why = _reason(one["justification"], _REASONS) or one["impact_statement"].text
        status = one["status"].exact
        if _is_founded(status, why):
            said = _HARMLESS.get(status, "")
            products = tuple(
                found
                for product in one["products"].items()
                if (found := _product(product, one, harmless=bool(said))) is not None
            )
            when = _moment((one["last_updated"], one["timestamp"]), made, harmless=bool(said))
            known = tuple(map(_named, filter(None, ids)))
            yield VexStatement(
                known, products, said, why, author, origin=origin, when=when, place=place
            )


def _is_founded(status: str, why: str) -> bool:
    """Whether a statement is one that counts: only that something does no harm needs a reason."""
    return status in _MENDED or status not in _HARMLESS or bool(why)


def _named(said: str) -> str:
    """The id of a vulnerability, also where it is the end of an address."""
    return said.rpartition("/")[2].upper()


def _product(view: JsonView, statement: JsonView, *, harmless: bool) -> Product | None:
    """What a statement of OpenVEX is about, or None.

    Which packages of it was said beside the products before version 0.2. A list that cannot be read
    leaves open which: then nothing of it is harmless, and all of it may do harm.
    """
    for holder in (view, statement):
        named = [value for name, value in holder.pairs() if name.casefold() == _PARTS]
        for parts in named:
            if parts.is_array:
                return Product(_purl(view), tuple(map(_purl, parts.items())))
            if not parts.is_absent:
                return None if harmless else Product(_purl(view))
    return Product(_purl(view))


def _reason(said: JsonView, known: frozenset[str]) -> str:
    """The reason that a word gives; empty for a word of one's own."""
    return said.text if said.exact in known else ""


def _when(said: JsonView) -> float:
    return -(days_since(said.exact, 0.0) or 0.0)


def _moment(said: Iterable[JsonView], made: float, *, harmless: bool) -> float:
    """When it was said, by the first that tells; one that cannot be read may be any time."""
    told = next((one for one in said if not one.is_absent), None)
    if told is None:
        return made
    return _when(told) or (-inf if harmless else inf)


def _purl(product: JsonView) -> str:
    return product["identifiers"]["purl"].exact or product["@id"].exact or product.exact


def _cyclonedx(view: JsonView, origin: str) -> Iterator[VexStatement]:
    metadata = view["metadata"]
    names = [one["name"].text for one in metadata["authors"].items()]
    author = ", ".join(filter(None, names)) or metadata["supplier"]["name"].text
    made = _when(metadata["timestamp"])
    purls = _told_once((one["bom-ref"].exact, one["purl"].exact) for one in _components(view))
    for one in view["vulnerabilities"].items():
        analysis = one["analysis"]
        why = _reason(analysis["justification"], _ANALYSES) or analysis["detail"].text
        status = analysis["state"].exact
        if analysis and _is_founded(status, why):
            said = _HARMLESS.get(status, "")
            products = tuple(
                Product(purl)
                for affected in one["affects"].items()
                for purl in _affected(affected, purls, harmless=bool(said))
            )
            moments = analysis["lastUpdated"], analysis["firstIssued"]
            when = _moment(moments, made, harmless=bool(said))
            ids = (_named(one["id"].exact),)
            yield VexStatement(ids, products, said, why, author, origin=origin, when=when)


def _components(view: JsonView) -> Iterator[JsonView]:
    """All components of a document, those within others too."""
    waiting = [view["metadata"]["component"], *view["components"].items()]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one["components"].items()


def _told_once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Package URLs by the names that a document gives them.

    Raises:
        DocumentError: a name stands for two of them.
    """
    found: dict[str, str] = {}
    for name, purl in pairs:
        if name and purl and found.setdefault(name, purl) != purl:
            detail = f"calls two packages `{plain(name)}`"
            raise DocumentError(ProblemKind.UNPARSABLE, f"the VEX document {detail}")
    return found


def _affected(view: JsonView, purls: dict[str, str], *, harmless: bool) -> Iterator[str]:
    """The package URLs of what is affected: where versions are listed, of those alone.

    A range of versions is not read: nothing of it is harmless, and any version may do harm.
    """
    purl = _referred(view["ref"].exact, purls)
    if view["versions"].is_absent:
        yield purl
        return
    if not harmless:
        plain_ = purl.partition("#")[0].partition("?")[0]
        yield plain_.rpartition("@")[0] if _says_version(purl) else purl
        return
    for one in view["versions"].items():
        version = one["version"].exact
        if version and not _says_version(purl):
            plain_, mark, rest = purl.partition("?")
            yield f"{plain_}@{quote(version, safe='')}{mark}{rest}"
        elif version and _split(purl)[1] == version:
            yield purl


def _referred(ref: str, purls: dict[str, str]) -> str:
    """The package URL behind a reference: of this document, or at the end of a link to another."""
    inside = unquote(ref.partition("#")[2]) or ref
    return inside if inside[:4].lower() == _SCHEME else purls.get(ref, "")


def _csaf(view: JsonView, origin: str) -> Iterator[VexStatement]:
    author = view["document"]["publisher"]["name"].text
    made = _when(view["document"]["tracking"]["current_release_date"])
    purls = _told_once(_products(view["product_tree"], 0))
    groups = {
        one["group_id"].exact: one["product_ids"].texts()
        for one in view["product_tree"]["product_groups"].items()
    }
    for one in view["vulnerabilities"].items():
        labels = [(_reason(each["label"], _REASONS), each) for each in one["flags"].items()]
        threats = [each for each in one["threats"].items() if each["category"].exact == "impact"]
        details = [(each["details"].text, each) for each in threats]
        reasons = _Reasons(labels, groups), _Reasons(details, groups)
        for name, status in _STATUSES.items():
            reasoned: dict[str, list[Product]] = {}
            for product in one["product_status"][name].texts():
                if product in purls:
                    why = "; ".join(filter(None, (each.of(product) for each in reasons)))
                    reasoned.setdefault(why, []).append(Product(purls[product]))
            for why, products in reasoned.items():
                if _is_founded(status, why):
                    ids, said = (_named(one["cve"].exact),), _HARMLESS.get(status, "")
                    about = tuple(products)
                    yield VexStatement(ids, about, said, why, author, origin=origin, when=made)


class _Reasons:
    """For each product the first reason that is given for it; else the first for all.

    Each group is read once, however many reasons are given for it.
    """

    def __init__(
        self, told: Iterable[tuple[str, JsonView]], groups: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._general = ""
        self._own: dict[str, str] = {}
        read: set[str] = set()
        for why, each in told:
            products, grouped = each["product_ids"].texts(), each["group_ids"].texts()
            if each["product_ids"].is_absent and each["group_ids"].is_absent:
                self._general = self._general or why
            fresh = [group for group in dict.fromkeys(grouped) if why and group not in read]
            read.update(fresh)
            for product in chain(products, *(groups.get(group, ()) for group in fresh)):
                self._own[product] = self._own.get(product) or why

    def of(self, product: str) -> str:
        """The reason that is given for a product; empty where none is."""
        return self._own.get(product) or self._general


def _products(view: JsonView, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    for product in (view["product"], *view["full_product_names"].items()):
        purl = product["product_identification_helper"]["purl"].exact
        if purl:
            yield product["product_id"].exact, purl
    for branch in view["branches"].items():
        yield from _products(branch, depth + 1)


def _is_about(product: Product, purl: str, digests: tuple[str, ...]) -> bool:
    kind, digest, _ = _split(product.purl)
    if kind.startswith("oci/"):
        named = not product.parts or any(_same_package(part, purl) for part in product.parts)
        return digest in digests and named
    return not product.parts and _same_package(product.purl, purl)


def _same_package(said: str, purl: str) -> bool:
    """Whether a package URL is one of a package; what it does not say may be anything."""
    if not (said[:4].lower() == _SCHEME and purl):
        return False
    (name, version, qualifiers), (ours, installed, known) = _split(said), _split(purl)
    return name == ours and version in ("", installed) and qualifiers <= known


def _says_version(purl: str) -> bool:
    return "@" in purl.partition("#")[0].partition("?")[0].rpartition("/")[2]


def _split(purl: str) -> tuple[str, str, frozenset[str]]:
    """Type and name, version and qualifiers of a package URL, each in its one form.

    https://github.com/package-url/purl-spec/blob/main/PURL-SPECIFICATION.rst
    """
    text, _, qualifiers = purl.partition("#")[0].partition("?")
    path = text[len(_SCHEME) :].strip("/")
    path, _, version = path.rpartition("@") if _says_version(path) else (path, "", "")
    kind, _, name = path.partition("/")
    kind, name = kind.lower(), unquote(name)
    name = name.lower() if kind in _CASELESS else name
    name = name.replace("_", "-") if kind == "pypi" else name
    told = frozenset(filter(None, map(unquote, qualifiers.split("&"))))
    return f"{kind}/{name}", unquote(version), told
