"""A bake file as a document: the contexts that its targets give to their builds by name.

https://docs.docker.com/build/bake/reference/
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from posixpath import join, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import UNKNOWN_PART, parse_partial
from imagelint.core.report import ProblemKind
from imagelint.core.source import Span
from imagelint.documents.bake.text import inline_text
from imagelint.documents.base import Document, DocumentError, Landmark, Text
from imagelint.documents.builds import (
    SYNTAX_ARGUMENT,
    ArgumentPlace,
    BuildArgument,
    BuildTarget,
    BuiltImage,
    GivenBuild,
    ImageBuild,
    NamedContext,
    context_image,
    context_landmarks,
    dockerfile_named,
    dockerfile_within,
    given_landmarks,
    image_built,
    known_text,
)
from imagelint.documents.dockerfile.frontend import other_language
from imagelint.documents.mapped import MappedText
from imagelint.documents.project import beside
from imagelint.documents.shared import ImageRole, image_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.source import Source
    from imagelint.documents.base import Embedded, Node
    from imagelint.documents.kinds import Beside

_VARIABLE = pattern(r"\$\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}")
_STAGE = pattern(r"\btarget\"?\s*[=:]\s*\"([^\"\n$%]+)\"")
_SETTING = pattern(r"(?<![\w-])([A-Za-z_]\w*)\"?[ \t]{0,99}[=:][ \t]{0,99}(\"([^\"\n]*)\")")
_WORD = pattern(r"[\w-]+")
_EXPRESSION = pattern(r"[$%]\{[^}]*\}?")
_MOST_TARGETS = 1_000
_LONGEST_HCL = 100_000  # its parser takes some 20 microseconds for a character
_DEEPEST = 20


class Target(NamedTuple):
    """A target with what it inherits. Words that depend on what is not known are empty.

    `contexts` are names with their places, `stage` is the one that it ends with, None where that
    is not known; `tags` are the images, `arguments` those of known value, `given` the names of
    all. `inline` is a Dockerfile that stands in the target itself, `bases` are the targets that it
    inherits from by name.
    """

    name: str
    context: str
    dockerfile: str
    contexts: tuple[tuple[str, str], ...]
    stage: str | None = ""
    tags: tuple[str, ...] = ()
    arguments: Mapping[str, str] = {}
    given: tuple[str, ...] = ()
    inline: Fact[str] = ABSENT
    bases: tuple[str, ...] = ()


class BakeFile(Document):
    """The targets of a bake file."""

    kind = "bake"
    __slots__ = ("_frontends", "targets")

    def __init__(
        self, source: Source, targets: tuple[Target, ...], read: Beside = lambda _name: None
    ) -> None:
        super().__init__(source)
        self.targets = targets
        told = (target.arguments.get(SYNTAX_ARGUMENT, "") for target in targets)
        self._frontends = tuple(filter(None, dict.fromkeys(told)))
        refused = (other_language(syntax, Span(0, 0)) for syntax in self._frontends)
        asked: dict[str, str | None] = {}

        def once(name: str) -> str | None:
            if name not in asked:
                asked[name] = read(name)
            return asked[name]

        found = tuple(self._dockerfiles(once))
        gaps = (one for one in found if isinstance(one, DocumentError))
        self.gaps = (*(one for one in refused if one is not None), *gaps)
        self.embedded = tuple(one for one in found if not isinstance(one, DocumentError))
        self.asked = tuple(asked)

    def _dockerfiles(self, read: Beside) -> Iterator[Embedded | DocumentError]:
        """The Dockerfiles of which only this file tells, and why one cannot be examined."""
        seen: set[str] = set()
        for target in self.targets:
            known = bool(target.context and target.dockerfile)
            name = normpath(join(target.context, target.dockerfile)) if known else ""
            key = name if target.inline is ABSENT else f"\n{target.inline}"
            if not key or key in seen:
                continue
            seen.add(key)
            place = self._place(target.name)
            try:
                found = (
                    dockerfile_named(self.source.origin, name, read)
                    if target.inline is ABSENT
                    else self._inline(target.inline, place)
                )
            except DocumentError as error:
                message = f"the Dockerfile of `{target.name}`: {error.message}"
                yield DocumentError(error.kind, message, place, error.help)
            else:
                if found is not None:
                    yield found

    def _inline(self, text: Fact[str], place: Span) -> Embedded:
        if not isinstance(text, Known):
            raise DocumentError(ProblemKind.TEMPLATE, "it depends on what is not known here")
        return dockerfile_within(self.source.origin, MappedText(text.value, place, ()), "target")

    def nodes(self) -> Iterator[Node]:
        """The frontends that builds are given, and their stages, where they are first written."""
        for syntax in self._frontends:
            name = syntax.partition(" ")[0]
            at = Text(self._place(name))
            yield image_use(at, ImageRole.FRONTEND, name, name)._replace(final=False)
        named = (folder for target in self.targets for _, folder in target.contexts)
        for folder in dict.fromkeys(named):
            image = context_image(Text(self._place(folder)), folder)
            if image is not None:
                yield image
        # Who inherits a stage may build it from another Dockerfile: it is asked there.
        inherited = {(base, heir.stage) for heir in self.targets for base in heir.bases}
        places = self._stage_places()
        for target in self.targets:
            place = places.get(target.stage) if target.stage else None
            if place is not None and (target.name, target.stage) not in inherited:
                yield BuildTarget(place, self._build(target))
        yield from self._given()

    def landmarks(self) -> Iterator[Landmark]:
        """The images and Dockerfiles that it builds, and the contexts that these are given."""
        for given in self._given():
            yield from given_landmarks(self.source.origin, given)
        for target in self.targets:
            yield from self._built(target)
            if target.context and target.dockerfile:
                dockerfile = beside(self.source.origin, join(target.context, target.dockerfile))
                for name, _ in target.contexts:
                    context = NamedContext(self._place(name), name)
                    yield from context_landmarks(dockerfile, context)

    def _build(self, target: Target) -> ImageBuild:
        return ImageBuild(
            self._place(target.name),
            target.context,
            target.dockerfile,
            target.stage,
            inline="" if target.inline is ABSENT else f"target.{target.name}",
            arguments=tuple(
                BuildArgument(name, known_text(target.arguments.get(name))) for name in target.given
            ),
        )

    def _given(self) -> Iterator[GivenBuild]:
        """Each target that others do not only begin with, and the places of its arguments.

        An argument that several targets inherit has its place in the first of each Dockerfile.
        """
        bases = {base for target in self.targets for base in target.bases}
        values: dict[tuple[str, str], list[Span]] = {}
        words: dict[str, Span] = {}
        for match in _SETTING.finditer(self.source.text):
            values.setdefault((match[1], match[3]), []).append(Span(*match.span(2)))
        for match in _WORD.finditer(self.source.text):
            words.setdefault(match[0], Span(*match.span()))
        seen: set[tuple[str, ...]] = set()
        for target in self.targets:
            if target.name in bases:
                continue
            build = self._build(target)
            places: list[ArgumentPlace] = []
            for name, value in target.arguments.items():
                key = (target.context, target.dockerfile, target.stage or "", name, value)
                if key not in seen:
                    seen.add(key)
                    written = values.get((name, value)) or [words.get(name, build.span)]
                    # Its own stands behind its name; what it inherits may stand anywhere.
                    at = bisect_left(written, build.span)
                    place = written[at if at < len(written) else 0]
                    places.append(ArgumentPlace(place, name))
            yield GivenBuild(build.span, build, tuple(places))

    def _built(self, target: Target) -> Iterator[Landmark]:
        build = self._build(target)
        for tag in target.tags:
            image = parse_partial(tag).name
            if image is not None and image.registry:
                yield Landmark(
                    image_built(image.name), BuiltImage(build.span, image.name, image.tag, build)
                )

    def _stage_places(self) -> dict[str, Span]:
        """Where stages are first written as those to end with, and no variables hold them."""
        found: dict[str, Span] = {}
        for match in _STAGE.finditer(self.source.text):
            found.setdefault(match[1], Span(*match.span(1)))
        return found

    def _place(self, name: str) -> Span:
        match = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", self.source.text)
        return Span(*match.span()) if match else Span(0, 0)


def parse_bake(source: Source, read: Beside = lambda _name: None) -> BakeFile:
    """Read a bake file, in HCL or in JSON; `read` gives the texts of files around it.

    Raises:
        DocumentError: it is neither.
    """
    is_json = source.origin.lower().endswith(".json")
    root = _read_json(source.text) if is_json else _read_hcl(source.text)
    if not isinstance(root, dict):
        raise DocumentError(ProblemKind.UNPARSABLE, "a bake file holds blocks by name")
    variables = {
        name: _word(body.get("default"), {}) for name, body in _blocks(root.get("variable"))
    }
    targets = dict(_blocks(root.get("target")))
    if len(targets) > _MOST_TARGETS:
        message = f"more than {_MOST_TARGETS:,} targets are not examined"
        raise DocumentError(ProblemKind.TOO_LARGE, message)
    bodies = {name: _inherited(name, targets, 0) for name in targets}
    whole = tuple(
        _target(name, body, variables)._replace(
            inline=inline_text(body.get("dockerfile-inline"), variables, quoted=not is_json)
        )
        for name, body in bodies.items()
    )
    return BakeFile(source, whole, read)


def _read_json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        message = f"this is not JSON that can be read: {error}"
        raise DocumentError(ProblemKind.UNPARSABLE, message) from None


def _read_hcl(text: str) -> object:
    if len(text) > _LONGEST_HCL:
        message = f"HCL of more than {_LONGEST_HCL:,} characters is not examined"
        raise DocumentError(ProblemKind.TOO_LARGE, message)
    import hcl2

    try:
        return hcl2.loads(text)
    except Exception as error:  # noqa: BLE001 - whatever its grammar raises
        first = str(error).strip().partition("\n")[0]
        message = f"this is not HCL that can be read: {first}"
        raise DocumentError(ProblemKind.UNPARSABLE, message) from None


def _blocks(found: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The blocks of a kind by their labels: a list of them in HCL, a mapping in JSON."""
    for part in found if isinstance(found, list) else (found,):
        for name, body in part.items() if isinstance(part, dict) else ():
            if isinstance(body, dict):
                yield _bare(name), {_bare(key): value for key, value in body.items()}


def _inherited(
    name: str, targets: Mapping[str, Mapping[str, object]], depth: int
) -> Mapping[str, object]:
    """What a target says, over what those say that it inherits from, the last of them first."""
    own = targets.get(name, {})
    if depth > _DEEPEST:
        return own
    whole: dict[str, object] = {}
    contexts: dict[str, object] = {}
    arguments: dict[str, object] = {}
    bases = (_inherited(base, targets, depth + 1) for base in _words(own.get("inherits")))
    for body in (*bases, own):
        whole |= body
        found = body.get("contexts")
        contexts |= found if isinstance(found, dict) else {}
        given = body.get("args")
        arguments |= given if isinstance(given, dict) else {}
    return {**whole, "contexts": contexts, "args": arguments}


def _target(name: str, body: Mapping[str, object], variables: Mapping[str, str]) -> Target:
    contexts = body.get("contexts")
    return Target(
        name,
        _word(body.get("context", "."), variables),
        _word(body.get("dockerfile", "Dockerfile"), variables),
        tuple(_places(contexts, variables)),
        stage=_word(body["target"], variables) or None if "target" in body else "",
        tags=tuple(_filled(tag, variables) for tag in _list(body.get("tags"))),
        arguments={_bare(name): text for name, text in _arguments(body.get("args"), variables)},
        given=_names(body.get("args")),
        bases=tuple(_words(body.get("inherits"))),
    )


def _places(found: object, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What contexts are called, and where each of them is."""
    for name, place in found.items() if isinstance(found, dict) else ():
        yield _bare(name), _word(place, variables)


def _list(found: object) -> Iterable[object]:
    return found if isinstance(found, list) else ()


def _filled(found: object, variables: Mapping[str, str]) -> str:
    """The text of an expression with `UNKNOWN_PART` for what is not known of it."""
    if not isinstance(found, str):
        return UNKNOWN_PART
    text = _VARIABLE.sub(lambda match: variables.get(match[1]) or UNKNOWN_PART, _bare(found))
    return _EXPRESSION.sub(UNKNOWN_PART, text)


def _arguments(found: object, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in found.items() if isinstance(found, dict) else ():
        text = _filled(value, variables)
        if UNKNOWN_PART not in text:
            yield name, text


def _words(found: object) -> Iterable[str]:
    return [_word(one, {}) for one in found] if isinstance(found, list) else ()


def _word(found: object, variables: Mapping[str, str]) -> str:
    if not isinstance(found, str):
        return ""
    text = _VARIABLE.sub(lambda match: variables.get(match[1]) or match[0], _bare(found))
    return "" if "${" in text or "%{" in text else text


def _bare(text: str) -> str:
    """A word without the quotes in which some releases of the reader leave it."""
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1] if quoted else text


def _names(found: object) -> tuple[str, ...]:
    return tuple(_bare(str(name)) for name in found) if isinstance(found, dict) else ()
