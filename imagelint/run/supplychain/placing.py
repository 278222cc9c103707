"""Findings about an image at the lines of the Dockerfile that made what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.read import decode, read_bytes
from imagelint.core.finding import Note
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.image.layers.making import Making, making_of
from imagelint.documents.locate import Locator
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from imagelint.core.finding import Finding
    from imagelint.core.report import Report
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.image.layers.nodes import HistoryStep

_MOST_DOCKERFILES = 200
_LAYER = pattern(r"layer (\d{1,4})(?::|$)")
_STEP = pattern(r"history\[(\d{1,4})\]")


class _MadeImage(NamedTuple):
    """An image, its layers by digest, its steps, and what made them."""

    label: str
    layers: Mapping[str, int]
    history: tuple[HistoryStep, ...]
    making: Making
    locator: Locator

    def step(self, finding: Finding) -> HistoryStep | None:
        """The step that made what a finding is about."""
        place = finding.location.path
        if not place.startswith(self.label):
            return None
        place = place.removeprefix(self.label)
        number = self.layers.get(dict(finding.details).get("layer", ""), 0)
        if not number and (named := _LAYER.match(place)):
            number = int(named[1])
        if number:
            return next((each for each in self.history if each.layer == number), None)
        told = _STEP.fullmatch(place)
        return next((each for each in self.history if told and each.number == int(told[1])), None)

    def placed(self, finding: Finding, step: HistoryStep) -> Finding:
        """A finding with the line that made what it is about."""
        maker = self.making.of(step)
        what = f"layer {step.layer}" if step.layer else "this step"
        own = step.number in self.making.steps
        said = f"{what} is made here" if own else f"{what} is of the base image"
        note = Note(said, self.locator.locate(maker))
        return finding._replace(notes=(*finding.notes, note))


def placed(report: Report, targets: Sequence[ImageTarget], files: Mapping[str, Report]) -> Report:
    """A report about images whose findings lead to the Dockerfile among files that made them.

    It stays as it is where none did, or several could have.
    """
    if not report.findings or not any(target.history for target in targets):
        return report
    documents = tuple(_dockerfiles(files))
    made = [one for target in targets if (one := _made(target, documents)) is not None]
    if not made:
        return report
    return report._replace(findings=tuple(_placed(each, made) for each in report.findings))


def _placed(finding: Finding, images: Iterable[_MadeImage]) -> Finding:
    for image in images:
        step = image.step(finding)
        if step is not None:
            return image.placed(finding, step)
    return finding


def _made(target: ImageTarget, documents: Iterable[Dockerfile]) -> _MadeImage | None:
    found = [
        (making, document)
        for document in documents
        if (making := making_of(target.history, document)) is not None
    ]
    if len(found) != 1:
        return None
    making, document = found[0]
    identity = target.identity
    layers = {layer.digest: number for number, layer in enumerate(identity.layers, 1)}
    return _MadeImage(identity.label, layers, target.history, making, Locator(document))


def _dockerfiles(files: Mapping[str, Report]) -> Iterator[Dockerfile]:
    examined = (each for report in files.values() for each in report.examined)
    origins = dict.fromkeys(each.origin for each in examined if each.kind == Dockerfile.kind)
    for origin in tuple(origins)[:_MOST_DOCKERFILES]:
        data = read_bytes(origin, origin)
        text = decode(data, origin) if isinstance(data, bytes) else None
        found = recognise(text.source) if text is not None and text.source else None
        if isinstance(found, Dockerfile):
            yield found
