"""Whether findings about rendered objects stand where what they speak about is written.

`python benchmarks/provenance.py FOLDER…`: each folder is a repository that is checked out. What the
path of a finding leads to in its rendered object is there, or it is not. Of a value that is there,
every word has to stand in the line of the finding, or in a line that a note says it is set in, or
the line has to hold its key with an action of a template behind it, which makes the value. Of a
value of several lines it is the word in it that the message names; of a mapping or a list, its key,
one of its keys, or of its values. Where it is absent, the line has to hold the key of the deepest
thing on the path that is there, or a word of it: its name, its kind. Lines are read from the files:
what is shown of secrets is masked.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from imagelint.collect.files import FoundFile
from imagelint.core.fact import ABSENT, Known
from imagelint.documents.base import Document
from imagelint.documents.parts import part_at
from imagelint.documents.project import Project
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.policy.model import Policy
from imagelint.run.rendering.attach import with_rendering
from imagelint.run.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.fact import Fact
    from imagelint.core.finding import Finding
    from imagelint.deployment.renderings.rendered import RenderedManifest
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode
    from imagelint.run.files import Judgement

_ENOUGH = 0.95
_POLICIES = ("strict", "gpu-serving")
_MADE = "in what "
_KEY = re.compile(r"\[(\d+)\]|\[\"([^\"]*)\"\]|([^.\[\]]+)")
_PARTS = re.compile(r"[:@=/\s,\"'\[\]{}]+")
_SAID = re.compile(r"`([^`]+)`|(\S+/\S+)|\b([A-Z]\w*[A-Z]\w*)\b")


class Count(NamedTuple):
    """Findings about rendered objects: of what is there, of what is absent, each with the exact.

    `rest` are those at other lines, `unrendered` why something is not rendered.
    """

    present: int = 0
    exact_present: int = 0
    absent: int = 0
    exact_absent: int = 0
    rest: tuple[str, ...] = ()
    unrendered: tuple[str, ...] = ()

    def with_one(self, told: str, *, present: bool, exact: bool) -> Count:
        """With one more finding, which is called as `told`."""
        return Count(
            self.present + present,
            self.exact_present + (present and exact),
            self.absent + (not present),
            self.exact_absent + (not present and exact),
            self.rest if exact else (*self.rest, told),
            self.unrendered,
        )

    def plus(self, other: Count) -> Count:
        """Both together."""
        return Count(
            self.present + other.present,
            self.exact_present + other.exact_present,
            self.absent + other.absent,
            self.exact_absent + other.exact_absent,
            (*self.rest, *other.rest),
            (*self.unrendered, *other.unrendered),
        )


def count(folder: str) -> Count:
    """What is found in a folder."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        return _count()
    finally:
        os.chdir(here)


def _count() -> Count:
    session = Session.open(_POLICIES, Policy(), cached=False)
    survey = session.survey(["."])
    made = _made(survey.judgement) if survey.judgement is not None else {}
    problems = [problem for report in survey.reports.values() for problem in report.problems]
    found = Count(
        unrendered=tuple(
            f"{one.origin}: {one.detail}"
            for one in problems
            if "render" in one.detail or "is not built" in one.detail or "deploys" in one.detail
        )
    )
    for report in survey.reports.values():
        for finding in report.findings:
            makers = [one.message for one in finding.notes if one.message.startswith(_MADE)]
            documents = [document for maker in makers for document in made.get(maker, ())]
            if documents:
                present, exact = _judged(finding, documents)
                found = found.with_one(_told(finding), present=present, exact=exact)
    return found


def _made(judgement: Judgement) -> dict[str, list[RenderedManifest]]:
    """The manifests that were rendered, by the note that a finding about them has."""
    index, renderings = judgement.file_index, judgement.renderings

    def load(origin: str) -> Fact[Document]:
        document = index.document(FoundFile(origin, origin))
        return Known(document) if isinstance(document, Document) else ABSENT

    found: dict[str, list[RenderedManifest]] = {}
    for origin in sorted({*renderings.texts, *renderings.charts}):
        document = index.document(FoundFile(origin, origin))
        if not isinstance(document, Document):
            continue
        whole, _ = with_rendering(document, renderings, Project(load))
        for embedded in whole.embedded:
            inner = embedded.document
            if inner.rendered:
                made: RenderedManifest = inner  # type: ignore[assignment]
                found.setdefault(f"{_MADE}{made.maker} makes", []).append(made)
    return found


def _judged(finding: Finding, documents: Iterable[RenderedManifest]) -> tuple[bool, bool]:
    """Whether what a finding speaks about is there, and whether its line is the right one."""
    keys = [
        int(number) if number else quoted or plain
        for number, quoted, plain in _KEY.findall(finding.location.path)
    ]
    bodies = [body for one in documents for body in _near(finding, one)]
    reached = [_reached(body, keys) for body in bodies]
    lines = list(_lines(finding))
    if not keys:  # it stands in no field of the object: then what the message names counts
        return True, any(word in line for word in _said(finding) for line in lines)
    present = any(depth == len(keys) for depth, _ in reached)
    exact = [
        depth == len(keys)
        for depth, place in reached
        if _exact(finding, keys, lines, (depth, place))
    ]
    return (exact[0] if exact and present not in exact else present), bool(exact)


def _exact(
    finding: Finding, keys: list[str | int], lines: list[str], reached: tuple[int, Cursor]
) -> bool:
    """Whether lines hold what the path of a finding leads to in one object."""
    depth, place = reached
    text = "\n".join(lines)
    if depth < len(keys):
        held = [str(key) for key in keys[max(0, depth - 1) : depth] if isinstance(key, str)]
        return any(f"{key}:" in text for key in held) or _is_there(place.node, text)
    headed = [line.partition(f"{keys[-1]}:") for line in lines]
    if not isinstance(place.node, Scalar):
        return any(colon for _, colon, _ in headed) or _is_there(place.node, text)
    if any(colon and "{{" in behind for _, colon, behind in headed):
        return True
    if "\n" in place.node.text:
        return any(word in place.node.text and word in text for word in _said(finding))
    return _is_there(place.node, text)


def _said(finding: Finding) -> list[str]:
    """What the message of a finding quotes, and the paths and kinds that it names."""
    return ["".join(words) for words in _SAID.findall(finding.message)]


def _near(finding: Finding, document: RenderedManifest) -> list[Cursor]:
    """The objects that stand in the file of a finding, at its line if any does."""
    place = finding.location
    inside: list[tuple[Cursor, bool]] = []
    for obj in document.objects:
        part = part_at(document.parts, obj.span.start)
        if part.source.origin == place.origin:
            span = obj.body.span
            first = part.source.position(max(0, part.local(span).start)).line
            last = part.source.position(min(len(part.source.text), part.local(span).end)).line
            inside.append((obj.body, first <= place.start.line <= last))
    exact = [body for body, at_line in inside if at_line]
    everything = [obj.body for obj in document.objects]
    return exact or [body for body, _ in inside] or everything


def _reached(place: Cursor, keys: list[str | int]) -> tuple[int, Cursor]:
    """How far a path leads in an object, and where to."""
    for depth, key in enumerate(keys):
        if not place[key].exists:
            return depth, place
        place = place[key]
    return len(keys), place


def _lines(finding: Finding) -> Iterator[str]:
    """The lines at which a reader is told that it stands: its own, and where values are set."""
    places = [finding.location]
    places += [one.location for one in finding.notes if one.location and "set here" in one.message]
    for place in places:
        if place.excerpt is not None:
            first = place.start.line - 1
            text = Path(place.origin).read_text(encoding="utf-8", errors="replace")
            yield from text.split("\n")[first : first + len(place.excerpt.lines)]


def _is_there(node: YamlNode | None, lines: str) -> bool:
    """Whether every word of a value, or a key or value of what holds several, is in some lines."""
    if isinstance(node, Scalar):
        words = [word for word in _PARTS.split(node.text) if word]
        return all(word in lines for word in words)
    if isinstance(node, Mapping):
        return any(
            f"{entry.key.text}:" in lines or f'"{entry.key.text}"' in lines
            for entry in node.entries
        ) or any(_is_there(entry.value, lines) for entry in node.entries)
    return isinstance(node, Sequence) and any(_is_there(item, lines) for item in node.items)


def _told(finding: Finding) -> str:
    place = finding.location
    return f"{place.origin}:{place.start.line} [{finding.rule}] {place.path}"


def said(count: Count) -> str:
    """A count in words."""
    parts = (
        ("present", count.exact_present, count.present),
        ("absent", count.exact_absent, count.absent),
    )
    shares = (
        f"{name} {exact} of {all_} ({exact / all_:.1%})" if all_ else f"{name} none"
        for name, exact, all_ in parts
    )
    return ", ".join(shares)


def main(folders: list[str]) -> int:
    """Print a line for each folder; 1 where fewer are exact, of either, than there have to be."""
    whole = Count()
    for folder in folders:
        one = count(folder)
        whole = whole.plus(one)
        sys.stdout.write(f"{Path(folder).name}: {said(one)}, {len(one.unrendered)} not rendered\n")
        sys.stdout.writelines(f"  {line}\n" for line in one.rest)
        sys.stdout.flush()
    sys.stdout.write(f"all: {said(whole)}\n")
    enough = whole.exact_present >= _ENOUGH * whole.present
    return int(not enough or whole.exact_absent < _ENOUGH * whole.absent)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
