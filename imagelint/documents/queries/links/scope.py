"""What an object may mean by a name or by labels, and whether that is certainly not there."""

from __future__ import annotations

from posixpath import dirname
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, cast

from imagelint.core.fact import Known
from imagelint.core.nearest import nearest
from imagelint.documents.kubernetes.landmarks import (
    ANYWHERE,
    PodPlace,
    is_open,
    labelled,
    making_services_in,
    open_in,
    pod_at,
    pods_labelled,
)
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.documents.kubernetes.references import NamedObject, object_named, services_beginning
from imagelint.documents.kubernetes.wiring.nodes import Service
from imagelint.documents.project import RENDERED, by_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.base import Document, Key, Node
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.kubernetes.wiring.nodes import Selector
    from imagelint.documents.project import Project, Word
    from imagelint.documents.serving.command import ServingCommand

    Labels = tuple[tuple[str, str], ...]

N = TypeVar("N", bound="Node")
T = TypeVar("T")
D = TypeVar("D", bound="Document")
_ALIKE = 0.88

_LONGEST = 63
"""Characters of a Service's name: https://datatracker.ietf.org/doc/html/rfc1035#section-2.3.4"""


class Found(NamedTuple, Generic[N]):
    """The nearest nodes that may be meant, each with the origin of its manifest.

    `here` tells that they stand in the same file, or are rendered together: nothing else can be
    meant then.
    """

    nodes: tuple[tuple[str, N], ...] = ()
    here: bool = False


class Scope:
    """What one document sees. `closed` tells that there is nothing but what the run examines."""

    __slots__ = ("_document", "_project", "closed")

    def __init__(self, document: Document, project: Project, closed: bool | None) -> None:  # noqa: FBT001 - as the policy says it
        self._document = document
        self._project = project
        self.closed = bool(closed)

    @property
    def manifest(self) -> Manifest | None:
        """The document itself."""
        return self._document if isinstance(self._document, Manifest) else None

    @property
    def origin(self) -> str:
        """The origin of the document."""
        return self._document.source.origin

    @property
    def folder(self) -> str:
        """The folder of the document, empty where that is the one of the run."""
        return dirname(self._document.source.origin)

    @property
    def rendered(self) -> bool:
        """Whether all objects of the document were rendered together."""
        return self._document.rendered

    def own(self, key: Key, node: type[N]) -> Iterator[N]:
        """What the document itself holds under a key."""
        return (one for one in self._document.derived(by_key).get(key, ()) if isinstance(one, node))

    def once(self, key: Key, make: Callable[[], T]) -> T:
        """What is made of all that lies under a key, once for whoever asks for the document."""
        made = self._document.derived(_made_of_keys)
        if key not in made:
            made[key] = make()
        return cast("T", made[key])

    def nearest(
        self, key: Key, node: type[N], fits: Callable[[N], bool], word: Word = ""
    ) -> Found[N]:
        """What fits under a key: in the same file, else in the same folder, else anywhere."""
        here = self._document.source.origin
        own = tuple((here, one) for one in self.own(key, node) if fits(one))
        if own:
            return Found(own, here=True)
        others = [(at, one) for at, one in self._others(key, node, word) if fits(one)]
        beside = tuple(pair for pair in others if dirname(pair[0]) == dirname(here))
        return Found(beside or tuple(others))

    def _others(self, key: Key, node: type[N], word: Word = "") -> Iterator[tuple[str, N]]:
        here = self._document.source.origin
        for origin, other in self._project.find(Manifest, key, node, word):
            if origin != here:
                yield origin, other

    def below(self, key: Key, node: type[N], word: Word = "") -> Iterator[N]:
        """What lies under a key in the document itself, in its folder and in the folders in it."""
        yield from self.own(key, node)
        folder = dirname(self._document.source.origin)
        for origin, other in self._others(key, node, word):
            if folder in (dirname(origin), dirname(dirname(origin))):
                yield other

    def anywhere(self, key: Key, node: type[N], word: Word = "") -> Iterator[N]:
        """What anybody of the run holds under a key, be it rendered or written.

        Whoever asks for all of them says nothing that stands in one: no more has to be masked.
        """
        return (one for _, one in self.listed((Manifest.kind, RENDERED), key, node, word))

    def listed(
        self, kinds: tuple[str, ...], key: Key, node: type[N], word: Word = ""
    ) -> Iterator[tuple[str, N]]:
        """The same of documents of some kinds, with their origins; the document's own first.

        Of one that is then spoken of, the document has to be asked for by itself.
        """
        yield from ((self.origin, one) for one in self.own(key, node))
        aside = (self._project.outside or self._project).aside()
        for kind in kinds:
            yield from aside.named(kind, key, node, word)

    def of_kinds(
        self, kinds: tuple[str, ...], key: Key, node: type[N], word: Word = ""
    ) -> Iterator[tuple[str, N]]:
        """The same of documents of some kinds, each with its origin; the document's own first."""
        yield from ((self.origin, one) for one in self.own(key, node))
        project = self._project.outside or self._project
        for kind in kinds:
            yield from project.named(kind, key, node, word)

    def pods(self, selector: Selector, namespace: str) -> Found[PodPlace]:
        """The nearest pods that a selector certainly selects; none where it asks for no label.

        Many ask of one document for the same: they are looked for once.
        """
        key = ("pods selected", *selected(selector, namespace))
        return self.once(key, lambda: self._pods(selector, namespace))

    def _pods(self, selector: Selector, namespace: str) -> Found[PodPlace]:
        def fits(place: PodPlace) -> bool:
            return same(place.namespace, namespace) and selector.matches(place.labels)

        for key in _keys(selector, pods_labelled):
            found = self.nearest(key, PodPlace, fits)
            if found.nodes:
                return found
        return Found()

    def services(self, selector: Selector, namespaces: tuple[str, ...]) -> Found[Service]:
        """The nearest Services that a selector certainly selects."""

        def fits(service: Service) -> bool:
            there = service.object.namespace
            inside = any(same(there, namespace) for namespace in namespaces)
            return inside and selector.matches(service.object.labels)

        for key in _keys(selector, _services_labelled):
            found = self.nearest(key, Service, fits)
            if found.nodes:
                return found
        return Found()

    def pod(self, origin: str, place: PodPlace) -> Pod | None:
        """A pod as all of the run completes it."""
        own = self._document
        if origin == own.source.origin and isinstance(own, Manifest):
            return pod_at(own, place)
        found = self._project.joined(origin, Manifest)
        return pod_at(found.value, place) if isinstance(found, Known) else None

    def joined(self, origin: str, kind: type[D]) -> D | None:
        """Another document as all of the run completes it; None where it is not of a kind."""
        found = self._project.joined(origin, kind)
        return found.value if isinstance(found, Known) else None

    def servers(self, origin: str, pod: Pod) -> tuple[ServingCommand, ...]:
        """The model servers in a pod that was handed out, in order of its containers."""
        own: Document = self._document
        if origin != own.source.origin:
            found = self._project.joined(origin, Manifest)
            own = found.value if isinstance(found, Known) else own
        return own.servers_of(pod) if isinstance(own, Manifest) else ()

    def selects_anything(self, selector: Selector, key: str, namespace: str) -> bool:
        """Whether anything of the run is, or may be, selected; `key` is `Pod` or `Service`."""
        if not selector.known or selector.is_empty:
            return True
        make = pods_labelled if key == "Pod" else _services_labelled
        keys = tuple(_keys(selector, make))
        return not keys or any(
            same(there, namespace) and selector.matches(labels)
            for one in keys
            for there, labels in self._labelled(one, key)
        )

    def _labelled(self, key: Key, kind: str) -> Iterator[tuple[str, Labels]]:
        """The namespaces and labels of what lies under a key anywhere."""
        if kind == "Pod":
            yield from ((one.namespace, one.labels) for one in self.anywhere(key, PodPlace))
        else:
            objects = (one.object for one in self.anywhere(key, Service))
            yield from ((obj.namespace, obj.labels) for obj in objects)

    def is_open(self, namespace: str) -> bool:
        """Whether pods or Services may be in a namespace whose labels are not all seen."""
        places = (namespace, "") if namespace else (ANYWHERE,)
        return any(
            True for place in places for _ in self.anywhere(open_in(place), KubernetesObject)
        )

    def makes_services(self, namespace: str) -> bool:
        """Whether Services may be made in a namespace of which nothing is known."""
        places = (namespace, "") if namespace else (ANYWHERE,)
        keys = map(making_services_in, places)
        return any(True for key in keys for _ in self.anywhere(key, KubernetesObject))

    def may_begin(self, name: str, namespace: str) -> bool:
        """Whether a Service of a name may be made whose beginning alone is known."""
        words = name.split("-") if len(name) <= _LONGEST else []
        return any(
            same(obj.namespace, namespace)
            for count in range(1, len(words))
            for obj in self.anywhere(services_beginning("-".join(words[:count])), KubernetesObject)
        )

    def is_defined(self, kind: str, name: str, namespace: str) -> bool:
        """Whether anything of the run has a name in a namespace."""
        return any(
            same(one.namespace, namespace)
            for one in self.anywhere(object_named(kind, name), NamedObject)
        )


MANY = 64
"""Of so many objects of a file at most it is asked which one was meant by a name that is near."""


def _made_of_keys(_document: Document) -> dict[Key, object]:
    return {}


def selected(selector: Selector, namespace: str) -> Key:
    """What selectors have in common that select the same."""
    return (namespace, repr((selector.labels, selector.requirements)))


def near(word: str, other: str) -> bool:
    """Whether one word must be meant by another: one goes on where the other ends, or a typo."""
    return word != other and (goes_on(word, other) or bool(nearest(word, (other,))))


def goes_on(word: str, other: str) -> bool:
    """Whether one of two words begins, or ends, with the whole of the other."""
    shorter, longer = sorted((word, other), key=len)
    return longer.startswith(f"{shorter}-") or longer.endswith(f"-{shorter}")


def misspelt(word: str, other: str) -> bool:
    """Whether one word is another with a letter or two wrong; numbers tell things apart."""
    if word == other or [*filter(str.isdecimal, word)] != [*filter(str.isdecimal, other)]:
        return False
    from difflib import SequenceMatcher

    return SequenceMatcher(a=word, b=other, autojunk=False).ratio() >= _ALIKE


def below(path: str, *keys: str) -> str:
    """The path of what stands under some keys of an object."""
    return ".".join(filter(None, (path, *keys)))


def same(one: str, other: str) -> bool:
    """Whether two namespaces may be one; what is not written is decided when it is applied."""
    return not one or not other or one == other


def holds_open(document: Document) -> bool:
    """Whether an operator may make pods or Services of an object of a file."""
    return isinstance(document, Manifest) and any(map(is_open, document.objects))


def makes_unknown_services(document: Document) -> bool:
    """Whether an operator may make Services of an object of a file that nobody can name."""
    return bool(document.derived(by_key).get(making_services_in(ANYWHERE)))


def _services_labelled(label: str, value: str) -> Key:
    return labelled("Service", label, value)


def _keys(selector: Selector, make: Callable[[str, str], Key]) -> Iterator[Key]:
    """Under which keys everything lies that a selector selects: one of its labels says it."""
    return (make(label, value) for label, value in selector.found_by)
