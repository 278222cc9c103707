"""Where documents name images, and how each place is pinned to a digest."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.finding import Edit
from imagelint.core.record import NamedTuple
from imagelint.core.reference import ImageReference, parse_reference
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.kubernetes.kustomize.document import Kustomization
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.documents.yaml.insertion import entry_behind
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.settings import ChartValues

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Position
    from imagelint.documents.base import Document, Embedded
    from imagelint.documents.kubernetes.kustomize.model import ImageOverride
    from imagelint.documents.yaml.cursor import Cursor


_OPEN = "a variable or a template is part of its name"
_INSIDE = "it stands in a text inside of the file"
_ELSEWHERE = "its tag stands elsewhere"


class PinStyle(Enum):
    """What is written at a place: a reference, its tag alone, or an entry beside its digest."""

    REFERENCE = "reference"
    TAG = "tag"
    ENTRY = "entry"


class PinPlace(NamedTuple):
    """A place that names an image, and how it is written there.

    `reference` is None where it is not known. `why` tells why it cannot be pinned; empty: it can.
    `held` is the place of a digest that has a key of its own already.
    """

    origin: str
    position: Position
    written: str
    reference: ImageReference | None
    span: Span
    style: PinStyle
    why: str = ""
    held: Span | None = None

    @property
    def pinned(self) -> bool:
        """Whether its digest is written."""
        return self.reference is not None and bool(self.reference.digest)

    def edits(self, text: str, tag: str, digest: str) -> tuple[Edit, ...]:
        """What pins it to a digest under a tag; none where its style does not allow for that."""
        named = self._retagged(tag)
        if self.held is not None:
            gap = " " if text[self.held.start - 1] == ":" else ""
            return (Edit(self.origin, self.held, f"{gap}{digest}"), *named)
        if self.style is PinStyle.ENTRY:
            found = entry_behind(text, self.span, "digest", digest)
            return (Edit(self.origin, *found), *named) if found else ()
        name = named[0].text if named else self.written
        return (Edit(self.origin, self.span, f"{name.partition('@')[0]}@{digest}"),)

    def _retagged(self, tag: str) -> tuple[Edit, ...]:
        """What writes another tag, and leaves quotes and all else as they are."""
        old = self.reference.tag if self.reference else ""
        name = self.written.partition("@")[0]
        quote = name[-1] if name[-1:] in ("'", '"') else ""
        if not old or tag == old or not name.endswith(f"{old}{quote}"):
            return ()
        name = name[: -len(f"{old}{quote}")]
        return (Edit(self.origin, self.span, f"{name}{tag}{quote}"),)


def pin_places(document: Document) -> Iterator[PinPlace]:
    """Every image that a document names in the end, in the order of the text."""
    if isinstance(document, ChartValues):
        for root in document.roots:
            yield from _in_values(document, root)
        return
    if isinstance(document, Kustomization):
        for one in document.transformations():
            yield from _overridden(document, one.images)
    for embedded in document.embedded:
        yield from _in_text(document, embedded)
    for use in document.nodes_of(ImageUse):
        own = document.part_at(use.span.start).source.origin == document.source.origin
        overrides = isinstance(document, Kustomization) and use.path.startswith("images")
        if own and not (use.built or overrides or use.role is ImageRole.TARGET):
            yield _used(document, use)


def _in_text(document: Document, embedded: Embedded) -> Iterator[PinPlace]:
    """What an inline Dockerfile names: its text has other places, quotes and indents."""
    mapped = embedded.mapped
    if mapped is None:
        return
    for inner in pin_places(embedded.document):
        at = document.source.position(mapped.place(*inner.span).start)
        yield inner._replace(origin=document.source.origin, position=at, why=_INSIDE)


def _used(document: Document, use: ImageUse) -> PinPlace:
    """A reference that is written as one, or the default of the variable that holds it alone."""
    span = _inside_quotes(document, use.span)
    if parse_reference(document.written(span)) is None and document.kind == "dockerfile":
        span = _default(document, document.written(span)) or span
    written = document.written(span)
    known = use.reference.value if isinstance(use.reference, Known) else None
    if known is not None and written.partition("@")[0] == known.tag:
        # `{repository: …, tag: …}`: the span is that of the tag.
        return _place(document, span, known, PinStyle.TAG)
    reference = parse_reference(written)
    if reference is not None:
        return _place(document, span, reference)
    return _place(document, span, known)._replace(why=_OPEN)


def _default(document: Document, written: str) -> Span | None:
    """Where the default of the argument stands that is all that a FROM names."""
    name = written[2:-1] if written.startswith("${") and written.endswith("}") else written[1:]
    if not written.startswith("$") or not name.isidentifier():
        return None
    for instruction in document.nodes_of(Instruction):
        if instruction.keyword != "ARG" or instruction.stage >= 0:
            continue
        for word in instruction.words:
            if document.written(word.span).startswith(f"{name}="):
                value = Span(word.span.start + len(name) + 1, word.span.end)
                return _inside_quotes(document, value)
    return None


def _overridden(document: Document, overrides: tuple[ImageOverride, ...]) -> Iterator[PinPlace]:
    """The entries of a kustomization that set a tag: the digest has a key of its own."""
    for override in overrides:
        name = override.new_name.value if isinstance(override.new_name, Known) else override.name
        if not isinstance(override.tag, Known) or override.tag.span is None:
            if not isinstance(override.digest, Known):
                yield _place(document, override.span, None)._replace(why=_ELSEWHERE)
            continue
        reference = parse_reference(f"{name}:{override.tag.value}")
        if reference is None:
            continue
        held = None
        if isinstance(override.digest, Known):
            reference = reference._replace(digest=override.digest.value)
            held = override.digest.span and _inside_quotes(document, override.digest.span)
        yield _place(document, override.tag.span, reference, PinStyle.ENTRY)._replace(held=held)


def _in_values(document: Document, place: Cursor) -> Iterator[PinPlace]:
    """The images that the values of a chart name: whole, or by repository and tag."""
    for name, inner in place.entries():
        node = inner.node
        if isinstance(node, Scalar) and name.lower().endswith("image"):
            span = _inside_quotes(document, node.span)
            reference = parse_reference(document.written(span))
            if reference is not None and reference.tag:
                yield _place(document, span, reference)
        else:
            yield from _in_values(document, inner)
    for inner in place.items():
        yield from _in_values(document, inner)
    yield from _by_repository(document, place)


def _by_repository(document: Document, place: Cursor) -> Iterator[PinPlace]:
    repository, tag, digest = (place[key].word() for key in ("repository", "tag", "digest"))
    if not repository:
        return
    if not tag:
        if place["tag"].exists and not digest:
            yield _place(document, place["repository"].span, None)._replace(why=_ELSEWHERE)
        return
    registry = place["registry"].word()
    reference = parse_reference("/".join(filter(None, (registry, f"{repository}:{tag}"))))
    if reference is not None:
        span = _inside_quotes(document, place["tag"].span)
        held = None
        if digest:
            reference = reference._replace(digest=digest)
        if isinstance(node := place["digest"].node, Scalar):
            held = _inside_quotes(document, node.span)  # may be empty: a build fills it in
        yield _place(document, span, reference, PinStyle.TAG)._replace(held=held)


def _place(
    document: Document,
    span: Span,
    reference: ImageReference | None,
    style: PinStyle = PinStyle.REFERENCE,
) -> PinPlace:
    source, written = document.source, document.written(span)
    return PinPlace(source.origin, source.position(span.start), written, reference, span, style)


def _inside_quotes(document: Document, span: Span) -> Span:
    written = document.written(span)
    quoted = len(written) > 1 and written[0] in "\"'" and written[-1] == written[0]
    return Span(span.start + 1, span.end - 1) if quoted else span
